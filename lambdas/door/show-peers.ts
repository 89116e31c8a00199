import { clusterNamed } from '../adapters/clusters';
import { invoke } from '../adapters/functions';
import type { Door } from './door';
import type { Reply } from './http';
import type { Request } from './routes';

/** What the servers say of each other now: the sentinel looks, since the door reaches no server. */
export const showPeers = async (door: Door, { id }: Request): Promise<Reply> => {
  const { name: cluster } = clusterNamed(id, door.clusters);
  return { status: 200, body: await invoke(door.sentinel, { action: 'peers', cluster }) };
};
