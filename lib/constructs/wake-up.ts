import { ArnFormat, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Cluster } from '../recovery/cluster';
import { HEALTH } from '../recovery/health';
import { alarmNameOf, redundancyAlarmNameOf } from '../recovery/incident';

export interface WakeUpProps {
  readonly clusters: readonly Cluster[];
  readonly machine: IStateMachine;
  readonly sentinel: IFunction;
  /** Told of a cluster that stays short of its size. */
  readonly topic: ITopic;
}

const pascal = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** One metric per cluster, and a threshold on it for each alarm (facts/aws). */
const healthOf = (cluster: string): Metric =>
  new Metric({
    namespace: 'Requorum',
    metricName: 'ClusterHealth',
    dimensionsMap: { Cluster: cluster },
    statistic: 'Minimum',
    period: Duration.minutes(1),
  });

/** What starts anything by itself: the alarms of a cluster, the schedule of the sentinel, the end of an execution. */
export class WakeUp extends Construct {
  constructor(scope: Construct, id: string, { clusters, machine, sentinel, topic }: WakeUpProps) {
    super(scope, id);
    for (const cluster of clusters) {
      this.noLeader(cluster, machine);
      this.noRedundancy(cluster, topic);
    }
    this.letAlarmsTell(clusters, topic);
    new Rule(this, 'EveryMinute', {
      description: 'inventory, health and dead runs',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sentinel, { event: RuleTargetInput.fromObject({ action: 'refresh' }) })],
    });
    // Best effort (facts/aws): the sweep of the sentinel goes over everything as well.
    new Rule(this, 'ExecutionEnded', {
      description: 'an execution that ended badly may have left hosts held or fenced',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [machine.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [new LambdaFunction(sentinel)],
    });
  }

  private noLeader({ name, policy }: Cluster, machine: IStateMachine): void {
    const alarm = new Alarm(this, `NoLeader-${name}`, {
      alarmName: alarmNameOf(name),
      alarmDescription: `Dkron cluster ${name} has no leader. Requorum opens a case and asks; see docs/runbook.md, "Approve plan".`,
      metric: healthOf(name),
      threshold: HEALTH.notAtFullStrength,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // Longer than Dkron's own elections; a sentinel that says nothing is no health either.
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.BREACHING,
    });
    new CfnOutput(this, `Alarm-${name}`, { value: alarm.alarmName }).overrideLogicalId(`Alarm${pascal(name)}`);
    if (policy.alarm === 'ignore') return;
    new Rule(this, `OpenCase-${name}`, {
      description: `opens a case for ${name}: it plans and asks, people decide`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        resources: [alarm.alarmArn],
        detail: { state: { value: ['ALARM'] } },
      },
      targets: [new SfnStateMachine(machine)],
    });
  }

  /** Tells people, and opens no case: a leader leads, and the way back begins with a decision of theirs. */
  private noRedundancy({ name, size }: Cluster, topic: ITopic): void {
    const alarm = new Alarm(this, `NoRedundancy-${name}`, {
      alarmName: redundancyAlarmNameOf(name),
      alarmDescription: `Dkron cluster ${name} is not at its full strength of ${size}: see docs/runbook.md, "After a recovery".`,
      metric: healthOf(name),
      threshold: HEALTH.fullStrength,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // A server that restarts or is being replaced is back by then.
      evaluationPeriods: 10,
      // A sentinel that says nothing is told by the other alarm.
      treatMissingData: TreatMissingData.IGNORE,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
  }

  /** The topic has a policy of its own, which takes the place of the default one that would let alarms publish. */
  private letAlarmsTell(clusters: readonly Cluster[], topic: ITopic): void {
    const { account } = Stack.of(this);
    // By name, not by reference: alarm and policy of the topic would wait for each other.
    const alarms = clusters.map(({ name }) =>
      Stack.of(this).formatArn({
        service: 'cloudwatch',
        resource: 'alarm',
        resourceName: redundancyAlarmNameOf(name),
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsTell',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': account }, ArnEquals: { 'aws:SourceArn': alarms } },
      }),
    );
  }
}
