import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** One function per power, each in the folder of that name. */
export type Power = 'probe' | 'inspect' | 'clerk' | 'operate' | 'fence' | 'door' | 'sentinel' | 'page' | 'slack';

/** Seconds a call may take; the machine's task time-outs are above these (lib/workflow/steps.ts). */
const SECONDS: Readonly<Record<Power, number>> = {
  probe: 30,
  inspect: 60,
  clerk: 30,
  operate: 60,
  fence: 60,
  door: 29,
  sentinel: 120,
  page: 29,
  slack: 60,
};

export interface PowerFunctionProps {
  readonly power: Power;
  readonly says: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly network?: { readonly vpc: IVpc; readonly subnets: SubnetSelection; readonly group: ISecurityGroup };
}

/** A function with a role and a log of its own: what it may do is read off its role, and nothing is shared. */
export class PowerFunction extends Construct {
  readonly function: NodejsFunction;

  constructor(scope: Construct, id: string, { power, says, environment, network }: PowerFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com'), description: says });
    logGroup.grantWrite(role);
    if (network) {
      role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaVPCAccessExecutionRole'));
    }
    this.function = new NodejsFunction(this, 'Function', {
      description: says,
      entry: join(__dirname, '..', '..', 'lambdas', power, 'handler.ts'),
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(SECONDS[power]),
      memorySize: 512,
      role,
      logGroup,
      tracing: Tracing.DISABLED,
      environment: { ...environment, POWERTOOLS_SERVICE_NAME: `requorum-${power}` },
      // The SDK is bundled as tested, so that a new runtime changes nothing at night.
      bundling: { target: 'node20', format: OutputFormat.CJS, externalModules: [], sourceMap: false },
      ...(network && { vpc: network.vpc, vpcSubnets: network.subnets, securityGroups: [network.group] }),
    });
  }
}
