import type { Plan, Survivor } from './plan';
import { sortedIds } from './words';

/** The configuration that a plan ends in: the survivors where it is rewritten, else the old one without the removed. */
export function expectedIds({ peersJson, survivors, membership, removals }: Plan): string[] {
  if (peersJson !== null) return sortedIds(survivors);
  const removed = new Set(removals.map(({ id }) => id));
  return sortedIds(membership.filter(({ id }) => !removed.has(id)));
}

/** Every server that runs when the plan has worked, and can be looked at on its host. */
export function runningAfter({ survivors, standing }: Plan): Survivor[] {
  return [...survivors, ...standing];
}
