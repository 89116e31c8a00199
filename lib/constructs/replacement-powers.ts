import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Cluster, Replacement } from '../recovery/cluster';

type Tagged = Pick<Cluster, 'selector' | 'vpc'>;

/** What EC2 checks of a launch beside what the template itself names (AWS: "Launch templates and IAM", RunInstances). */
const MADE = ['instance', 'network-interface', 'volume'] as const;
const NAMED_BY_TEMPLATE = ['key-pair', 'launch-template', 'placement-group'] as const;

/** New hosts for the clusters that say where they come from; nothing at all for the others. Never to terminate one. */
export const launchReplacements = (
  scope: Construct,
  clusters: readonly Cluster[],
  quarantineGroups: Readonly<Record<string, string>>,
): PolicyStatement[] => {
  const statements = clusters.flatMap((cluster) => {
    const { replacement } = cluster;
    if (!replacement) return [];
    const quarantine = quarantineGroups[cluster.vpc?.vpcId ?? ''];
    if (quarantine === undefined) return [];
    const { autoScalingGroup } = replacement;
    return [
      ...runTemplate(scope, cluster, replacement, quarantine),
      ...(autoScalingGroup === undefined ? [] : [attachTo(scope, autoScalingGroup)]),
    ];
  });
  return statements.length === 0 ? [] : [...statements, describeReplacements()];
};

function describeReplacements(): PolicyStatement {
  return new PolicyStatement({
    sid: 'DescribeReplacements',
    actions: ['ec2:DescribeLaunchTemplateVersions'],
    resources: ['*'],
  });
}

/** Into its group, once it is proved. */
function attachTo(scope: Construct, group: string): PolicyStatement {
  const arn = Stack.of(scope).formatArn({
    service: 'autoscaling',
    resource: 'autoScalingGroup',
    resourceName: `*:autoScalingGroupName/${group}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return new PolicyStatement({ actions: ['autoscaling:AttachInstances'], resources: [arn] });
}

/** From this template only, into the quarantine group and the cluster's subnets only, under the tags of the selector. */
function runTemplate(
  scope: Construct,
  { selector, vpc }: Tagged,
  { launchTemplate, instanceRole }: Replacement,
  quarantineGroupId: string,
): PolicyStatement[] {
  const stack = Stack.of(scope);
  const ec2 = (resource: string, resourceName = '*'): string =>
    stack.formatArn({ service: 'ec2', resource, resourceName });
  const image = stack.formatArn({ service: 'ec2', account: '', resource: 'image', resourceName: '*' });
  const snapshot = stack.formatArn({ service: 'ec2', account: '', resource: 'snapshot', resourceName: '*' });
  const ofTemplate = { ArnEquals: { 'ec2:LaunchTemplate': ec2('launch-template', launchTemplate) } };
  const tags = Object.fromEntries(Object.entries(selector).map(([tag, value]) => [`aws:RequestTag/${tag}`, value]));
  const run = (resources: string[], conditions: Record<string, unknown>) =>
    new PolicyStatement({ actions: ['ec2:RunInstances'], resources, conditions });
  return [
    run([ec2('instance')], { ...ofTemplate, StringEquals: tags }),
    run([ec2('network-interface'), ec2('volume')], ofTemplate),
    run(
      [ec2('security-group', quarantineGroupId), ...(vpc?.subnetIds ?? []).map((id) => ec2('subnet', id))],
      ofTemplate,
    ),
    run([image, snapshot, ...NAMED_BY_TEMPLATE.map((kind) => ec2(kind))], {
      ...ofTemplate,
      Bool: { 'ec2:IsLaunchTemplateResource': 'true' },
    }),
    new PolicyStatement({
      actions: ['ec2:CreateTags'],
      resources: MADE.map((kind) => ec2(kind)),
      conditions: { StringEquals: { 'ec2:CreateAction': 'RunInstances' } },
    }),
    ...(instanceRole === undefined
      ? []
      : [
          new PolicyStatement({
            actions: ['iam:PassRole'],
            resources: [instanceRole],
            conditions: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
          }),
        ]),
  ];
}
