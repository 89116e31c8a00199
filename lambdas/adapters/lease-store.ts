import { Lease } from '../../lib/recovery/case-record';
import { nextCounter } from '../../lib/recovery/lease';
import type { Clock } from './clock';
import { nowIso, systemClock } from './clock';
import type { Table } from './table';
import { readItem } from './read-item';

export interface Holder {
  readonly caseId: string;
  readonly executionArn: string;
}

const keyOf = (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'LEASE' });

/**
 * The right to work on a cluster. The table's condition picks the winner of two who ask at once; the counter only grows,
 * and hosts refuse a lower one (design rule 10).
 */
export const leaseStore = (table: Table, clock: Clock = systemClock) => {
  const leaseOf = async (cluster: string): Promise<Lease | null> =>
    readItem(Lease, await table.get(keyOf(cluster)), `the lease of ${cluster}`);

  /** Writes a lease for `holder` if the table still holds exactly what was `seen`. */
  const write = async (cluster: string, holder: Holder, seen: Lease | null): Promise<Lease | null> => {
    const lease: Lease = {
      ...holder,
      counter: nextCounter(seen?.counter ?? null, Math.floor(clock.now().getTime() / 1000)),
      heldSince: nowIso(clock),
      released: false,
    };
    const asSeen = seen
      ? [
          { attribute: 'counter', equals: seen.counter },
          { attribute: 'released', equals: seen.released },
        ]
      : [{ absent: 'counter' }];
    return (await table.put(keyOf(cluster), lease, [asSeen])) ? lease : null;
  };

  return {
    leaseOf,

    /** Takes a free lease; who holds it already gets the same one again. Null: another case holds it. */
    acquire: async (cluster: string, holder: Holder): Promise<Lease | null> => {
      const seen = await leaseOf(cluster);
      if (seen && !seen.released) {
        return seen.caseId === holder.caseId && seen.executionArn === holder.executionArn ? seen : null;
      }
      return write(cluster, holder, seen);
    },

    /** Takes the lease out of the hand of an execution that the caller has seen to be dead, with a new counter. */
    takeOver: (cluster: string, holder: Holder, dead: Lease): Promise<Lease | null> => write(cluster, holder, dead),

    /** Frees the lease; who does not hold it changes nothing and hears false. */
    release: async (cluster: string, caseId: string, counter: number): Promise<boolean> =>
      (await table.update(keyOf(cluster), { released: true }, [
        [
          { attribute: 'caseId', equals: caseId },
          { attribute: 'counter', equals: counter },
        ],
      ])) !== null,
  };
};
export type LeaseStore = ReturnType<typeof leaseStore>;
