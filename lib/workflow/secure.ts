import { Duration } from 'aws-cdk-lib';
import { Chain, Parallel, Pass, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { FenceInput, FenceOutput } from '../recovery/boundary';
import { ending, expression, item } from './item';
import { operateHosts } from './looks';
import { type Steps, when } from './steps';

/** Looks at instances that are being stopped, five seconds apart: ten minutes, with Force asked for on the way. */
const MOST_FENCE_LOOKS = 120;
const REST = WaitTime.duration(Duration.seconds(5));

/** Fence, then look until every proof stands. What is not proved at the end is told by the proofs, and blocks Check. */
export const fenceInstances = (
  steps: Steps,
  {
    title,
    action,
  }: {
    readonly title: string;
    readonly action: 'suspend' | 'secure' | 'lift' | 'power-on' | 'let-in' | 'resume';
  },
  then: IChainable,
): Chain => {
  const act = steps.call(title, {
    power: 'fence',
    input: FenceInput,
    args: { action, case: item('case'), attempt: item('fenceAttempt') },
    output: FenceOutput,
    keeps: { fences: 'fences', fenced: 'done' },
    sets: { fenceAttempt: '$states.input.fenceAttempt + 1' },
  });
  const rest = steps.wait(`${title}: rest`, REST).next(act);
  return Chain.start(steps.note(`${title}: begin`, { fenceAttempt: '0' }))
    .next(act)
    .next(
      steps
        .choice(`${title}: proved?`)
        .when(when(`$states.input.fenced or $states.input.fenceAttempt >= ${MOST_FENCE_LOOKS}`), then)
        .otherwise(rest),
    );
};

/** Auto Scaling groups keep still before anything is held, stopped or powered on; where they do not, the case is blocked. */
export const keepGroupsStill = (steps: Steps, roads: Readonly<Record<'secure' | 'power-on', IChainable>>): Chain => {
  const says = `'an Auto Scaling group does not keep still, or a member does not go to Standby: see what happened'`;
  const still = steps.choice('Groups still?');
  for (const [next, to] of Object.entries(roads)) {
    still.when(when(`$states.input.fenced and $states.input.decision.next = '${next}'`), to);
  }
  const end = still.otherwise(steps.note('Groups still? no', { ...ending(`'blocked'`, says), road: `'undo'` }));
  return fenceInstances(steps, { title: 'Keep groups still', action: 'suspend' }, end);
};

/** The proofs as they stand now, without acting. */
export const lookAtFences = (steps: Steps, title: string, then: IChainable): Chain =>
  steps
    .call(title, {
      power: 'fence',
      input: FenceInput,
      args: { action: 'look', case: item('case'), attempt: 0 },
      output: FenceOutput,
      keeps: { fences: 'fences' },
    })
    .next(then);

/** Secure = Fence ∥ Hold. A Pass joins what the two found, because a Parallel's own Output is not the same everywhere. */
export const secure = (scope: Construct, steps: Steps, then: IChainable): Chain => {
  const fence = fenceInstances(steps, { title: 'Fence', action: 'secure' }, steps.note('Fence: end', {}));
  const hold = operateHosts(steps, { phase: 'hold', title: 'Hold', as: 'holds' }, steps.note('Hold: end', {}));
  return Parallel.jsonata(scope, 'Secure')
    .branch(fence, hold)
    .next(
      Pass.jsonata(scope, 'Secure: join', {
        outputs: expression('$merge([$states.input[0], {"holds": $states.input[1].holds}])'),
      }),
    )
    .next(then);
};
