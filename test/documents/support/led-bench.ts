import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Bench, BenchHost } from '../../lab/support-documents/bench';
import { within } from '../../lab/support-documents/looks';

const run = promisify(execFile);
const PATIENCE_MS = 30_000;

/** Every server of a bench runs and all name one leader. */
export interface Led {
  readonly leader: BenchHost;
  readonly follower: BenchHost;
  readonly others: readonly BenchHost[];
}

export const rpcOf = (host: BenchHost): string => `${host.address}:6868`;

/** What `dkron raft list-peers` prints about the server at this host, header and all. */
export const listPeers = async (bench: Bench, host: BenchHost): Promise<string> =>
  (await run(bench.tools.dkron, ['raft', 'list-peers', '--rpc-addr', rpcOf(host)])).stdout;

/** Ids in the configuration of one server, by Dkron's own word: node, id, address, state, voter. */
export const membersOf = async (bench: Bench, host: BenchHost): Promise<readonly string[]> =>
  (await listPeers(bench, host))
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/)[1] ?? '')
    .sort();

export const namesOf = (hosts: readonly BenchHost[]): readonly string[] => hosts.map(({ nodeName }) => nodeName).sort();

/** The one whom all these hosts name, or null. */
export const leaderOf = async (bench: Bench, hosts: readonly BenchHost[]): Promise<string | null> => {
  const named = new Set(await Promise.all(hosts.map((host) => bench.leader(host))));
  const [name = null] = named;
  return named.size === 1 ? name : null;
};

/** All hosts as after their first start, running, with one leader that all of them name. */
export const settled = async (bench: Bench): Promise<Led> => {
  await Promise.all(bench.hosts.map((host) => bench.reset(host)));
  await within(PATIENCE_MS, async () => (await leaderOf(bench, bench.hosts)) !== null);
  const name = await leaderOf(bench, bench.hosts);
  const leader = bench.hosts.find(({ nodeName }) => nodeName === name);
  const [follower, ...others] = bench.hosts.filter((host) => host !== leader);
  if (!leader || !follower) throw new Error(`no leader that all name within ${PATIENCE_MS} ms`);
  return { leader, follower, others };
};
