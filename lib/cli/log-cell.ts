import type { Briefing } from '../recovery/plan';
import type { Ink } from './ink';

type Server = Briefing['servers'][number];
type Position = NonNullable<Server['position']>;

const BAR = 8;

const isFresher = (a: Position, b: Position): boolean =>
  a.lastTerm === b.lastTerm ? a.lastIndex > b.lastIndex : a.lastTerm > b.lastTerm;

export const freshestOf = (servers: readonly Server[]): Position | null =>
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

/** How far behind: in entries where both logs end in the same term; a longer log of an older term is behind all the same. */
const behindText = (position: Position, freshest: Position): string => {
  if (!isFresher(freshest, position)) return '';
  return position.lastTerm === freshest.lastTerm
    ? `, ${freshest.lastIndex - position.lastIndex} behind`
    : ', older term';
};

/** Where the log of a server ends, as term:index, with a bar that shows who has the freshest. */
export const logCell = ({ position }: Server, freshest: Position | null, ink: Ink): string => {
  if (position === null || freshest === null) return ink.dim(`${'░'.repeat(BAR)} log not seen`);
  const jobs = position.jobs === null ? '' : `, ${position.jobs} jobs`;
  const end = `log ${position.lastTerm}:${position.lastIndex}`;
  return `${bar(position, freshest, ink)} ${end}${behindText(position, freshest)}${jobs}`;
};
