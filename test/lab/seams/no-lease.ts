import type { Holder } from '../../../lambdas/adapters/lease-store';
import type { Clerk } from '../../../lambdas/clerk/clerk';

/* Rule 17 switched off: whoever asks works on the cluster, whoever works on it already. */
export const takeLease = async ({ leases }: Clerk, cluster: string, holder: Holder) => {
  const seen = await leases.leaseOf(cluster);
  const taken = seen ? await leases.takeOver(cluster, holder, seen) : await leases.acquire(cluster, holder);
  return taken ? { kind: 'taken' as const, counter: taken.counter } : { kind: 'held' as const, by: '', since: '' };
};
