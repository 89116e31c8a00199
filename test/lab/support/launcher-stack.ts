import { setTimeout as sleep } from 'node:timers/promises';
import { Sha256 } from '@aws-crypto/sha256-js';
import { CreateStackCommand, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { GetCommandInvocationCommand, SendCommandCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { GetCommandInvocationCommandOutput, SendCommandCommandInput } from '@aws-sdk/client-ssm';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Lab } from '../../../lab/lab';

/** A document that runs the shell text it is given (base64, so that nothing is spliced). */
export const shellDocument = (description: string) => ({
  schemaVersion: '2.2',
  description,
  parameters: { Script: { type: 'String', allowedPattern: '^[A-Za-z0-9+/=]{0,40000}$' } },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'run',
      inputs: { timeoutSeconds: '2', runCommand: ["echo '{{ Script }}' | base64 -d > script", 'sh script'] },
    },
  ],
});

const role = (service: string, statements: readonly unknown[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'may', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});

const route = (name: string, AuthorizationType: 'AWS_IAM' | 'NONE') => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: {
    ApiId: { Ref: 'Api' },
    RouteKey: `GET /${name}`,
    AuthorizationType,
    Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
  },
});

/** A launch as AWS documents its policy: from a template, into one group, under one tag. */
function launchStatements() {
  const run = (resources: readonly unknown[], condition: Record<string, unknown> = {}) => ({
    Effect: 'Allow',
    Action: 'ec2:RunInstances',
    Resource: resources,
    Condition: { ArnLike: { 'ec2:LaunchTemplate': 'arn:aws:ec2:*:*:launch-template/lt-*' }, ...condition },
  });
  const quarantine = {
    'Fn::Join': [
      '',
      ['arn:aws:ec2:us-east-1:000000000000:security-group/', { 'Fn::GetAtt': ['Quarantine', 'GroupId'] }],
    ],
  };
  return [
    run(['arn:aws:ec2:*:*:instance/*'], { StringEquals: { 'aws:RequestTag/dkron-cluster': 'demo' } }),
    run(['arn:aws:ec2:*:*:network-interface/*', 'arn:aws:ec2:*:*:volume/*', 'arn:aws:ec2:*:*:subnet/*', quarantine]),
    run(['arn:aws:ec2:*::image/*', 'arn:aws:ec2:*:*:launch-template/*'], {
      Bool: { 'ec2:IsLaunchTemplateResource': 'true' },
    }),
    {
      Effect: 'Allow',
      Action: 'ec2:CreateTags',
      Resource: 'arn:aws:ec2:*:*:instance/*',
      Condition: { StringEquals: { 'ec2:CreateAction': 'RunInstances' } },
    },
  ];
}

/** One of each thing that the launcher supplies or mends, and a user who may command only hosts of another cluster. */
export const template = (vpcId: string, description: string) => ({
  Resources: {
    Shell: {
      Type: 'AWS::SSM::Document',
      Properties: {
        Name: 'lab-shell',
        DocumentType: 'Command',
        UpdateMethod: 'NewVersion',
        Content: shellDocument(description),
      },
    },
    Quarantine: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'reaches nobody',
        VpcId: vpcId,
        SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }],
      },
    },
    MachineRole: role('states.amazonaws.com', []),
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'lab-listener',
        RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] },
        DefinitionString: JSON.stringify({
          QueryLanguage: 'JSONata',
          StartAt: 'Heard',
          States: { Heard: { Type: 'Pass', End: true } },
        }),
      },
    },
    RuleRole: role('events.amazonaws.com', [{ Effect: 'Allow', Action: 'states:StartExecution', Resource: '*' }]),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          source: ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          detail: { alarmName: ['lab-alarm'], state: { value: ['ALARM'] } },
        },
        Targets: [{ Id: 'machine', Arn: { Ref: 'Machine' }, RoleArn: { 'Fn::GetAtt': ['RuleRole', 'Arn'] } }],
      },
    },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'lab-alarm',
        Namespace: 'Lab',
        MetricName: 'Health',
        Dimensions: [{ Name: 'Cluster', Value: 'demo' }],
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        EvaluationPeriods: 1,
        Period: 60,
        Statistic: 'Minimum',
      },
    },
    FunctionRole: role('lambda.amazonaws.com', []),
    Who: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] },
        Code: {
          ZipFile:
            'exports.handler = async (event) => ({ who: event.requestContext.authorizer?.iam?.userArn ?? null });',
        },
      },
    },
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'lab', ProtocolType: 'HTTP' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
    },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': ['Who', 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    },
    Signed: route('who', 'AWS_IAM'),
    Open: route('open', 'NONE'),
    Launching: {
      Type: 'AWS::IAM::User',
      Properties: {
        UserName: 'launching',
        Policies: [
          { PolicyName: 'by-template', PolicyDocument: { Version: '2012-10-17', Statement: launchStatements() } },
        ],
      },
    },
    Stranger: {
      Type: 'AWS::IAM::User',
      Properties: {
        UserName: 'stranger',
        Policies: [
          {
            PolicyName: 'other-cluster',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Action: 'ssm:SendCommand', Resource: 'arn:aws:ssm:*:*:document/lab-shell' },
                {
                  Effect: 'Allow',
                  Action: 'ssm:SendCommand',
                  Resource: 'arn:aws:ec2:*:*:instance/*',
                  Condition: { StringEquals: { 'ssm:resourceTag/Name': 'dkron-2' } },
                },
              ],
            },
          },
        ],
      },
    },
  },
  Outputs: {
    Quarantine: { Value: { 'Fn::GetAtt': ['Quarantine', 'GroupId'] } },
    Machine: { Value: { Ref: 'Machine' } },
    Api: { Value: { Ref: 'Api' } },
  },
});

/** Creates the stack, or updates it when it is there; returns its outputs. */
export async function deployTemplate(lab: Lab, description = 'first'): Promise<Record<string, string>> {
  const { cloudFormation } = lab.clients();
  const StackName = 'launcher';
  const what = {
    StackName,
    TemplateBody: JSON.stringify(template(lab.about.vpc.vpcId, description)),
    Capabilities: ['CAPABILITY_NAMED_IAM' as const],
  };
  const command = description === 'first' ? new CreateStackCommand(what) : new UpdateStackCommand(what);
  await cloudFormation.send(command);
  for (;;) {
    const stack = (await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
    const status = stack?.StackStatus ?? '';
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(status)) {
      return Object.fromEntries((stack?.Outputs ?? []).map((one) => [one.OutputKey ?? '', one.OutputValue ?? '']));
    }
    if (!status.endsWith('_IN_PROGRESS')) throw new Error(`the stack ended as ${status}: ${stack?.StackStatusReason}`);
    await sleep(50);
  }
}

/** Keys of an IAM user of the template; made by a call, since the local CloudFormation has no access keys. */
export async function keysOf(lab: Lab, user: string): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const signer = new SignatureV4({
    service: 'iam',
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    sha256: Sha256,
  });
  const form = { Action: 'CreateAccessKey', Version: '2010-05-08', UserName: user };
  const body = new URLSearchParams(form).toString();
  const { method, headers } = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: lab.about.port,
    path: '/',
    headers: { host: `127.0.0.1:${lab.about.port}`, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  const answer = await fetch(lab.env().AWS_ENDPOINT_URL ?? '', { method, headers, body });
  const text = await answer.text();
  const [accessKeyId, secretAccessKey] = ['AccessKeyId', 'SecretAccessKey'].map(
    (name) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1],
  );
  if (!accessKeyId || !secretAccessKey) throw new Error(`no keys for ${user}: ${answer.status} ${text}`);
  return { accessKeyId, secretAccessKey };
}

/** Sends a shell text to one host. */
export async function send(
  ssm: SSMClient,
  instanceId: string,
  script: string,
  more: Partial<SendCommandCommandInput> = {},
): Promise<string> {
  const Parameters = { Script: [Buffer.from(script).toString('base64')] };
  const command = { DocumentName: 'lab-shell', InstanceIds: [instanceId], Parameters, TimeoutSeconds: 30, ...more };
  const { Command } = await ssm.send(new SendCommandCommand(command));
  return Command?.CommandId ?? '';
}

/** The invocation as it is now. */
export const invocation = (ssm: SSMClient, CommandId: string, InstanceId: string) =>
  ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));

/** The invocation once it has ended. */
export async function ended(
  ssm: SSMClient,
  commandId: string,
  instanceId: string,
  patienceSeconds = 20,
): Promise<GetCommandInvocationCommandOutput> {
  for (const end = Date.now() + patienceSeconds * 1000; Date.now() < end; await sleep(100)) {
    const now = await invocation(ssm, commandId, instanceId).catch(() => null);
    if (now && !['Pending', 'InProgress'].includes(now.Status ?? '')) return now;
  }
  throw new Error(`command ${commandId} on ${instanceId} did not end within ${patienceSeconds} s`);
}
