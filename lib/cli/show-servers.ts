import type { Briefing, Excluded, Plan } from '../recovery/plan';
import type { Ink } from './ink';
import { hang, pad, widthOf } from './layout';

type Server = Briefing['servers'][number];
type Position = NonNullable<Server['position']>;

const BAR = 10;

const isFresher = (a: Position, b: Position): boolean =>
  a.lastTerm === b.lastTerm ? a.lastIndex > b.lastIndex : a.lastTerm > b.lastTerm;

const freshestOf = (servers: readonly Server[]): Position | null =>
  servers.reduce<Position | null>(
    (best, { position }) => (position !== null && (best === null || isFresher(position, best)) ? position : best),
    null,
  );

/** Full only for the freshest: who lacks one entry lacks at least one cell. */
const bar = (position: Position, freshest: Position, ink: Ink): string => {
  const behind = isFresher(freshest, position);
  const share = freshest.lastIndex === 0 ? 1 : position.lastIndex / freshest.lastIndex;
  const full = behind ? Math.max(1, Math.min(BAR - 1, Math.floor(share * BAR))) : BAR;
  return `${(behind ? ink.yellow : ink.green)('█'.repeat(full))}${ink.dim('░'.repeat(BAR - full))}`;
};

const logCell = (server: Server, freshest: Position | null, ink: Ink): string => {
  const { position } = server;
  if (position === null || freshest === null) return ink.dim(`${'░'.repeat(BAR)} log not seen`);
  const behind = isFresher(freshest, position) ? `, ${freshest.lastIndex - position.lastIndex} behind` : '';
  const jobs = position.jobs === null ? '' : `, ${position.jobs} jobs`;
  return `${bar(position, freshest, ink)} log ${position.lastTerm}:${position.lastIndex}${behind}${jobs}`;
};

const glyph = (server: Server, ink: Ink): string => {
  if (server.answers) return ink.green('●');
  switch (server.class) {
    case 'restartable':
      return ink.yellow('◐');
    case 'unreachable':
      return ink.red('?');
    case 'gone':
      return ink.dim('✕');
  }
};

const FENCES: Readonly<Record<Excluded['fence']['kind'], string>> = {
  gone: 'gone, by proof',
  'quarantine-stop': 'quarantine, stop',
  hold: 'held on its host',
};

const ROLES: Readonly<Record<Server['role'], string>> = {
  survivor: 'survivor',
  standing: 'works',
  excluded: 'excluded',
  removed: 'removed',
  'left-out': 'left as it is',
  undecided: 'undecided',
};

const leaves = ({ id }: Server, { removals }: Plan): boolean =>
  removals.some((one) => one.id === id && one.by === 'leave');

const roleCell = (server: Server, plan: Plan | null, ink: Ink): string => {
  if (plan === null) return '';
  const role = ROLES[server.role];
  const powered = plan.powerOn.some(({ id }) => id === server.id);
  if (powered) return ink.yellow('power on, cut off');
  if (server.role === 'survivor') return ink.green(plan.peersJson === null ? 'start again' : 'survivor');
  if (server.role === 'standing') return ink.green(role);
  const excluded = plan.excluded.find(({ id }) => id === server.id);
  const lost = plan.countAsLost.includes(server.id) ? `${ink.red('count as lost')}; ` : '';
  if (server.role === 'removed') return `${lost}${leaves(server, plan) ? 'retire' : 'remove'}`;
  return excluded === undefined ? ink.dim(role) : `${lost}fence: ${FENCES[excluded.fence.kind]}`;
};

/** One row per server where the terminal is wide enough, else the log on a line of its own; the reason beneath. */
export const showServers = (
  servers: readonly Server[],
  plan: Plan | null,
  { ink, width }: { readonly ink: Ink; readonly width: number },
): string[] => {
  const freshest = freshestOf(servers);
  const rows = servers.map((server) => ({
    server,
    cells: [ink.bold(server.id), server.address, server.class, roleCell(server, plan, ink)],
    log: logCell(server, freshest, ink),
  }));
  const columns = [0, 1, 2, 3].map((at) => Math.max(0, ...rows.map(({ cells }) => widthOf(cells[at] ?? ''))));
  const head = columns.reduce((sum, column) => sum + (column === 0 ? 0 : column + 2), 4);
  const oneLine = rows.every(({ log }) => head + widthOf(log) <= width);
  return rows.flatMap(({ server, cells, log }) => {
    const line = cells.map((cell, at) => (columns[at] === 0 ? '' : `${pad(cell, columns[at] ?? 0)}  `)).join('');
    const first = `  ${glyph(server, ink)} ${line}`;
    const isNamed = server.instanceId === null || server.because.includes(server.instanceId);
    const why = isNamed ? server.because : `${server.instanceId}: ${server.because}`;
    const beneath = hang('    ', why, width, ink.dim);
    return oneLine ? [`${first}${log}`.trimEnd(), ...beneath] : [first.trimEnd(), `    ${log}`, ...beneath];
  });
};
