import { Inventory } from '../../lib/recovery/survey';
import { readItem } from './read-item';
import type { Table } from './table';

const keyOf = (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'INVENTORY' });

/** What was known in good times. Written by the sentinel only, and only while the cluster is healthy. */
export const inventoryStore = (table: Table) => ({
  find: async (cluster: string): Promise<Inventory | null> =>
    readItem(Inventory, await table.get(keyOf(cluster)), `the inventory of ${cluster}`),

  keep: async (inventory: Inventory): Promise<void> => {
    await table.put(keyOf(inventory.cluster), inventory);
  },
});
export type InventoryStore = ReturnType<typeof inventoryStore>;
