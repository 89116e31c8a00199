import type { Clerk } from './clerk';
import type { Holder } from '../adapters/lease-store';

type Taken =
  | { readonly kind: 'taken'; readonly counter: number }
  | { readonly kind: 'held'; readonly by: string; readonly since: string };

/**
 * Takes the lease, also from a case that was closed and could not release it any more: its work is over.
 * A case that is open keeps it, even when its execution is dead; the janitor puts that one in order first.
 */
export const takeLease = async ({ leases, cases }: Clerk, cluster: string, holder: Holder): Promise<Taken> => {
  const first = await leases.acquire(cluster, holder);
  if (first) return { kind: 'taken', counter: first.counter };
  const held = await leases.leaseOf(cluster);
  if (held && (await cases.find(held.caseId))?.status === 'closed') {
    const taken = await leases.takeOver(cluster, holder, held);
    if (taken) return { kind: 'taken', counter: taken.counter };
  }
  const now = await leases.leaseOf(cluster);
  return { kind: 'held', by: now?.caseId ?? 'unknown', since: now?.heldSince ?? 'just now' };
};
