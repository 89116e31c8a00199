import type { Briefing, Excluded, Plan } from '../recovery/plan';
import type { Ink } from './ink';

type Server = Briefing['servers'][number];

const FENCES: Readonly<Record<Excluded['fence']['kind'], string>> = {
  gone: 'proved gone',
  'quarantine-stop': 'fence: stop',
  hold: 'fence: hold',
};

const LEFT = 'left as it is';

const isPoweredOn = ({ id }: Server, { powerOn }: Plan): boolean => powerOn.some((one) => one.id === id);

const removalOf = ({ id }: Server, { removals }: Plan, ink: Ink): string => {
  const removal = removals.find((one) => one.id === id);
  if (removal?.by === 'leave') return ink.yellow('retire');
  return `${removal?.declared ? `${ink.red('declared gone')}; ` : ''}${ink.yellow('remove')}`;
};

const fenceOf = ({ id }: Server, { excluded }: Plan, ink: Ink): string => {
  const fence = excluded.find((one) => one.id === id)?.fence;
  if (fence === undefined) return ink.dim(LEFT);
  if (fence.kind !== 'gone') return ink.yellow(FENCES[fence.kind]);
  return fence.declared ? ink.red('declared gone') : ink.dim(FENCES.gone);
};

/**
 * What a plan does with a server, in as few words as fit into a column; empty where there is no plan. Green keeps its data
 * or works, yellow is acted on, dim is left alone.
 */
export const roleCell = (server: Server, plan: Plan | null, ink: Ink): string => {
  if (plan === null) return '';
  const lost = plan.countAsLost.includes(server.id) ? `${ink.red('count as lost')}; ` : '';
  switch (server.role) {
    case 'survivor':
      return plan.peersJson === null ? ink.yellow('start again') : ink.green('survivor');
    case 'joining':
      return ink.yellow('join, empty');
    case 'standing':
      return ink.green('works');
    case 'removed':
      return `${lost}${removalOf(server, plan, ink)}`;
    case 'excluded':
      return `${lost}${fenceOf(server, plan, ink)}`;
    case 'undecided':
    case 'left-out':
      return isPoweredOn(server, plan) ? ink.yellow('power on, cut off') : ink.dim(LEFT);
  }
};
