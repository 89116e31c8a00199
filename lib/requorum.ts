import { ArnFormat, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Config } from './config';
import {
  acknowledgeBucket,
  acknowledgeMachine,
  acknowledgeReplacements,
  acknowledgeRoles,
} from './constructs/acknowledgements';
import { HostDocuments } from './constructs/documents';
import { FrontDoor } from './constructs/front-door';
import { PowerFunction } from './constructs/functions';
import type { Power, PowerFunctionProps } from './constructs/functions';
import {
  describeDocuments,
  describeFleet,
  fenceInstances,
  keepGroupsStill,
  readEvidence,
  readSecret,
  sendDocuments,
  useTable,
  writeAudit,
  writeEvidence,
} from './constructs/powers';
import { Quarantine } from './constructs/quarantine';
import { SlackDoor } from './constructs/slack-door';
import { launchReplacements } from './constructs/replacement-powers';
import { WakeUp } from './constructs/wake-up';
import { DOCUMENT_NAMES } from './documents/documents';
import { recoveryWorkflow } from './workflow/recovery-workflow';

const MACHINE_NAME = 'Requorum';
const COLON = ArnFormat.COLON_RESOURCE_NAME;
/** A case may wait for people twice; beyond this the janitor takes over. */
const LONGEST_CASE = Duration.days(1);

/** Everything that brings the configured clusters back: one machine, eight functions by power (nine with Slack), seven documents. */
export class Requorum extends Construct {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const { clusters } = config;
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
      // Keys only: a task token is in the table, and is to stay there.
      ...(config.slack && { stream: StreamViewType.KEYS_ONLY }),
    });
    const bucket = new Bucket(this, 'Evidence', {
      versioned: true,
      enforceSSL: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const topic = new Topic(this, 'Topic', { displayName: 'Requorum', enforceSSL: true });
    for (const email of config.notify.email) topic.addSubscription(new EmailSubscription(email));
    const documents = new HostDocuments(this, 'Documents');
    const quarantine = new Quarantine(this, 'Quarantine', clusters);

    const settings = {
      REQUORUM_CLUSTERS: JSON.stringify(clusters),
      REQUORUM_TABLE: table.tableName,
      REQUORUM_BUCKET: bucket.bucketName,
    };
    const lists = {
      REQUORUM_DOCUMENTS: JSON.stringify(documents.names),
      REQUORUM_QUARANTINE: Stack.of(this).toJsonString(quarantine.groups),
    };
    const telling = { REQUORUM_TOPIC: topic.topicArn };
    const add = (
      power: Power,
      says: string,
      environment: Record<string, string>,
      more: Partial<PowerFunctionProps> = {},
    ) =>
      new PowerFunction(this, power.charAt(0).toUpperCase() + power.slice(1), { power, says, environment, ...more })
        .function;

    const probe = add(
      'probe',
      'asks Dkron servers over gRPC and HTTP; no AWS API',
      {},
      this.proberNetwork(config, quarantine),
    );
    const inspect = add('inspect', 'looks at fleet and hosts, read-only', {
      REQUORUM_CLUSTERS: settings.REQUORUM_CLUSTERS,
      REQUORUM_DOCUMENTS: lists.REQUORUM_DOCUMENTS,
    });
    const clerk = add('clerk', 'cases, plans, decisions, reports', {
      ...settings,
      ...lists,
      ...telling,
    });
    const operate = add('operate', 'changes hosts by documents, as approved', settings);
    const fence = add('fence', 'quarantines and stops instances, as approved', {
      ...settings,
      REQUORUM_QUARANTINE: lists.REQUORUM_QUARANTINE,
    });
    const people = { REQUORUM_PEOPLE: JSON.stringify(config.people) };
    const door = add('door', 'gates and the way in for people', { ...settings, ...people, ...telling });
    const page = add('page', 'gates and cases for people with a browser', {
      ...settings,
      ...people,
      REQUORUM_OIDC: JSON.stringify(config.page.oidc ?? null),
    });
    const sentinel = add('sentinel', 'inventory, health, dead runs', {
      ...settings,
      REQUORUM_PROBE: probe.functionName,
    });

    const machine = this.machine({ probe, inspect, clerk, operate, fence, door });
    // Door and sentinel start the machine, which invokes the door: the name by hand breaks the circle.
    for (const starter of [door, sentinel]) {
      starter.addEnvironment('REQUORUM_MACHINE', this.machineArn());
      starter.addToRolePolicy(this.startCases());
    }
    door.addEnvironment('REQUORUM_SENTINEL', sentinel.functionName);

    const changing = DOCUMENT_NAMES.filter((name) => name !== 'inspect').map((name) => documents.names[name]);
    const policies: readonly (readonly [typeof inspect, readonly PolicyStatement[]])[] = [
      [
        inspect,
        [
          ...describeFleet(),
          ...sendDocuments(this, ['Requorum-inspect'], clusters),
          ...describeDocuments(this, ['Requorum-inspect']),
        ],
      ],
      [operate, sendDocuments(this, changing, clusters)],
      [
        fence,
        [
          ...describeFleet(),
          ...fenceInstances(this, clusters, Object.values(quarantine.groups)),
          ...keepGroupsStill(this, clusters),
          ...launchReplacements(this, clusters, quarantine.groups),
        ],
      ],
      [
        clerk,
        [
          ...describeDocuments(this, Object.values(documents.names)),
          ...this.watchExecutions('states:DescribeExecution'),
        ],
      ],
      [door, [this.answerTasks()]],
      [page, [this.answerTasks(), ...readSecret(config.page.oidc?.clientSecretArn)]],
      [sentinel, [...describeFleet(), ...this.watchExecutions('states:DescribeExecution')]],
    ];
    const evidence = new Map([[clerk, writeEvidence(bucket)]]);
    for (const who of [operate, fence, sentinel]) evidence.set(who, readEvidence(bucket));
    for (const who of [door, page]) evidence.set(who, [...readEvidence(bucket), ...writeAudit(bucket)]);
    for (const [who, statements] of [...policies, ...evidence])
      for (const statement of statements) who.addToRolePolicy(statement);
    for (const who of [clerk, operate, fence, door, page, sentinel]) useTable(table, who);
    for (const who of [clerk, door]) topic.grantPublish(who);
    probe.grantInvoke(sentinel);
    sentinel.grantInvoke(door);

    const functions = { probe, inspect, clerk, operate, fence, door, page, sentinel };
    acknowledgeBucket(bucket);
    acknowledgeRoles(functions, bucket);
    acknowledgeReplacements(fence, clusters);
    acknowledgeMachine(machine, functions);
    const { api } = new FrontDoor(this, 'FrontDoor', { door, page });
    const pages = { REQUORUM_PAGE: `${api.apiEndpoint}/page` };
    for (const who of [clerk, door]) who.addEnvironment('REQUORUM_PAGE', pages.REQUORUM_PAGE);
    if (config.slack) {
      new SlackDoor(this, 'SlackDoor', {
        ...{ slack: config.slack, table, bucket, api },
        environment: {
          ...settings,
          ...people,
          REQUORUM_MACHINE: this.machineArn(),
          ...pages,
        },
        statements: [this.startCases(), this.answerTasks()],
      });
    }
    new WakeUp(this, 'WakeUp', { clusters, machine, sentinel, topic });
    this.output('Machine', machine.stateMachineArn);
    this.output('Table', table.tableName);
    this.output('Bucket', bucket.bucketName);
    this.output('Topic', topic.topicArn);
    this.output('SentinelFunction', sentinel.functionName);
  }

  private machine(functions: Readonly<Record<Exclude<Power, 'sentinel' | 'page' | 'slack'>, IFunction>>): StateMachine {
    return new StateMachine(this, 'Machine', {
      stateMachineName: MACHINE_NAME,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(recoveryWorkflow(new Construct(this, 'Workflow'), functions)),
      timeout: LONGEST_CASE,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'MachineLog', { retention: RetentionDays.ONE_YEAR }),
        level: LogLevel.ALL,
        includeExecutionData: true,
      },
    });
  }

  private machineArn(): string {
    return Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: MACHINE_NAME,
      arnFormat: COLON,
    });
  }

  private watchExecutions(...actions: string[]): PolicyStatement[] {
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${MACHINE_NAME}:*`,
      arnFormat: COLON,
    });
    return [new PolicyStatement({ sid: 'WatchExecutions', actions, resources: [executions] })];
  }

  /** A task token names its own task; the verb takes the machine as its resource. */
  private answerTasks(): PolicyStatement {
    const actions = ['states:SendTaskSuccess'];
    return new PolicyStatement({ sid: 'AnswerTasks', actions, resources: [this.machineArn()] });
  }

  private startCases(): PolicyStatement {
    const actions = ['states:StartExecution'];
    return new PolicyStatement({ sid: 'StartCases', actions, resources: [this.machineArn()] });
  }

  /** In the VPC of the first cluster that has one: without NAT or endpoints, since it calls no AWS API. */
  private proberNetwork({ clusters }: Config, { vpcs }: Quarantine): Partial<PowerFunctionProps> {
    const vpc = clusters.find((cluster) => cluster.vpc)?.vpc;
    const network = vpc && vpcs.get(vpc.vpcId);
    if (!network) return {};
    const group = new SecurityGroup(this, 'ProberGroup', {
      vpc: network,
      description: 'Requorum prober: out to Dkron only',
      allowAllOutbound: false,
    });
    const ports = new Set(clusters.flatMap(({ ports: { rpc, http } }) => [rpc, http]));
    for (const port of ports) group.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'Dkron');
    return { network: { vpc: network, subnets: { subnets: network.privateSubnets }, group } };
  }

  private output(name: string, value: string): void {
    new CfnOutput(this, `Output${name}`, { value }).overrideLogicalId(name);
  }
}
