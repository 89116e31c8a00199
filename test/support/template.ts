import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseConfig } from '../../lib/config';
import { RequorumStack } from '../../lib/requorum-stack';

export const VPC = {
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0'],
  availabilityZones: ['eu-west-1a'],
};

/** A configured stack without bundling its functions: what it declares is what is tested. */
export function stackOf(
  cluster: Readonly<Record<string, unknown>> = { vpc: VPC },
  more: Readonly<Record<string, unknown>> = {},
): RequorumStack {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const clusters = [{ name: 'dkron-prod', selector: { 'dkron-cluster': 'prod' }, size: 3, ...cluster }];
  return new RequorumStack(app, 'Requorum', parseConfig({ clusters, ...more }, 'requorum.yaml'));
}

export const templateOf = (stack: RequorumStack): Template => Template.fromStack(stack);
