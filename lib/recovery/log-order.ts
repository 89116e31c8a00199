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
  const begun = log.terms.filter(({ firstIndex }) => firstIndex <= index);
  const newest = begun[begun.length - 1];
  if (newest) return newest.term;
  return log.snapshot?.index === index ? log.snapshot.term : null;
}

/** How `a` stands to `b`: a log that is a prefix of the other is lagging, not another timeline. */
export function relation(a: LogFacts, b: LogFacts): 'equal' | 'prefix' | 'ahead' | 'another-timeline' {
  if (a.lastTerm === b.lastTerm && a.lastIndex === b.lastIndex) return 'equal';
  const [short, long, word] = a.lastIndex <= b.lastIndex ? ([a, b, 'prefix'] as const) : ([b, a, 'ahead'] as const);
  const term = termAt(long, short.lastIndex);
  if (term === null) return compareLogs(short, long) < 0 ? word : 'another-timeline';
  return term === short.lastTerm ? word : 'another-timeline';
}
