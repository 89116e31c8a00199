import type { Plan, Survivor } from './plan';
import { sortedIds } from './words';

/** The configuration that a plan ends in: the survivors where it is rewritten, else the old one with who joins and without the removed. */
export function expectedIds({ peersJson, survivors, membership, removals, joining }: Plan): string[] {
  if (peersJson !== null) return sortedIds(survivors);
  const leaving = new Set([...removals, ...joining].map(({ id }) => id));
  return sortedIds([...membership.filter(({ id }) => !leaving.has(id)), ...joining]);
}

/** Every server that runs when the plan has worked, and can be looked at on its host. */
export function runningAfter({ survivors, standing, joining }: Plan): Survivor[] {
  return [...survivors, ...standing, ...joining];
}
