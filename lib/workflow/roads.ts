import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { decided, ending } from './item';
import { when } from './steps';
import type { Steps } from './steps';

export type Road = 'close' | 'undo';

/** Before anything was touched a case just closes; a case that powered hosts on has something to put back. */
const ROADS: Readonly<Record<Road, string>> = {
  close: `$states.input.poweredOn = true ? 'undo' : 'close'`,
  undo: `'undo'`,
};

/** Roads by the decision's `next`; every other value ends the case as the decision says. */
export function fork(
  steps: Steps,
  title: string,
  roads: Readonly<Record<string, IChainable>>,
  otherwise: string,
  road: Road = 'close',
): IChainable {
  const choice = steps.choice(title);
  for (const [next, to] of Object.entries(roads)) choice.when(when(`$states.input.decision.next = '${next}'`), to);
  return choice.otherwise(steps.note(`${title} no`, { ...decided(otherwise), road: ROADS[road] }));
}

/** After a gate: approved goes on; declined, aborted and expired are endings of their own name; postponed may come back. */
export function answered(
  steps: Steps,
  title: string,
  roads: { readonly approved: IChainable; readonly postponed?: IChainable },
  road: Road,
): IChainable {
  const choice = steps.choice(title);
  for (const [decision, to] of Object.entries(roads))
    choice.when(when(`$states.input.gate.decision = '${decision}'`), to);
  return choice.otherwise(
    steps.note(`${title} no`, {
      ...ending('$states.input.gate.decision', `$states.input.gate.decision & ' by ' & $states.input.gate.who`),
      road: ROADS[road],
    }),
  );
}
