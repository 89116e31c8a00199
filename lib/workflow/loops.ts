import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { when } from './steps';
import type { Steps } from './steps';

/** How often something is looked at before the machine goes on with what is known, and the pause between two looks. */
export interface Patience {
  readonly everySeconds: number;
  readonly attempts: number;
}

/** A command that only reads: 4 min. */
export const READING: Patience = { everySeconds: 2, attempts: 120 };
/** A command that changes hosts: 11 min, longer than its deadline on the host (10 min), so that no late act is missed. */
export const CHANGING: Patience = { everySeconds: 2, attempts: 330 };
/** Fences: 10 min; instances may be long in `stopping`. */
export const FENCING: Patience = { everySeconds: 5, attempts: 120 };

/** Every bounded loop counts in the item under `attempt`, from 0, and knows from `done` when to leave. */
export const FIRST_ATTEMPT = { attempt: '0', done: 'false' } as const;
export const NEXT_ATTEMPT = { attempt: '$states.input.attempt + 1' } as const;

/**
 * Looks until `done`, a bounded number of times. A loop that runs out does not fail: the decision after it judges what
 * is missing, and what is missing is never taken for good news.
 */
export const lookUntilDone = (
  steps: Steps,
  title: string,
  look: sfn.TaskStateBase,
  { everySeconds, attempts }: Patience,
): sfn.Chain => {
  const again = steps.wait(`${title}: wait`, sfn.WaitTime.duration(Duration.seconds(everySeconds))).next(look);
  const choice = steps
    .choice(`${title}: done?`)
    .when(when(`$not($states.input.done) and $states.input.attempt < ${attempts}`), again);
  const next = choice.afterwards({ includeOtherwise: true });
  return sfn.Chain.custom(look, next.endStates, look.next(choice));
};
