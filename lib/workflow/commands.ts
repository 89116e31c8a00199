import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type * as z from 'zod';
import type { OperatePhase } from '../recovery/boundary';
import * as boundary from '../recovery/boundary';
import { NetworkView } from '../recovery/survey';
import { item } from './item';
import { CHANGING, FENCING, FIRST_ATTEMPT, NEXT_ATTEMPT, READING, lookUntilDone } from './loops';
import type { RetryPolicy } from './retry';
import type { Steps } from './steps';

/** The steps that more than one phase takes: looks at fleet and network, commands to hosts, fences. */

export const lookAtFleet = (steps: Steps, title: string): sfn.TaskStateBase =>
  steps.call(title, {
    power: 'inspect',
    input: boundary.FleetInput,
    args: { action: 'fleet', case: item('case'), inventory: item('inventory') },
    output: boundary.FleetOutput,
    keeps: { fleet: 'fleet', targets: 'targets' },
  });

export const lookAtNetwork = (steps: Steps, title: string): sfn.TaskStateBase =>
  steps.call(title, {
    power: 'probe',
    input: boundary.ProbeInput,
    args: { action: 'probe', targets: item('targets'), untilLeader: false, deadlineMs: 4000 },
    output: NetworkView,
    keeps: { network: '*' },
  });

/** Probes again and again until a leader is confirmed, within one call. */
export const lookForLeader = (steps: Steps, title: string): sfn.TaskStateBase =>
  steps.call(title, {
    power: 'probe',
    input: boundary.ProbeInput,
    args: { action: 'probe', targets: item('targets'), untilLeader: true, deadlineMs: 20_000 },
    output: NetworkView,
    keeps: { network: '*' },
  });

export const inspectHosts = (steps: Steps, title: string): sfn.Chain => {
  const send = steps.call(title, {
    power: 'inspect',
    input: boundary.InspectSendInput,
    args: { action: 'send', case: item('case'), fleet: item('fleet') },
    output: boundary.SendOutput,
    keeps: { sent: 'sent' },
    sets: FIRST_ATTEMPT,
  });
  const collect = steps.call(`${title}: collect`, {
    power: 'inspect',
    input: boundary.InspectCollectInput,
    args: {
      action: 'collect',
      case: item('case'),
      fleet: item('fleet'),
      sent: item('sent'),
      attempt: item('attempt'),
    },
    output: boundary.InspectCollectOutput,
    keeps: { hosts: 'hosts', done: 'done' },
    sets: NEXT_ATTEMPT,
  });
  return send.next(lookUntilDone(steps, title, collect, READING));
};

export interface Command {
  readonly phase: z.output<typeof OperatePhase>;
  /** Where the results go in the item. */
  readonly into: 'holds' | 'releases' | 'looks' | 'undone';
  readonly retry?: RetryPolicy;
  /** What to do when sending or collecting throws, where that may not end the branch. */
  readonly otherwise?: { readonly to: sfn.IChainable; readonly outputs: string };
}

/** One command to the hosts that the plan names for the phase, and its results. */
export const commandHosts = (steps: Steps, title: string, { phase, into, retry, otherwise }: Command): sfn.Chain => {
  const send = steps.call(title, {
    power: 'operate',
    input: boundary.OperateSendInput,
    args: { action: 'send', phase, case: item('case'), part: phase === 'verify' ? item('part') : 'look' },
    output: boundary.SendOutput,
    keeps: { sent: 'sent' },
    sets: FIRST_ATTEMPT,
    retry,
  });
  const collect = steps.call(`${title}: collect`, {
    power: 'operate',
    input: boundary.OperateCollectInput,
    args: { action: 'collect', phase, case: item('case'), sent: item('sent'), attempt: item('attempt') },
    output: boundary.OperateCollectOutput,
    keeps: { [into]: 'results', done: 'done' },
    sets: NEXT_ATTEMPT,
    retry,
  });
  if (otherwise !== undefined) {
    for (const task of [send, collect]) task.addCatch(otherwise.to, { outputs: otherwise.outputs });
  }
  return send.next(lookUntilDone(steps, title, collect, CHANGING));
};

/** Fencing and lifting are repeated as a whole: each call looks first and does only what is missing. */
export const fenceUntilDone = (
  steps: Steps,
  title: string,
  action: 'secure' | 'lift',
  more: { readonly retry?: RetryPolicy; readonly otherwise?: Command['otherwise'] } = {},
): sfn.Chain => {
  const start = steps.note(`${title}: begin`, FIRST_ATTEMPT);
  const act = steps.call(title, {
    power: 'fence',
    input: boundary.FenceInput,
    args: { action, case: item('case'), attempt: item('attempt') },
    output: boundary.FenceOutput,
    keeps: { fences: 'fences', done: 'done' },
    sets: NEXT_ATTEMPT,
    retry: more.retry,
  });
  if (more.otherwise !== undefined) act.addCatch(more.otherwise.to, { outputs: more.otherwise.outputs });
  return start.next(lookUntilDone(steps, title, act, FENCING));
};

/** Fences as they are now; changes nothing. */
export const lookAtFences = (steps: Steps, title: string): sfn.TaskStateBase =>
  steps.call(title, {
    power: 'fence',
    input: boundary.FenceInput,
    args: { action: 'look', case: item('case'), attempt: 0 },
    output: boundary.FenceOutput,
    keeps: { fences: 'fences' },
  });
