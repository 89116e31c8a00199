import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Cluster } from '../recovery/cluster';

/*
 * What each power may do, one function a power. Verbs that AWS does not scope to a resource stand alone and are named.
 */

/** Tags of a selector as conditions: only instances of a configured cluster. */
const ofCluster = (prefix: string, { selector }: Cluster) => ({
  StringEquals: Object.fromEntries(Object.entries(selector).map(([tag, value]) => [`${prefix}/${tag}`, value])),
});

/** Looking at the fleet: none of these verbs takes a resource (facts/aws). */
export const describeFleet = (): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'DescribeFleet',
    actions: [
      'ec2:DescribeInstances',
      'ec2:DescribeInstanceAttribute',
      'ec2:DescribeInstanceTypes',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSpotInstanceRequests',
      'ec2:DescribeVolumes',
      'autoscaling:DescribeAutoScalingGroups',
      'autoscaling:DescribeAutoScalingInstances',
      'autoscaling:DescribeInstanceRefreshes',
      'ssm:GetConnectionStatus',
    ],
    resources: ['*'],
  }),
];

/** Commands by the named documents only, to instances of the clusters only, and reading what came back. */
export const sendDocuments = (
  scope: Construct,
  names: readonly string[],
  clusters: readonly Cluster[],
): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'SendDocuments',
    actions: ['ssm:SendCommand'],
    resources: names.map((name) =>
      Stack.of(scope).formatArn({ service: 'ssm', resource: 'document', resourceName: name }),
    ),
  }),
  ...clusters.map(
    (cluster) =>
      new PolicyStatement({
        actions: ['ssm:SendCommand'],
        resources: [Stack.of(scope).formatArn({ service: 'ec2', resource: 'instance', resourceName: '*' })],
        conditions: ofCluster('ssm:resourceTag', cluster),
      }),
  ),
  new PolicyStatement({ sid: 'ReadAnswers', actions: ['ssm:GetCommandInvocation'], resources: ['*'] }),
];

export const describeDocuments = (scope: Construct, names: readonly string[]): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'PinDocuments',
    actions: ['ssm:DescribeDocument'],
    resources: names.map((name) =>
      Stack.of(scope).formatArn({ service: 'ssm', resource: 'document', resourceName: name }),
    ),
  }),
];

/** Quarantine and power of the clusters' instances. Never terminate (design rule 13). */
export const fenceInstances = (
  scope: Construct,
  clusters: readonly Cluster[],
  quarantineGroupIds: readonly string[],
): PolicyStatement[] => {
  const ec2 = (resource: string, resourceName = '*'): string =>
    Stack.of(scope).formatArn({ service: 'ec2', resource, resourceName });
  const vpcs = clusters.flatMap(({ vpc }) => (vpc ? [vpc.vpcId] : []));
  return [
    ...clusters.map(
      (cluster) =>
        new PolicyStatement({
          actions: ['ec2:StopInstances', 'ec2:StartInstances'],
          resources: [ec2('instance')],
          conditions: ofCluster('aws:ResourceTag', cluster),
        }),
    ),
    ...(vpcs.length === 0
      ? []
      : [
          // Interfaces rarely carry their instance's tags: scoped by the VPC (facts/aws).
          new PolicyStatement({
            sid: 'ChangeGroups',
            actions: ['ec2:ModifyNetworkInterfaceAttribute'],
            resources: [ec2('network-interface'), ec2('security-group')],
            conditions: { ArnEquals: { 'ec2:Vpc': vpcs.map((id) => ec2('vpc', id)) } },
          }),
        ]),
    ...(quarantineGroupIds.length === 0
      ? []
      : [
          new PolicyStatement({
            sid: 'IntoQuarantine',
            actions: ['ec2:ModifyNetworkInterfaceAttribute'],
            resources: quarantineGroupIds.map((id) => ec2('security-group', id)),
          }),
        ]),
  ];
};

/** Any group; the id in its ARN cannot be known here. */
const anyScalingGroup = (scope: Construct): string =>
  Stack.of(scope).formatArn({
    service: 'autoscaling',
    resource: 'autoScalingGroup',
    resourceName: '*:autoScalingGroupName/*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Groups that bear the tags of a selector may be kept still and let go on, and members set aside. Never to end one. */
export const keepGroupsStill = (scope: Construct, clusters: readonly Cluster[]): PolicyStatement[] =>
  clusters.map(
    (cluster) =>
      new PolicyStatement({
        actions: [
          'autoscaling:SuspendProcesses',
          'autoscaling:ResumeProcesses',
          'autoscaling:EnterStandby',
          'autoscaling:ExitStandby',
          'autoscaling:SetInstanceHealth',
        ],
        resources: [anyScalingGroup(scope)],
        conditions: ofCluster('aws:ResourceTag', cluster),
      }),
  );

/** Items are read, put and changed; nothing is ever deleted. */
export const useTable = (table: ITable, who: IGrantable): void => {
  table.grant(who, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query');
};

/** ListBucket, because without it a key that is not there yet answers 403 and not 404. */
export const readEvidence = (bucket: IBucket): PolicyStatement[] => [
  new PolicyStatement({ sid: 'ReadEvidence', actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }),
  new PolicyStatement({ sid: 'SeeWhatIsThere', actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
];

/** Written, never deleted: versions keep what was there before. */
export const writeEvidence = (bucket: IBucket): PolicyStatement[] => [
  ...readEvidence(bucket),
  new PolicyStatement({ sid: 'WriteEvidence', actions: ['s3:PutObject'], resources: [bucket.arnForObjects('*')] }),
];

/** What people did at the doors: written by them, and deleted by nobody. */
export const writeAudit = (bucket: IBucket): PolicyStatement[] => [
  new PolicyStatement({ sid: 'WriteAudit', actions: ['s3:PutObject'], resources: [bucket.arnForObjects('audit/*')] }),
];

/** One secret by its ARN, where there is one. */
export const readSecret = (arn: string | undefined): PolicyStatement[] =>
  arn === undefined
    ? []
    : [new PolicyStatement({ sid: 'ReadSecret', actions: ['secretsmanager:GetSecretValue'], resources: [arn] })];
