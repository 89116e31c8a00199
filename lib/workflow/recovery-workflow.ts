import { Chain, Fail, Succeed, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  AwaitLeaderInput,
  AwaitLeaderOutput,
  CheckInput,
  CheckOutput,
  CloseCaseInput,
  CloseCaseOutput,
  GuardReleaseInput,
  GuardReleaseOutput,
  LookAgainInput,
  LookAgainOutput,
  MakePlanInput,
  MakePlanOutput,
  OpenCaseInput,
  OpenCaseOutput,
  ProbeInput,
  VerifyInput,
  VerifyOutput,
} from '../recovery/boundary';
import { NetworkView } from '../recovery/survey';
import { decided, ending, expression, item } from './item';
import { inspectHosts, lookAround, operateHosts } from './looks';
import { LAST_WORD } from './retry';
import { fenceInstances, lookAtFences, secure } from './secure';
import { Steps, when } from './steps';
import type { WorkingPower } from './steps';

/** Belts beside the clerk's own bounds: looks of Await leader (each up to 20 s) and of Verify. */
const MOST_LEADER_LOOKS = 60;
const MOST_PROOF_LOOKS = 20;

const EXECUTION = {
  arn: expression('$states.context.Execution.Id'),
  name: expression('$states.context.Execution.Name'),
  startTime: expression('$states.context.Execution.StartTime'),
};

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

/** Survey → Make plan → Approve plan → Look again → Secure → Check → Approve restart → guard of Release. */
function beforeRelease(scope: Construct, steps: Steps): IChainable {
  const guard = lookAround(steps, 'Release: look', lookAtFences(steps, 'Release: look at fences', guardRelease(steps)));
  const approveRestart = steps.gate(
    'Approve restart',
    { kind: 'approve-restart', seconds: item('gateSeconds') },
    answered(steps, 'Restart approved?', guard, 'undo'),
  );
  const checked = lookAround(steps, 'Check: look', check(steps, guard, approveRestart));
  const lookedAgain = lookAround(steps, 'Look again', lookAgain(steps, secure(scope, steps, checked)));
  const approvePlan = steps.gate(
    'Approve plan',
    { kind: 'approve-plan', seconds: item('gateSeconds') },
    answered(steps, 'Plan approved?', lookedAgain, 'close'),
  );
  return lookAround(steps, 'Survey', inspectHosts(steps, makePlan(steps, approvePlan)));
}

function makePlan(steps: Steps, approve: IChainable): Chain {
  const plan = steps.call('Make plan', {
    power: 'clerk',
    input: MakePlanInput,
    args: {
      action: 'make-plan',
      case: item('case'),
      inventory: item('inventory'),
      fleet: item('fleet'),
      network: item('network'),
      hosts: item('hosts'),
    },
    output: MakePlanOutput,
    keeps: { decision: 'decision', case: 'case', gateSeconds: 'gateSeconds' },
    // The plan and the survey lie in the bucket; the item stays small.
    sets: { hosts: '[]' },
  });
  return plan.next(fork(steps, 'Planned?', { approve }, 'refused'));
}

function lookAgain(steps: Steps, goOn: IChainable): Chain {
  return steps
    .call('Look again', {
      power: 'clerk',
      input: LookAgainInput,
      args: {
        action: 'look-again',
        case: item('case'),
        inventory: item('inventory'),
        fleet: item('fleet'),
        network: item('network'),
      },
      output: LookAgainOutput,
      keeps: { decision: 'decision' },
    })
    .next(fork(steps, 'As approved?', { secure: goOn }, 'drifted'));
}

function check(steps: Steps, release: IChainable, ask: IChainable): Chain {
  return steps
    .call('Check', {
      power: 'clerk',
      input: CheckInput,
      args: {
        action: 'check',
        case: item('case'),
        inventory: item('inventory'),
        fleet: item('fleet'),
        network: item('network'),
        fences: item('fences'),
        holds: item('holds'),
      },
      output: CheckOutput,
      keeps: { decision: 'decision', gateSeconds: 'gateSeconds' },
    })
    .next(fork(steps, 'Checked?', { release, ask }, 'blocked', 'undo'));
}

function guardRelease(steps: Steps): Chain {
  return steps
    .call('Release: guard', {
      power: 'clerk',
      input: GuardReleaseInput,
      args: {
        action: 'guard-release',
        case: item('case'),
        inventory: item('inventory'),
        fleet: item('fleet'),
        network: item('network'),
        fences: item('fences'),
      },
      output: GuardReleaseOutput,
      keeps: { decision: 'decision' },
    })
    .next(
      fork(steps, 'Clear to release?', { release: steps.note('To release', { road: `'release'` }) }, 'blocked', 'undo'),
    );
}

/** Roads by the decision's `next`; every other value ends the case as the decision says. */
function fork(
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
function answered(steps: Steps, title: string, goOn: IChainable, road: 'close' | 'undo'): IChainable {
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

/** Release → Await leader → Verify. Only forward. */
function afterRelease(steps: Steps): IChainable {
  return operateHosts(steps, { phase: 'release', title: 'Release', as: 'releases' }, awaitLeader(steps, verify(steps)));
}

function awaitLeader(steps: Steps, goOn: IChainable): Chain {
  const probe = steps.call('Await leader: probe', {
    power: 'probe',
    input: ProbeInput,
    args: { action: 'probe', targets: item('targets'), untilLeader: true, deadlineMs: 15_000 },
    output: NetworkView,
    keeps: { network: '*' },
  });
  const decide = steps.call('Await leader', {
    power: 'clerk',
    input: AwaitLeaderInput,
    args: {
      action: 'await-leader',
      case: item('case'),
      network: item('network'),
      releases: item('releases'),
      attempt: item('looks'),
    },
    output: AwaitLeaderOutput,
    keeps: { decision: 'decision' },
    sets: { looks: '$states.input.looks + 1' },
  });
  const bounded = steps
    .choice('A leader?')
    .when(when(`$states.input.decision.next = 'verify'`), goOn)
    .when(when(`$states.input.decision.next = 'again' and $states.input.looks < ${MOST_LEADER_LOOKS}`), probe)
    .otherwise(steps.note('No leader', decided('no-leader')));
  return Chain.start(steps.note('Await leader: begin', { looks: '0' }))
    .next(probe)
    .next(decide)
    .next(bounded);
}

/** The canary first; then, when the time of proof is over, look after look until every rung holds or time is up. */
function verify(steps: Steps): IChainable {
  const probe = steps.call('Verify: probe', {
    power: 'probe',
    input: ProbeInput,
    args: { action: 'probe', targets: item('targets'), untilLeader: false, deadlineMs: 4000 },
    output: NetworkView,
    keeps: { network: '*' },
  });
  const climb = steps.call('Verify', {
    power: 'clerk',
    input: VerifyInput,
    args: {
      action: 'verify',
      case: item('case'),
      network: item('network'),
      looks: item('answers'),
      attempt: item('looks'),
    },
    output: VerifyOutput,
    keeps: { decision: 'decision', waitUntil: 'waitUntil' },
    sets: { looks: '$states.input.looks + 1' },
  });
  const look = operateHosts(steps, { phase: 'verify', title: 'Verify: look', as: 'answers', part: 'look' }, probe);
  const wait = steps.wait('Verify: hold', WaitTime.timestamp(item('waitUntil'))).next(look);
  const proved = steps
    .choice('Proved?')
    .when(when(`$states.input.decision.next = 'again' and $states.input.looks < ${MOST_PROOF_LOOKS}`), wait)
    .otherwise(steps.note('Verify: end', decided('not-proved')));
  probe.next(climb).next(proved);
  return Chain.start(steps.note('Verify: begin', { looks: '0' })).next(
    operateHosts(steps, { phase: 'verify', title: 'Verify: canary', as: 'answers', part: 'canary' }, probe),
  );
}

/** Puts back as found. When that fails, the case closes as `undo-failed` and says so. */
function undo(steps: Steps, close: IChainable): IChainable {
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

function closeCase(scope: Construct, steps: Steps): IChainable {
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
  return close.next(
    steps.choice('A person needed?').when(when(`$states.input.closed.class = 'failed'`), failed).otherwise(closed),
  );
}
