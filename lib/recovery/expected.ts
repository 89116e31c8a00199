import type { Plan, Survivor } from './plan';

/** The configuration that a plan ends in: the survivors where it is rewritten, else the old one without the removed. */
export function expectedIds({ peersJson, survivors, membership, removals }: Plan): string[] {
  if (peersJson !== null) return survivors.map(({ id }) => id).sort();
  const removed = new Set(removals.map(({ id }) => id));
  return membership.flatMap(({ id }) => (removed.has(id) ? [] : [id])).sort();
}

/** Every server that runs when the plan has worked, and can be looked at on its host. */
export function runningAfter({ survivors, standing }: Plan): Survivor[] {
  return [...survivors, ...standing];
}
