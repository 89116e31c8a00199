import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { decided, ending } from './item';
import { when } from './steps';
import type { Steps } from './steps';

/** Roads by the decision's `next`; every other value ends the case as the decision says. */
export function fork(
  steps: Steps,
  title: string,
  roads: Readonly<Record<string, IChainable>>,
  otherwise: string,
  road: 'close' | 'undo' = 'close',
): IChainable {
  const choice = steps.choice(title);
  for (const [next, to] of Object.entries(roads)) choice.when(when(`$states.input.decision.next = '${next}'`), to);
  return choice.otherwise(steps.note(`${title} no`, { ...decided(otherwise), road: `'${road}'` }));
}

/** After a gate: approved goes on; declined, aborted and expired are endings of their own name. */
export function answered(steps: Steps, title: string, goOn: IChainable, road: 'close' | 'undo'): IChainable {
  return steps
    .choice(title)
    .when(when(`$states.input.gate.decision = 'approved'`), goOn)
    .otherwise(
      steps.note(`${title} no`, {
        ...ending('$states.input.gate.decision', `$states.input.gate.decision & ' by ' & $states.input.gate.who`),
        road: `'${road}'`,
      }),
    );
}
