import { plainInk } from '../cli/ink';
import { freshestOf } from '../cli/log-cell';
import { roleCell } from '../cli/role-cell';
import type { Briefing, Planning } from '../recovery/plan';
import { code, plain } from './text';

type Server = Briefing['servers'][number];

const SIGNS = {
  answers: ':large_green_circle:',
  restartable: ':large_yellow_circle:',
  unreachable: ':red_circle:',
  gone: ':black_circle:',
} as const;

const MEANS = {
  answers: 'answers',
  restartable: 'silent, has its data',
  unreachable: 'unreachable',
  gone: 'gone',
} as const;

/** The servers, a line each: whether it answers, what becomes of it, where its log ends. */
export const picture = (planning: Planning): string[] => {
  const { servers } = planning.briefing;
  const plan = planning.kind === 'planned' ? planning.plan : null;
  const freshest = freshestOf(servers);
  return servers.map((server) => {
    const sign = server.answers ? 'answers' : server.class;
    const role = roleCell(server, plan, plainInk);
    const parts = [MEANS[sign], role, logText(server, freshest)].filter((part) => part !== '').map(plain);
    return `${SIGNS[sign]} ${code(server.id)} ${parts.join(' · ')}`;
  });
};

const logText = ({ position }: Server, freshest: Server['position']): string => {
  if (position === null) return '';
  const isFreshest = position.lastTerm === freshest?.lastTerm && position.lastIndex === freshest.lastIndex;
  return `log ${position.lastTerm}:${position.lastIndex}${isFreshest ? ', freshest' : ''}`;
};
