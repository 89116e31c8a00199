import * as z from 'zod';
import { VPC, stackOf, templateOf } from '../support/template';

const Statement = z.looseObject({
  Effect: z.literal('Allow'),
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Resource: z.unknown(),
  Condition: z.unknown().optional(),
});
const Policy = z.object({ Properties: z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }) }) });

const template = templateOf(stackOf());
const policies = Object.entries(template.findResources('AWS::IAM::Policy'));

const statementsOf = (power: string): z.infer<typeof Statement>[] =>
  policies
    .filter(([id]) => id.startsWith(`Requorum${power}RoleDefaultPolicy`))
    .flatMap(([, policy]) => Policy.parse(policy).Properties.PolicyDocument.Statement);
const actionsOf = (power: string): string[] =>
  statementsOf(power)
    .flatMap(({ Action }) => Action)
    .sort();
const of = (service: string) => (action: string) => action.startsWith(`${service}:`);

const EVERY = ['Probe', 'Inspect', 'Clerk', 'Operate', 'Fence', 'Door', 'Page', 'Sentinel'];
/** Of the groups that hosts are members of; none of these ends an instance. */
const KEEPS_STILL = [
  'autoscaling:EnterStandby',
  'autoscaling:ExitStandby',
  'autoscaling:ResumeProcesses',
  'autoscaling:SetInstanceHealth',
  'autoscaling:SuspendProcesses',
];
const CHANGES_EC2 = /^(ec2|autoscaling):(?!Describe)/;

describe('what each power may do', () => {
  test('each has a policy, so that the tests below look at something', () => {
    for (const power of EVERY) expect(actionsOf(power).length).toBeGreaterThan(1);
  });

  test('the prober calls no AWS API; it only writes its log', () => {
    expect(actionsOf('Probe')).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
  });

  test('only fence changes instances, and it never terminates one', () => {
    const changing = EVERY.filter((power) => actionsOf(power).some((action) => CHANGES_EC2.test(action)));
    expect(changing).toEqual(['Fence']);
    expect(actionsOf('Fence').filter((action) => CHANGES_EC2.test(action))).toEqual([
      ...KEEPS_STILL,
      'ec2:ModifyNetworkInterfaceAttribute',
      'ec2:ModifyNetworkInterfaceAttribute',
      'ec2:StartInstances',
      'ec2:StopInstances',
    ]);
  });

  test('only inspect and operate send commands, and no other document than their own', () => {
    const sending = EVERY.filter((power) => actionsOf(power).includes('ssm:SendCommand'));
    expect(sending).toEqual(['Inspect', 'Operate']);
    const documents = (power: string) =>
      JSON.stringify(statementsOf(power).filter(({ Action }) => Action.includes('ssm:SendCommand'))).match(
        /document\/Requorum-[\w-]+/g,
      );
    expect(documents('Inspect')).toEqual(['document/Requorum-inspect']);
    expect(documents('Operate')).toEqual(
      ['hold', 'release', 'verify', 'undo', 'remove-peer', 'leave'].map((name) => `document/Requorum-${name}`),
    );
  });

  test.each(['Inspect', 'Operate'])('%s reaches instances only by the tags of the selector', (power) => {
    const toInstances = statementsOf(power).filter(
      ({ Action, Resource }) => Action.includes('ssm:SendCommand') && JSON.stringify(Resource).includes(':instance/*'),
    );
    expect(toInstances).toHaveLength(1);
    expect(toInstances[0]?.Condition).toEqual({ StringEquals: { 'ssm:resourceTag/dkron-cluster': 'prod' } });
  });

  test('power of instances goes by the tags of the selector, groups by the VPC or the quarantine group itself', () => {
    const changing = statementsOf('Fence').filter(({ Action }) => Action.some((action) => CHANGES_EC2.test(action)));
    for (const { Action, Condition, Resource } of changing) {
      const scoped = JSON.stringify(Condition ?? '');
      if (Action.includes('ec2:StopInstances') || Action.includes('autoscaling:SuspendProcesses'))
        expect(scoped).toContain('aws:ResourceTag/dkron-cluster');
      else expect(scoped.includes('ec2:Vpc') || JSON.stringify(Resource).includes('GroupId')).toBe(true);
    }
  });

  test('groups are kept still by the tags of the selector, and nothing may end a member of one', () => {
    const [still, ...others] = statementsOf('Fence').filter(({ Action }) =>
      Action.includes('autoscaling:SuspendProcesses'),
    );
    expect(others).toEqual([]);
    expect(still?.Condition).toEqual({ StringEquals: { 'aws:ResourceTag/dkron-cluster': 'prod' } });
    expect(EVERY.flatMap(actionsOf).filter((action) => /Terminate|DeleteAutoScaling/.test(action))).toEqual([]);
  });

  test('nobody deletes what was recorded', () => {
    const all = EVERY.flatMap(actionsOf);
    expect(all.filter((action) => /Delete|BatchWrite|TransactWrite|\*$/.test(action))).toEqual([]);
  });

  test('only door and sentinel start the machine, and only the doors for people answer its tasks', () => {
    expect(EVERY.filter((power) => actionsOf(power).includes('states:StartExecution'))).toEqual(['Door', 'Sentinel']);
    expect(EVERY.filter((power) => actionsOf(power).some((action) => action.startsWith('states:SendTask')))).toEqual([
      'Door',
      'Page',
    ]);
  });

  test('the machine invokes functions and nothing else', () => {
    const actions = statementsOf('Machine').flatMap(({ Action }) => Action);
    const others = actions.filter((action) => !of('lambda')(action) && !of('logs')(action) && !of('xray')(action));
    expect(others).toEqual([]);
  });
});

test('the page reads the secret of its client at the issuer, where it has one, and no other', () => {
  const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:requorum/oidc-AbCdEf';
  const secretsOf = (oidc: object) =>
    Object.values(templateOf(stackOf({ vpc: VPC }, { page: { oidc } })).findResources('AWS::IAM::Policy'))
      .flatMap((policy) => Policy.parse(policy).Properties.PolicyDocument.Statement)
      .filter(({ Action }) => Action.some((action) => action.startsWith('secretsmanager:')))
      .map(({ Resource }) => Resource);
  const client = { issuer: 'https://login.example.com', clientId: 'requorum' };
  expect(secretsOf(client)).toEqual([]);
  expect(secretsOf({ ...client, clientSecretArn: arn })).toEqual([arn]);
});

describe('a cluster that says where new hosts come from', () => {
  const launching = (replacement: Readonly<Record<string, unknown>>) => {
    const found = Object.entries(templateOf(stackOf({ vpc: VPC, replacement })).findResources('AWS::IAM::Policy'));
    const fence = found.find(([id]) => id.startsWith('RequorumFenceRoleDefaultPolicy'));
    const { Statement: statements } = Policy.parse(fence?.[1]).Properties.PolicyDocument;
    const of = (action: string) => statements.filter(({ Action }) => Action.includes(action));
    return { actions: statements.flatMap(({ Action }) => Action).filter((one) => CHANGES_EC2.test(one)), of };
  };
  const ROLE = 'arn:aws:iam::123456789012:role/dkron';

  test('lets fence launch from this template alone, into quarantine and the cluster alone, under its tags', () => {
    const { actions, of } = launching({ launchTemplate: 'lt-0a' });
    expect(new Set(actions)).toEqual(
      new Set([
        ...KEEPS_STILL,
        ...['ec2:CreateTags', 'ec2:RunInstances'],
        ...['ec2:ModifyNetworkInterfaceAttribute', 'ec2:StartInstances', 'ec2:StopInstances'],
      ]),
    );
    const runs = of('ec2:RunInstances');
    expect(runs.length).toBeGreaterThan(0);
    for (const { Condition } of runs) {
      expect(JSON.stringify(Condition)).toMatch(/"ec2:LaunchTemplate":.*launch-template\/lt-0a/);
    }
    const where = (kind: RegExp) => runs.filter(({ Resource }) => kind.test(JSON.stringify(Resource)));
    expect(where(/:instance\//)).toMatchObject([
      { Condition: { StringEquals: { 'aws:RequestTag/dkron-cluster': 'prod' } } },
    ]);
    const network = JSON.stringify(where(/:security-group\/|:subnet\//));
    expect(network).toContain('GroupId');
    expect(network).toContain(':subnet/subnet-0123456789abcdef0');
    expect(network).not.toMatch(/:(security-group|subnet)\/\*/);
    expect(where(/:image\//)).toMatchObject([{ Condition: { Bool: { 'ec2:IsLaunchTemplateResource': 'true' } } }]);
    expect(of('ec2:CreateTags')).toMatchObject([
      { Condition: { StringEquals: { 'ec2:CreateAction': 'RunInstances' } } },
    ]);
  });

  test('passes the role of its instances to EC2, where one is configured, and no other', () => {
    expect(launching({ launchTemplate: 'lt-0a' }).of('iam:PassRole')).toEqual([]);
    expect(launching({ launchTemplate: 'lt-0a', instanceRole: ROLE }).of('iam:PassRole')).toMatchObject([
      { Resource: ROLE, Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } },
    ]);
  });

  test('lets fence put the new host into the group it belongs to, and ask no group for anything', () => {
    expect(launching({ launchTemplate: 'lt-0a' }).of('autoscaling:AttachInstances')).toEqual([]);
    const { actions, of } = launching({ launchTemplate: 'lt-0a', autoScalingGroup: 'dkron-servers' });
    expect(actions.filter((one) => one.startsWith('autoscaling') && !KEEPS_STILL.includes(one))).toEqual([
      'autoscaling:AttachInstances',
    ]);
    expect(JSON.stringify(of('autoscaling:AttachInstances')[0]?.Resource)).toContain(
      ':autoScalingGroup:*:autoScalingGroupName/dkron-servers',
    );
  });
});
