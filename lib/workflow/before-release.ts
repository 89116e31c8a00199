import { Chain, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import {
  CheckInput,
  CheckOutput,
  GuardReleaseInput,
  GuardReleaseOutput,
  LookAgainInput,
  LookAgainOutput,
  MakePlanInput,
  MakePlanOutput,
} from '../recovery/boundary';
import { item } from './item';
import { inspectHosts, lookAround } from './looks';
import { answered, fork } from './roads';
import { fenceInstances, keepGroupsStill, lookAtFences, secure } from './secure';
import type { Steps } from './steps';

/** What a decision on the world as it is now is taken from. */
const SEEN = {
  case: item('case'),
  inventory: item('inventory'),
  fleet: item('fleet'),
  network: item('network'),
};

/** Survey → Make plan → Approve plan → Look again → groups kept still → Secure → Check → Approve restart → guard of Release; or Power on → Survey. */
export function beforeRelease(scope: Construct, steps: Steps): IChainable {
  const guard = lookAround(steps, 'Release: look', lookAtFences(steps, 'Release: look at fences', guardRelease(steps)));
  const approveRestart = steps.gate(
    'Approve restart',
    { kind: 'approve-restart', seconds: item('gateSeconds') },
    answered(steps, 'Restart approved?', { approved: guard }, 'undo'),
  );
  const checked = lookAround(steps, 'Check: look', check(steps, guard, approveRestart));
  const survey = steps.note('Survey: begin', {});
  // People wait for hosts, or chose what the next plan is to do with them: whatever it is, it has a gate of its own.
  const postponed = steps.wait('Wait for hosts', WaitTime.timestamp(item('gate.until'))).next(survey);
  const powered = fenceInstances(steps, { title: 'Power on', action: 'power-on' }, survey);
  const powerOn = Chain.start(steps.note('Power on: note', { poweredOn: 'true' })).next(powered);
  const still = keepGroupsStill(steps, { secure: secure(scope, steps, checked), 'power-on': powerOn });
  const lookedAgain = lookAround(steps, 'Look again', lookAgain(steps, still));
  const approvePlan = steps.gate(
    'Approve plan',
    { kind: 'approve-plan', seconds: item('gateSeconds') },
    answered(steps, 'Plan approved?', { approved: lookedAgain, postponed }, 'close'),
  );
  // Hosts that were powered on are looked at like all others, and the plan after that has a gate of its own.
  return survey.next(lookAround(steps, 'Survey', inspectHosts(steps, makePlan(steps, approvePlan))));
}

function makePlan(steps: Steps, approve: IChainable): Chain {
  const plan = steps.call('Make plan', {
    power: 'clerk',
    input: MakePlanInput,
    args: {
      action: 'make-plan',
      ...SEEN,
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
        ...SEEN,
      },
      output: LookAgainOutput,
      keeps: { decision: 'decision' },
    })
    .next(fork(steps, 'As approved?', { secure: goOn, 'power-on': goOn }, 'drifted'));
}

function check(steps: Steps, release: IChainable, ask: IChainable): Chain {
  return steps
    .call('Check', {
      power: 'clerk',
      input: CheckInput,
      args: {
        action: 'check',
        ...SEEN,
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
        ...SEEN,
        fences: item('fences'),
      },
      output: GuardReleaseOutput,
      keeps: { decision: 'decision' },
    })
    .next(
      fork(steps, 'Clear to release?', { release: steps.note('To release', { road: `'release'` }) }, 'blocked', 'undo'),
    );
}
