import { CfnOutput, Duration } from 'aws-cdk-lib';
import { CfnRoute, CfnStage, HttpMethod, HttpNoneAuthorizer, type HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule, StartingPosition, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { SlackSettings } from '../slack/settings';
import { acknowledgeSlack } from './acknowledgements';
import { PowerFunction } from './functions';
import { readEvidence, useTable, writeAudit } from './powers';

export interface SlackDoorProps {
  readonly slack: SlackSettings;
  /** With a stream of keys. */
  readonly table: ITable;
  readonly bucket: IBucket;
  readonly api: HttpApi;
  readonly environment: Readonly<Record<string, string>>;
  /** Starting the machine, and waking it at its gates. */
  readonly statements: readonly PolicyStatement[];
}

/** Requests a second on the one route that needs no credentials; people press fewer buttons. */
const RATE = { throttlingRateLimit: 20, throttlingBurstLimit: 40 };

/** The door in Slack: a function of its own with a narrow role, one public route, the stream of cases, and a look a minute. */
export class SlackDoor extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: SlackDoorProps) {
    super(scope, id);
    const { slack, table, bucket, environment, statements } = props;
    const door = new PowerFunction(this, 'Slack', {
      power: 'slack',
      says: 'gates and cases in Slack',
      environment: { ...environment, REQUORUM_SLACK: JSON.stringify(slack) },
    }).function;
    this.function = door;
    const secrets = new PolicyStatement({
      sid: 'ReadSecrets',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [slack.signingSecretArn, slack.botTokenArn],
    });
    for (const statement of [secrets, ...statements, ...readEvidence(bucket), ...writeAudit(bucket)])
      door.addToRolePolicy(statement);
    useTable(table, door);
    // A click that waited longer than a request of Slack may be old is no click any more.
    door.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(5) });
    this.mayInvokeItself(door);
    this.hearOfCases(door, table);
    new Rule(this, 'Look', {
      description: 'time passes at open gates; Slack may have been away',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(door, { event: RuleTargetInput.fromObject({ action: 'look' }) })],
    });
    const route = this.letSlackIn(door, props.api);
    new CfnOutput(this, 'Url', {
      value: `${props.api.apiEndpoint}/slack`,
      description: 'for the manifest of the Slack app',
    }).overrideLogicalId('SlackUrl');
    acknowledgeSlack(door, route, bucket);
  }

  /** A policy beside the role's own one: the function waits for that, and it would wait for the function. */
  private mayInvokeItself(door: IFunction): void {
    const statement = new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [door.functionArn] });
    const policy = new Policy(this, 'HandsOver', { statements: [statement] });
    if (door.role) policy.attachToRole(door.role);
  }

  /** Keys only: what is in an item, a task token among it, does not travel. */
  private hearOfCases(door: IFunction, table: ITable): void {
    door.addEventSource(
      new DynamoEventSource(table, {
        startingPosition: StartingPosition.LATEST,
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(1),
        retryAttempts: 3,
        maxRecordAge: Duration.minutes(5),
        filters: [FilterCriteria.filter({ dynamodb: { Keys: { pk: { S: FilterRule.beginsWith('CASE#') } } } })],
      }),
    );
  }

  private letSlackIn(door: IFunction, api: HttpApi): Construct {
    const [route] = api.addRoutes({
      path: '/slack',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Slack', door),
      authorizer: new HttpNoneAuthorizer(),
    });
    const stage = api.defaultStage?.node.defaultChild;
    const made = route?.node.defaultChild;
    if (stage instanceof CfnStage && made instanceof CfnRoute) {
      stage.addPropertyOverride('RouteSettings.POST /slack', {
        ThrottlingRateLimit: RATE.throttlingRateLimit,
        ThrottlingBurstLimit: RATE.throttlingBurstLimit,
      });
      stage.addResourceDependency(made);
    }
    return route ?? this;
  }
}
