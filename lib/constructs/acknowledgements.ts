import { CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { Cluster } from '../recovery/cluster';
import type { Power } from './functions';

/*
 * What cdk-nag would have otherwise, and why it stands: finding by finding, so that a wildcard that is new is found.
 */
type Functions = Readonly<Record<Exclude<Power, 'slack'>, IFunction>>;

const ANY = 'Resource::*';
const ec2 = (kind: string): string => `Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:${kind}/*`;
const groupOf = (name: string): string =>
  `Resource::arn:<AWS::Partition>:autoscaling:<AWS::Region>:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/${name}`;
const EXECUTIONS = 'Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:Requorum:*';

const BY_CASE = 'named by case, so this part cannot be known here';
const NO_RESOURCE = 'Describe*, GetConnectionStatus and GetCommandInvocation take no resource';
const BY_TAGS = 'scoped by a condition on the tags of the selector';
const BY_TEMPLATE = 'scoped by a condition on the one launch template';
const BY_VPC = 'interfaces rarely carry tags: scoped by a condition on the VPC';
const VERSIONS = 'any version of this one function';

const arnOf = (construct: IConstruct): string => {
  const { defaultChild } = construct.node;
  return CfnElement.isCfnElement(defaultChild) ? `<${Stack.of(construct).getLogicalId(defaultChild)}.Arn>` : '';
};

const acknowledge = (construct: IConstruct, rule: string, findings: Readonly<Record<string, string>>): void => {
  for (const [finding, reason] of Object.entries(findings)) {
    Validations.of(construct).acknowledge({ id: `${rule}[${finding}]`, reason });
  }
};

export function acknowledgeRoles(functions: Functions, bucket: IBucket): void {
  const objects = { [`Resource::${arnOf(bucket)}/*`]: BY_CASE };
  const audit = { [`Resource::${arnOf(bucket)}/audit/*`]: BY_CASE };
  const versionsOf = (power: keyof Functions) => ({ [`Resource::${arnOf(functions[power])}:*`]: VERSIONS });
  const wildcards: Readonly<Partial<Record<keyof Functions, Record<string, string>>>> = {
    inspect: { [ANY]: NO_RESOURCE, [ec2('instance')]: BY_TAGS },
    clerk: { [EXECUTIONS]: BY_CASE, ...objects },
    operate: { [ANY]: NO_RESOURCE, [ec2('instance')]: BY_TAGS, ...objects },
    fence: {
      [ANY]: NO_RESOURCE,
      [ec2('instance')]: BY_TAGS,
      [ec2('network-interface')]: BY_VPC,
      [ec2('security-group')]: BY_VPC,
      [groupOf('*')]: BY_TAGS,
      ...objects,
    },
    door: { ...versionsOf('sentinel'), ...objects, ...audit },
    page: { ...objects, ...audit },
    sentinel: { [ANY]: NO_RESOURCE, [EXECUTIONS]: BY_CASE, ...versionsOf('probe'), ...objects },
  };
  for (const [power, findings] of Object.entries(wildcards)) {
    const { role } = functions[power as keyof Functions];
    if (role) acknowledge(role, 'AwsSolutions-IAM5', findings);
  }
  const network = 'Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole';
  const documented = 'interfaces of a function in a VPC: this managed policy is what AWS documents for it';
  if (functions.probe.role) acknowledge(functions.probe.role, 'AwsSolutions-IAM4', { [network]: documented });
}

/** By the configuration: without a replacement there is nothing to acknowledge. */
export function acknowledgeReplacements({ role }: IFunction, clusters: readonly Cluster[]): void {
  if (!role) return;
  const ours = (kind: string): string => ec2(kind).replace('<AWS::AccountId>', '');
  const kinds = ['volume', 'key-pair', 'launch-template', 'placement-group'].map(ec2);
  const wildcards = clusters.flatMap(({ replacement }) => {
    if (!replacement) return [];
    const { autoScalingGroup } = replacement;
    const byName = 'a group is named by its name; the id in its ARN cannot be known here';
    return [
      ...[...kinds, ours('image'), ours('snapshot')].map((one) => [one, BY_TEMPLATE]),
      ...(autoScalingGroup === undefined ? [] : [[groupOf(autoScalingGroup), byName]]),
    ];
  });
  acknowledge(role, 'AwsSolutions-IAM5', Object.fromEntries(wildcards) as Record<string, string>);
}

export function acknowledgeMachine(machine: IConstruct, functions: Functions): void {
  acknowledge(machine, 'AwsSolutions-IAM5', {
    [ANY]: 'log delivery and X-Ray take no resource',
    ...Object.fromEntries(Object.values(functions).map((one) => [`Resource::${arnOf(one)}:*`, VERSIONS])),
  });
}

export function acknowledgeBucket(bucket: IConstruct): void {
  const reason =
    'every write is versioned and made by one function; CloudTrail data events are the choice of the account';
  Validations.of(bucket).acknowledge({ id: 'AwsSolutions-S1', reason });
}

/** Browsers cannot sign requests: who comes through these is asked by the page itself (ADR 0014). */
export function acknowledgePage(route: IConstruct): void {
  const reason = 'the page signs people in itself: a link of the IAM-authorised door or OIDC, and a session';
  Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason });
}

export function acknowledgeSlack({ role }: IFunction, route: IConstruct, bucket: IBucket): void {
  if (role) {
    acknowledge(role, 'AwsSolutions-IAM5', {
      [ANY]: 'ListStreams takes no resource',
      [`Resource::${arnOf(bucket)}/*`]: BY_CASE,
      [`Resource::${arnOf(bucket)}/audit/*`]: BY_CASE,
    });
  }
  Validations.of(route).acknowledge({
    id: 'AwsSolutions-APIG4',
    reason: 'Slack has no credentials here: the function checks its signature over the raw body before anything else',
  });
}
