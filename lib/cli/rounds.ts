import { AFTER_IT, BEGINNINGS } from './phases';

/** The phase that runs, since when by the clock of the case. */
interface Now {
  readonly title: string;
  readonly from: number;
}

/**
 * Tells an event that moves a case on from one that comes late. A case that is planned again goes through its phases anew;
 * what still arrives of the round before belongs to none of them.
 */
export class Rounds {
  private readonly over = new Set<string>();
  private begun = -Infinity;

  /** `same`: of the phase that runs · `late`: of one that is over · `next`: the case has moved on. */
  place(title: string, at: number, now: Now | null): 'same' | 'late' | 'next' {
    if (at < this.begun) return 'late';
    if (title === now?.title) return 'same';
    return this.over.has(title) && !isNewRound(title, at, now) ? 'late' : 'next';
  }

  /** The case has moved on to this phase; the one before it is over. */
  moveOn(title: string, at: number, before: Now | null): void {
    if (before !== null) this.over.add(before.title);
    if (!isNewRound(title, at, before)) return;
    this.over.clear();
    this.begun = at;
  }
}

/** Not before the phase that it follows began: a late word of the first survey begins nothing. */
const isNewRound = (title: string, at: number, before: Now | null): boolean =>
  before !== null && BEGINNINGS.has(title) && AFTER_IT.has(before.title) && at >= before.from;
