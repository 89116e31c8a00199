import { Duration } from 'aws-cdk-lib';
import { Chain, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { RemovePeersInput, RemovePeersOutput } from '../recovery/boundary';
import { decided, item } from './item';
import { askServers, operateHosts } from './looks';
import { when } from './steps';
import type { Steps } from './steps';

/** A belt beside the clerk's own bound. Five seconds apart: the leader's reconcile comes once a minute (facts/dkron §7). */
const MOST_REMOVAL_LOOKS = 40;
const REST = WaitTime.duration(Duration.seconds(5));

/** Who is retired leaves by itself; then look after look until nobody who is to go is left, removed by id where need be. */
export function removePeers(steps: Steps, goOn: IChainable): Chain {
  const probe = askServers(steps, 'Remove peers: probe', 'until-leader');
  const decide = steps.call('Remove peers', {
    power: 'clerk',
    input: RemovePeersInput,
    args: {
      action: 'remove-peers',
      case: item('case'),
      network: item('network'),
      answers: item('answers'),
      attempt: item('looks'),
    },
    output: RemovePeersOutput,
    keeps: { decision: 'decision' },
    sets: { looks: '$states.input.looks + 1' },
  });
  const rest = steps.wait('Remove peers: rest', REST).next(probe);
  const remove = operateHosts(steps, { phase: 'remove-peer', title: 'Remove peers: remove', as: 'answers' }, probe);
  const removed = steps
    .choice('Removed?')
    .when(when(`$states.input.decision.next = 'verify'`), goOn)
    .when(when(`$states.input.decision.next = 'remove'`), remove)
    .when(when(`$states.input.decision.next = 'again' and $states.input.looks < ${MOST_REMOVAL_LOOKS}`), rest)
    .otherwise(steps.note('Not removed', decided('not-proved')));
  probe.next(decide).next(removed);
  return Chain.start(steps.note('Remove peers: begin', { looks: '0' })).next(
    operateHosts(steps, { phase: 'leave', title: 'Remove peers: leave', as: 'answers' }, probe),
  );
}
