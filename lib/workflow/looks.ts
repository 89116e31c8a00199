import { WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { Chain, IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib';
import {
  FleetInput,
  FleetOutput,
  InspectCollectInput,
  InspectCollectOutput,
  InspectSendInput,
  OperateCollectInput,
  OperateCollectOutput,
  OperateSendInput,
  ProbeInput,
  SendOutput,
} from '../recovery/boundary';
import type { OperatePhase } from '../recovery/boundary';
import { NetworkView } from '../recovery/survey';
import type * as z from 'zod';
import { item } from './item';
import { type Steps, when } from './steps';

/**
 * Looks at a command that runs on hosts, at least a second after one another. More than the seconds after which the function
 * itself gives a silent host up and says so: a loop left before that would take silence for nothing to tell.
 */
const MOST_LOOKS = {
  inspect: 90,
  hold: 660,
  release: 150,
  leave: 150,
  'remove-peer': 120,
  verify: 120,
  undo: 330,
} as const;
const REST = WaitTime.duration(Duration.seconds(1));

/** What every server says of itself and the others; `until-leader`: again and again, until one leads or 15 s are over. */
export const askServers = (steps: Steps, title: string, patience: 'once' | 'until-leader' = 'once') => {
  const untilLeader = patience === 'until-leader';
  return steps.call(title, {
    power: 'probe',
    input: ProbeInput,
    args: { action: 'probe', targets: item('targets'), untilLeader, deadlineMs: untilLeader ? 15_000 : 4000 },
    output: NetworkView,
    keeps: { network: '*' },
  });
};

/** Fleet, then network: what every look at the world without a command on hosts is made of. */
export const lookAround = (steps: Steps, why: string, then: IChainable): Chain =>
  steps
    .call(`${why}: fleet`, {
      power: 'inspect',
      input: FleetInput,
      args: { action: 'fleet', case: item('case'), inventory: item('inventory') },
      output: FleetOutput,
      keeps: { fleet: 'fleet', targets: 'targets' },
    })
    .next(askServers(steps, `${why}: network`))
    .next(then);

/** Send, then look until every host has answered or was given up; the bound is a belt beside the function's own. */
export const inspectHosts = (steps: Steps, then: IChainable): Chain => {
  const collect = steps.call('Survey: collect', {
    power: 'inspect',
    input: InspectCollectInput,
    args: { action: 'collect', case: item('case'), fleet: item('fleet'), sent: item('sent'), attempt: item('attempt') },
    output: InspectCollectOutput,
    keeps: { hosts: 'hosts', done: 'done' },
    sets: { attempt: '$states.input.attempt + 1' },
  });
  const rest = steps.wait('Survey: rest', REST).next(collect);
  return steps
    .call('Survey: inspect hosts', {
      power: 'inspect',
      input: InspectSendInput,
      args: { action: 'send', case: item('case'), fleet: item('fleet') },
      output: SendOutput,
      keeps: { sent: 'sent' },
      sets: { attempt: '0' },
    })
    .next(collect)
    .next(
      steps
        .choice('Survey: all answered?')
        .when(when(`$states.input.done or $states.input.attempt >= ${MOST_LOOKS.inspect}`), then)
        .otherwise(rest),
    );
};

interface Command {
  readonly phase: z.output<typeof OperatePhase>;
  /** Of state titles: 'Hold' gives 'Hold', 'Hold: collect', … */
  readonly title: string;
  /** Key of the item that the hosts' answers go to. */
  readonly as: string;
  readonly part?: 'canary' | 'look';
}

/** One command to all hosts of a phase, and its answers. */
export const operateHosts = (steps: Steps, { phase, title, as, part = 'look' }: Command, then: IChainable): Chain => {
  const collect = steps.call(`${title}: collect`, {
    power: 'operate',
    input: OperateCollectInput,
    args: { action: 'collect', phase, case: item('case'), sent: item('sent'), attempt: item('attempt') },
    output: OperateCollectOutput,
    keeps: { [as]: 'results', done: 'done' },
    sets: { attempt: '$states.input.attempt + 1' },
  });
  const rest = steps.wait(`${title}: rest`, REST).next(collect);
  return steps
    .call(title, {
      power: 'operate',
      input: OperateSendInput,
      args: { action: 'send', phase, case: item('case'), part },
      output: SendOutput,
      keeps: { sent: 'sent' },
      sets: { attempt: '0' },
    })
    .next(collect)
    .next(
      steps
        .choice(`${title}: all answered?`)
        .when(when(`$states.input.done or $states.input.attempt >= ${MOST_LOOKS[phase]}`), then)
        .otherwise(rest),
    );
};
