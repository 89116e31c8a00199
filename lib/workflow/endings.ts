import { Fail, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { CloseCaseInput, CloseCaseOutput } from '../recovery/boundary';
import { EXECUTION, ending, expression, item } from './item';
import { operateHosts } from './looks';
import { LAST_WORD } from './retry';
import { fenceInstances } from './secure';
import { when } from './steps';
import type { Steps } from './steps';

/** Puts back as found. When that fails, the case closes as `undo-failed` and says so. */
export function undo(steps: Steps, close: IChainable): IChainable {
  const refused = `$count($states.input.undone[outcome = 'refused' and code != 'AlreadyReleased']) > 0`;
  const says = `'not put back: ' & $string($states.input.undone) & ' ' & $string($states.input.fences)`;
  const end = steps
    .choice('All put back?')
    .when(
      when(`$states.input.done != true or (${refused}) or $states.input.fenced != true`),
      steps.note('Not put back', ending(`'undo-failed'`, says)),
    )
    .otherwise(steps.note('Put back: end', {}));
  const lift = fenceInstances(steps, { title: 'Undo: lift fences', action: 'lift' }, end);
  const hosts = operateHosts(steps, { phase: 'undo', title: 'Undo', as: 'undone' }, lift);
  return steps.guarded('Put back', hosts, { to: close, outcome: 'undo-failed' }).next(close);
}

/** Groups go on again as far as they may, on every road; whatever comes of it, the case is closed. */
function resumeGroups(steps: Steps, close: IChainable): IChainable {
  const resumed = fenceInstances(
    steps,
    { title: 'Close case: resume groups', action: 'resume' },
    steps.note('Close case: groups', {}),
  );
  const open = steps.guarded('Let groups go on', resumed, { to: close, keeps: 'ending' }).next(close);
  return steps.choice('A case to close?').when(when('$states.input.case != null'), open).otherwise(close);
}

export function closeCase(scope: Construct, steps: Steps): IChainable {
  const close = steps.call('Close case', {
    power: 'clerk',
    input: CloseCaseInput,
    args: {
      action: 'close-case',
      case: item('case'),
      outcome: item('ending.outcome'),
      says: item('ending.says'),
      error: item('ending.error'),
      execution: EXECUTION,
    },
    output: CloseCaseOutput,
    keeps: { closed: '*' },
    retry: LAST_WORD,
  });
  const failed = Fail.jsonata(scope, 'Closed, a person is needed', {
    error: expression('$states.input.closed.outcome'),
    cause: expression('$states.input.closed.says'),
  });
  const closed = Succeed.jsonata(scope, 'Closed', { outputs: item('closed') });
  const closing = close.next(
    steps.choice('A person needed?').when(when(`$states.input.closed.class = 'failed'`), failed).otherwise(closed),
  );
  return resumeGroups(steps, closing);
}
