import type { Context, Ending } from '../context';
import { EXIT } from '../problem';
import { showPeers } from '../show-peers';

export interface PeersOptions {
  readonly cluster: string;
}

/** Raft's configuration as the servers have it, and who really answers; well only when they agree and all answer. */
export const peers = async (context: Context, { cluster }: PeersOptions): Promise<Ending> => {
  const api = await context.connect();
  const seen = await api.peers(cluster);
  context.terminal.say(showPeers(cluster, seen, context.terminal));
  return { exit: seen.problems.length === 0 ? EXIT.well : EXIT.failed, json: { cluster, peers: seen } };
};
