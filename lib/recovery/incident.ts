import * as z from 'zod';
import type { Mode } from './case';
import type { Cluster } from './cluster';
import { CaseId, ClusterName } from './ids';
import { AskedIntent, intentsIn, type Intent } from './intent';

/** What woke us, read from whatever opened the execution. */
export type Incident =
  | {
      readonly kind: 'incident';
      readonly cluster: Cluster;
      readonly mode: Mode;
      readonly openedBy: string;
      readonly tidyCaseId: string | null;
      /** What a person opened the case for; null where it recovers. */
      readonly intent: Intent | null;
    }
  | { readonly kind: 'ignored'; readonly code: 'BadInput'; readonly says: string }
  | { readonly kind: 'bad'; readonly code: 'BadInput' | 'UnknownCluster'; readonly says: string };

const Asked = z.discriminatedUnion('mode', [
  AskedIntent.extend({
    cluster: ClusterName,
    mode: z.enum(['plan', 'recover']),
    openedBy: z.literal('cli').optional(),
  }),
  z.object({ cluster: ClusterName, mode: z.literal('tidy'), caseId: CaseId }),
]);

/** The event of EventBridge when a CloudWatch alarm changes its state (facts/aws). */
const AlarmEvent = z.object({
  source: z.literal('aws.cloudwatch'),
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  detail: z.object({ alarmName: z.string(), state: z.object({ value: z.string() }) }),
});

/** Name of the alarm of a cluster; the stack makes it, the event carries it. */
export const alarmNameOf = (cluster: string): string => `requorum-${cluster}-no-leader`;

/** The other alarm of a cluster tells people only; it opens no case, whoever sends its event here. */
export const redundancyAlarmNameOf = (cluster: string): string => `requorum-${cluster}-no-redundancy`;

export function readIncident(input: unknown, clusters: readonly Cluster[]): Incident {
  const alarm = AlarmEvent.safeParse(input);
  if (alarm.success) return byAlarm(alarm.data.detail, clusters);
  const asked = Asked.safeParse(input);
  if (!asked.success) return { kind: 'bad', code: 'BadInput', says: explain(asked.error) };
  const cluster = clusters.find(({ name }) => name === asked.data.cluster);
  if (!cluster) return unknown(asked.data.cluster, clusters);
  if (asked.data.mode === 'tidy') {
    return {
      kind: 'incident',
      cluster,
      mode: 'tidy',
      openedBy: 'janitor',
      tidyCaseId: asked.data.caseId,
      intent: null,
    };
  }
  const [intent, another] = intentsIn(asked.data);
  if (another) return { kind: 'bad', code: 'BadInput', says: 'one case takes one server: retire, readmit or replace' };
  return {
    kind: 'incident',
    cluster,
    mode: asked.data.mode,
    openedBy: asked.data.openedBy ?? 'console',
    tidyCaseId: null,
    intent: intent ?? null,
  };
}

function byAlarm(detail: z.infer<typeof AlarmEvent>['detail'], clusters: readonly Cluster[]): Incident {
  const { alarmName, state } = detail;
  const cluster = clusters.find(({ name }) => alarmNameOf(name) === alarmName);
  if (clusters.some(({ name }) => redundancyAlarmNameOf(name) === alarmName))
    return { kind: 'ignored', code: 'BadInput', says: `${alarmName} opens no case: a leader leads` };
  if (!cluster) return { kind: 'bad', code: 'UnknownCluster', says: `no cluster has an alarm named ${alarmName}` };
  if (state.value !== 'ALARM')
    return { kind: 'ignored', code: 'BadInput', says: `${alarmName} went to ${state.value}` };
  if (cluster.policy.alarm === 'ignore')
    return { kind: 'ignored', code: 'BadInput', says: `the policy of ${cluster.name} ignores alarms` };
  // It may make a plan and ask; only people let it act (design rule 17).
  return { kind: 'incident', cluster, mode: 'recover', openedBy: `alarm ${alarmName}`, tidyCaseId: null, intent: null };
}

function unknown(name: string, clusters: readonly Cluster[]): Incident {
  const known = clusters.map((cluster) => cluster.name).join(', ');
  return { kind: 'bad', code: 'UnknownCluster', says: `no cluster named ${name}; there are ${known || 'none'}` };
}

function explain(error: z.ZodError): string {
  const [issue] = error.issues;
  return `the input is no alarm event and no {cluster, mode}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`;
}
