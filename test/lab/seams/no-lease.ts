import type { Holder } from '../../../lambdas/adapters/lease-store';
import type { Clerk } from '../../../lambdas/clerk/clerk';

/* Rule 17 switched off: whoever asks works on the cluster, whoever works on it already. */
export const takeLease = async ({ leases }: Clerk, cluster: string, holder: Holder) => {
  for (;;) {
    const seen = await leases.leaseOf(cluster);
    const taken = seen ? await leases.takeOver(cluster, holder, seen) : await leases.acquire(cluster, holder);
    // Of two at the same moment the table lets one through; the other takes it from that one.
    if (taken) return { kind: 'taken' as const, counter: taken.counter };
  }
};
