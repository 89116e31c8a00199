import * as z from 'zod';
import { Exclusion } from '../../lib/recovery/exclusion';
import { readItem } from './read-item';
import type { Table } from './table';

const Kept = z.object({ exclusions: z.array(Exclusion) });
const keyOf = (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'EXCLUSIONS' });

/** Servers that closed cases took out of a cluster. Changed only by who holds the cluster's lease: one case at a time. */
export const exclusionStore = (table: Table) => ({
  of: async (cluster: string): Promise<Exclusion[]> =>
    readItem(Kept, await table.get(keyOf(cluster)), `the exclusions of ${cluster}`)?.exclusions ?? [],

  keep: async (cluster: string, exclusions: readonly Exclusion[]): Promise<void> => {
    await table.put(keyOf(cluster), { exclusions: [...exclusions] });
  },
});
export type ExclusionStore = ReturnType<typeof exclusionStore>;
