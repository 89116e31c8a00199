import { Chain } from 'aws-cdk-lib/aws-stepfunctions';
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { OpenCaseInput, OpenCaseOutput, PlanAgainInput, PlanAgainOutput } from '../recovery/boundary';
import { afterRelease } from './after-release';
import { beforeRelease } from './before-release';
import { closeCase, undo } from './endings';
import { EXECUTION, decided, ending, expression, item } from './item';
import { LAST_WORD } from './retry';
import { Steps, when } from './steps';
import type { WorkingPower } from './steps';

/**
 * The one machine of design §2: fixed phases, and a decision of the clerk at each fork. Two one-branch Parallels, before
 * and after the point of no return, with one Catch each; every road ends in Close case.
 */
export function recoveryWorkflow(scope: Construct, functions: Readonly<Record<WorkingPower, IFunction>>): IChainable {
  const steps = new Steps(scope, functions);
  const close = closeCase(scope, steps);
  const undone = undo(steps, close);
  const again = planAgain(steps);
  const after = steps
    .guarded('After the point of no return', afterRelease(steps), { to: close, outcome: 'not-proved' })
    .next(steps.choice('Plan again?').when(when(`$states.input.road = 'plan-again'`), again).otherwise(close));
  const before = steps
    .guarded('Before the point of no return', beforeRelease(scope, steps), { to: undone, outcome: 'failed' })
    .next(
      steps
        .choice('Which way?')
        .when(when(`$states.input.road = 'release'`), after)
        .when(when(`$states.input.road = 'undo'`), undone)
        .otherwise(close),
    );
  again.next(before);
  return openCase(steps).next(
    steps
      .choice('Opened?')
      .when(when(`$states.input.decision.next = 'survey'`), before)
      .when(
        when(`$states.input.decision.next = 'tidy'`),
        steps.note('Tidy up', ending(`'tidied'`, '$states.input.decision.says')).next(undone),
      )
      .otherwise(steps.note('Not opened', decided('failed')).next(close)),
  );
}

/** Not every server came up: the same case, under a new lease counter, once more from Survey on. */
function planAgain(steps: Steps) {
  return steps.call('Plan again', {
    power: 'clerk',
    input: PlanAgainInput,
    args: { action: 'plan-again', case: item('case'), execution: EXECUTION },
    output: PlanAgainOutput,
    keeps: { case: 'case' },
    sets: { road: `'close'`, poweredOn: 'false' },
    retry: LAST_WORD,
  });
}

function openCase(steps: Steps): Chain {
  return Chain.start(
    steps.call('Open case', {
      power: 'clerk',
      input: OpenCaseInput,
      args: { action: 'open-case', input: expression('$states.input'), execution: EXECUTION },
      output: OpenCaseOutput,
      keeps: { decision: 'decision', case: 'case', inventory: 'inventory' },
      sets: { road: `'close'`, poweredOn: 'false' },
    }),
  );
}
