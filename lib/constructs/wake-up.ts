import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Cluster } from '../recovery/cluster';
import { alarmNameOf } from '../recovery/incident';

export interface WakeUpProps {
  readonly clusters: readonly Cluster[];
  readonly machine: IStateMachine;
  readonly sentinel: IFunction;
}

const pascal = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** What starts anything by itself: the alarm of a cluster, the schedule of the sentinel, the end of an execution. */
export class WakeUp extends Construct {
  constructor(scope: Construct, id: string, { clusters, machine, sentinel }: WakeUpProps) {
    super(scope, id);
    for (const cluster of clusters) this.alarm(cluster, machine);
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

  private alarm({ name, policy }: Cluster, machine: IStateMachine): void {
    const alarm = new Alarm(this, `NoLeader-${name}`, {
      alarmName: alarmNameOf(name),
      alarmDescription: `Dkron cluster ${name} has no leader. Requorum opens a case and asks; see docs/runbook.md, "Approve plan".`,
      metric: new Metric({
        namespace: 'Requorum',
        metricName: 'ClusterHealth',
        dimensionsMap: { Cluster: name },
        statistic: 'Minimum',
        period: Duration.minutes(1),
      }),
      threshold: 1,
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
}
