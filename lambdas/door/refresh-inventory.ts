import { clusterNamed } from '../adapters/clusters';
import { invoke } from '../adapters/functions';
import type { Door } from './door';
import type { Reply } from './http';
import type { Request } from './routes';

/** Has the sentinel look now instead of at its next round. */
export const refreshInventory = async (door: Door, { id }: Request): Promise<Reply> => {
  const { name: cluster } = clusterNamed(id, door.clusters);
  return { status: 200, body: await invoke(door.sentinel, { action: 'refresh', cluster }) };
};
