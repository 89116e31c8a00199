import type { LogFacts } from './survey';

type Order = Pick<LogFacts, 'lastTerm' | 'lastIndex'>;

/** Raft's own order of logs: last term first, then last index; never CurrentTerm, which inflates (design rule 8). */
export function compareLogs(a: Order, b: Order): number {
  return a.lastTerm - b.lastTerm || a.lastIndex - b.lastIndex;
}

/**
 * The term of the entry at an index; null where it was compacted away, so that nothing can be said.
 */
export function termAt(log: LogFacts, index: number): number | null {
  if (index > log.lastIndex) return null;
  if (index === log.lastIndex) return log.lastTerm;
  if (log.snapshot?.index === index) return log.snapshot.term;
  const begun = log.terms.filter(({ firstIndex }) => firstIndex <= index);
  return begun[begun.length - 1]?.term ?? null;
}

/**
 * How `a` stands to `b`. Two timelines are terms that differ below both last indexes (design §2, `stranded`). A last entry
 * that differs is the unconfirmed tail that a dying leader leaves, and Raft replaces it: such a log lags, like a prefix.
 * What was compacted away cannot be compared here; the memberships of survivors are compared beside it (refusals.ts).
 */
export function relation(a: LogFacts, b: LogFacts): 'equal' | 'prefix' | 'ahead' | 'another-timeline' {
  const order = compareLogs(a, b);
  if (order === 0) return 'equal';
  const below = Math.min(a.lastIndex, b.lastIndex) - 1;
  const [one, other] = [termAt(a, below), termAt(b, below)];
  if (one !== null && other !== null && one !== other) return 'another-timeline';
  return order < 0 ? 'prefix' : 'ahead';
}
