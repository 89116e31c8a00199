import { Chain, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { AwaitLeaderInput, AwaitLeaderOutput, VerifyInput, VerifyOutput } from '../recovery/boundary';
import { decided, item } from './item';
import { askServers, operateHosts } from './looks';
import { removePeers } from './remove-peers';
import { fenceInstances } from './secure';
import { when } from './steps';
import type { Steps } from './steps';

/** The clerk says when a second plan is worth it; the way there leads out of this Parallel. */
const PLAN_AGAIN = `$states.input.decision.next = 'plan-again' ? 'plan-again' : 'close'`;

/** Belts beside the clerk's own bounds: looks of Await leader (each up to 20 s) and of Verify. */
const MOST_LEADER_LOOKS = 60;
const MOST_PROOF_LOOKS = 20;

/** Release → Await leader → Remove peers → Verify. Only forward; a second plan begins again at Survey. */
export function afterRelease(steps: Steps): IChainable {
  const proof = verify(steps);
  const awaited = awaitLeader(steps, proof, removePeers(steps, proof));
  const released = operateHosts(steps, { phase: 'release', title: 'Release', as: 'releases' }, awaited);
  return fenceInstances(steps, { title: 'Release: let in', action: 'let-in' }, released);
}

function awaitLeader(steps: Steps, prove: IChainable, remove: IChainable): Chain {
  const probe = askServers(steps, 'Await leader: probe', 'until-leader');
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
    .when(when(`$states.input.decision.next = 'verify'`), prove)
    .when(when(`$states.input.decision.next = 'remove'`), remove)
    .when(when(`$states.input.decision.next = 'again' and $states.input.looks < ${MOST_LEADER_LOOKS}`), probe)
    .otherwise(steps.note('No leader', { ...decided('no-leader'), road: PLAN_AGAIN }));
  return Chain.start(steps.note('Await leader: begin', { looks: '0' }))
    .next(probe)
    .next(decide)
    .next(bounded);
}

/** The canary first; then, when the time of proof is over, look after look until every rung holds or time is up. */
function verify(steps: Steps): IChainable {
  const probe = askServers(steps, 'Verify: probe');
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
    .otherwise(steps.note('Verify: end', { ...decided('not-proved'), road: PLAN_AGAIN }));
  probe.next(climb).next(proved);
  return Chain.start(steps.note('Verify: begin', { looks: '0' })).next(
    operateHosts(steps, { phase: 'verify', title: 'Verify: canary', as: 'answers', part: 'canary' }, probe),
  );
}
