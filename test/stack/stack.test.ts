import { Match } from 'aws-cdk-lib/assertions';
import { DOCUMENT_MAX_BYTES, DOCUMENT_NAMES } from '../../lib/documents/documents';
import { ORDERS_MAX_CHARS } from '../../lib/recovery/split-orders';
import { VPC, stackOf, templateOf } from '../support/template';

const template = templateOf(stackOf());

test('every route of the HTTP API is authorised by IAM, but for the page, which signs people in itself', () => {
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')) as {
    Properties: { RouteKey: string; AuthorizationType: string };
  }[];
  const open = routes.filter(({ Properties }) => Properties.AuthorizationType !== 'AWS_IAM');
  expect(routes.length - open.length).toBe(12);
  expect(open.map(({ Properties }) => Properties.RouteKey).sort()).toEqual([
    'GET /page',
    'GET /page/{proxy+}',
    'POST /page/{proxy+}',
  ]);
});

test('routes that anybody can reach take so many requests a second and no more', () => {
  const limit = { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 };
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    RouteSettings: { 'GET /page': limit, 'GET /page/{proxy+}': limit, 'POST /page/{proxy+}': limit },
  });
});

test('the quarantine group lets nobody in, and out only to HTTPS', () => {
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    GroupDescription: Match.stringLikeRegexp('quarantine'),
    VpcId: VPC.vpcId,
    SecurityGroupIngress: Match.absent(),
    SecurityGroupEgress: [Match.objectLike({ FromPort: 443, ToPort: 443, IpProtocol: 'tcp' })],
  });
});

test('the prober is in the VPC when one is configured, and alone there', () => {
  const inVpc = (stack: ReturnType<typeof templateOf>) =>
    Object.entries(stack.findResources('AWS::Lambda::Function', { Properties: { VpcConfig: Match.anyValue() } })).map(
      ([id]) => id,
    );
  expect(inVpc(template)).toEqual([expect.stringContaining('Probe')]);
  expect(inVpc(templateOf(stackOf({})))).toEqual([]);
});

test.each(DOCUMENT_NAMES)('document %s is updated by new versions, and has room for its orders', (name) => {
  const [found] = Object.values(
    template.findResources('AWS::SSM::Document', { Properties: { Name: `Requorum-${name}` } }),
  ) as {
    Properties: { Content: unknown; UpdateMethod: string };
  }[];
  expect(found?.Properties.UpdateMethod).toBe('NewVersion');
  expect(JSON.stringify(found?.Properties.Content).length + ORDERS_MAX_CHARS).toBeLessThanOrEqual(DOCUMENT_MAX_BYTES);
});

test('evidence and table outlive the stack, evidence is versioned, private and refuses plain HTTP', () => {
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true },
    },
  });
  template.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    Properties: { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
  });
  expect(JSON.stringify(template.findResources('AWS::S3::BucketPolicy'))).toContain('aws:SecureTransport');
});

test('an alarm of a cluster opens a case, and a policy can forbid that', () => {
  const opening = (stack: ReturnType<typeof templateOf>) =>
    Object.keys(
      stack.findResources('AWS::Events::Rule', { Properties: { EventPattern: { source: ['aws.cloudwatch'] } } }),
    );
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'requorum-dkron-prod-no-leader',
    Threshold: 1,
    EvaluationPeriods: 3,
    AlarmActions: Match.absent(),
    TreatMissingData: 'breaching',
  });
  expect(opening(template)).toHaveLength(1);
  expect(opening(templateOf(stackOf({ policy: { alarm: 'ignore' } })))).toEqual([]);
});

test('a cluster that stays short of its size is told to the topic, and opens no case', () => {
  const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'requorum-dkron-prod-no-redundancy',
    MetricName: 'ClusterHealth',
    Threshold: 2,
    EvaluationPeriods: 10,
    TreatMissingData: 'ignore',
    AlarmActions: [{ Ref: topic }],
    OKActions: [{ Ref: topic }],
  });
  const metrics = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as {
    Properties: { MetricName: string; Dimensions: unknown };
  }[];
  expect(metrics).toHaveLength(2);
  expect(
    new Set(metrics.map(({ Properties: { MetricName, Dimensions } }) => JSON.stringify([MetricName, Dimensions]))).size,
  ).toBe(1);
  const rules = JSON.stringify(template.findResources('AWS::Events::Rule'));
  expect(rules).toContain('NoLeader');
  expect(rules).not.toContain('NoRedundancy');
});

test('the topic lets that alarm publish, and refuses plain HTTP all the same', () => {
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
        }),
      ]),
    },
  });
});

test('an execution that ended badly wakes the sentinel, and so does every minute', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { source: ['aws.states'], detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } },
  });
  template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
});

test('the machine logs everything and may not run for ever', () => {
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    StateMachineType: 'STANDARD',
    LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
    TracingConfiguration: { Enabled: true },
    DefinitionString: {
      'Fn::Join': Match.arrayWith([Match.arrayWith([Match.stringLikeRegexp('"TimeoutSeconds":86400')])]),
    },
  });
});

test.each(['Endpoint', 'Machine', 'Table', 'Bucket', 'Topic', 'SentinelFunction', 'AlarmDkronProd'])(
  'the stack says its %s',
  (name) => {
    expect(template.findOutputs(name)[name]).toBeDefined();
  },
);
