import { Chain } from 'aws-cdk-lib/aws-stepfunctions';
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { OpenCaseInput, OpenCaseOutput } from '../recovery/boundary';
import { afterRelease } from './after-release';
import { beforeRelease } from './before-release';
import { closeCase, undo } from './endings';
import { EXECUTION, decided, ending, expression } from './item';
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
  const after = steps
    .guarded('After the point of no return', afterRelease(steps), { to: close, outcome: 'not-proved' })
    .next(close);
  const before = steps
    .guarded('Before the point of no return', beforeRelease(scope, steps), { to: undone, outcome: 'failed' })
    .next(
      steps
        .choice('Which way?')
        .when(when(`$states.input.road = 'release'`), after)
        .when(when(`$states.input.road = 'undo'`), undone)
        .otherwise(close),
    );
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

function openCase(steps: Steps): Chain {
  return Chain.start(
    steps.call('Open case', {
      power: 'clerk',
      input: OpenCaseInput,
      args: { action: 'open-case', input: expression('$states.input'), execution: EXECUTION },
      output: OpenCaseOutput,
      keeps: { decision: 'decision', case: 'case', inventory: 'inventory' },
      sets: { road: `'close'` },
    }),
  );
}
