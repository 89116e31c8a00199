import { Match } from 'aws-cdk-lib/assertions';
import type { App } from 'aws-cdk-lib';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import * as z from 'zod';
import { SLACK } from '../support/slack-settings';
import { VPC, stackOf, templateOf } from '../support/template';

const template = templateOf(stackOf({ vpc: VPC }, { slack: SLACK }));
const without = templateOf(stackOf());

const Statement = z.looseObject({
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Resource: z.unknown(),
});
const Policy = z.object({ Properties: z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }) }) });
const statements = Object.entries(template.findResources('AWS::IAM::Policy'))
  .filter(([id]) => id.startsWith('RequorumSlackDoor'))
  .flatMap(([, policy]) => Policy.parse(policy).Properties.PolicyDocument.Statement);
const may = (action: string) => statements.filter(({ Action }) => Action.includes(action));

test('without `slack` nothing of it is deployed: no function, no public route, no stream', () => {
  const { Resources } = without.toJSON() as { Resources: object };
  expect(Object.keys(Resources).filter((id) => /slack/i.test(id))).toEqual([]);
  expect(without.findOutputs('SlackUrl')).toEqual({});
  without.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
  without.resourcePropertiesCountIs('AWS::DynamoDB::Table', { StreamSpecification: Match.anyValue() }, 0);
});

test('one route is public besides those of the page, and throttled', () => {
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')) as {
    Properties: { RouteKey: string; AuthorizationType: string };
  }[];
  const open = routes.filter(({ Properties }) => Properties.AuthorizationType !== 'AWS_IAM');
  expect(open.map(({ Properties }) => Properties.RouteKey).sort()).toEqual([
    'GET /page',
    'GET /page/{proxy+}',
    'POST /page/{proxy+}',
    'POST /slack',
  ]);
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    RouteSettings: { 'POST /slack': { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 } },
  });
});

test('the stream tells keys, never what is in an item, and of cases only', () => {
  template.hasResourceProperties('AWS::DynamoDB::Table', { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    FilterCriteria: { Filters: [{ Pattern: Match.stringLikeRegexp('"pk":\\{"S":\\[\\{"prefix":"CASE#"') }] },
    MaximumRecordAgeInSeconds: 300,
  });
});

test('its role reads its two secrets, wakes and starts the machine, writes audits, and reaches no host', () => {
  expect(may('secretsmanager:GetSecretValue').map(({ Resource }) => Resource)).toEqual([
    [SLACK.signingSecretArn, SLACK.botTokenArn],
  ]);
  const [invokes, ...others] = may('lambda:InvokeFunction');
  expect(others).toEqual([]);
  expect(JSON.stringify(invokes?.Resource)).toContain('RequorumSlackDoor');
  expect(JSON.stringify(may('s3:PutObject').map(({ Resource }) => Resource))).toMatch(/\/audit\/\*/);
  expect(may('s3:PutObject')).toHaveLength(1);
  const services = new Set(statements.flatMap(({ Action }) => Action).map((action) => action.split(':')[0]));
  expect([...services].sort()).toEqual(['dynamodb', 'lambda', 'logs', 's3', 'secretsmanager', 'states']);
  expect(statements.flatMap(({ Action }) => Action).filter((action) => /Delete|\*$/.test(action))).toEqual([]);
});

test('the values of secrets are nowhere in the template', () => {
  const { Environment } = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { Description: 'gates and cases in Slack' } }),
  ).map((one) => (one as { Properties: { Environment: unknown } }).Properties)[0] ?? { Environment: null };
  expect(JSON.stringify(Environment)).toContain(SLACK.signingSecretArn);
  expect(JSON.stringify(template.toJSON())).not.toContain('resolve:secretsmanager');
});

test('cdk-nag finds nothing that is not acknowledged with a reason', () => {
  const stack = stackOf({ vpc: VPC }, { slack: SLACK });
  const app = stack.node.root as App;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});
