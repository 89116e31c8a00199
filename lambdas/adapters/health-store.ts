import { Health } from '../../lib/recovery/health';
import { readItem } from './read-item';
import type { Table } from './table';

const keyOf = (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'HEALTH' });

/** What the sentinel saw at its last look, for whoever asks between two looks. */
export const healthStore = (table: Table) => ({
  find: async (cluster: string): Promise<Health | null> =>
    readItem(Health, await table.get(keyOf(cluster)), `the health of ${cluster}`),

  keep: async (health: Health): Promise<void> => {
    await table.put(keyOf(health.cluster), health);
  },
});
export type HealthStore = ReturnType<typeof healthStore>;
