import * as z from 'zod';
import { Instant, ServerId } from './ids';
import { leaderSeen } from './leader';
import type { NetworkReport, NetworkView } from './survey';
import { hostOf } from './targets';

/** One line of `dkron raft list-peers`, and whether that server really answers. */
const Peer = z.object({
  id: ServerId,
  address: z.string(),
  /** By id and confirmed; what a server says of itself alone is a problem, not a state. */
  state: z.enum(['leader', 'follower', 'unknown']),
  voter: z.boolean(),
  answers: z.enum(['yes', 'refused', 'timed-out', 'absent', 'failed', 'not-asked']),
});

/** What the servers say of each other at one moment. */
export const Peers = z.object({ at: Instant, peers: z.array(Peer), problems: z.array(z.string()) });
export type Peers = z.infer<typeof Peers>;

/** Every server that any server lists, once; where they differ it is said, never averaged. */
export function peersOf(network: NetworkView): Peers {
  const leader = leaderSeen(network);
  const told = network.reports.flatMap((report) =>
    report.raft.outcome === 'answered' ? [{ by: report.address, servers: report.raft.servers }] : [],
  );
  const listed = new Map(
    told.flatMap(({ servers }) => servers.map((one) => [`${one.id} ${one.address}`, one] as const)),
  );
  const peers = [...listed.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, address, suffrage }): Peers['peers'][number] => ({
      id,
      address,
      state: leader.kind !== 'leader' ? 'unknown' : leader.id === id ? 'leader' : 'follower',
      voter: suffrage === 'voter',
      answers: answersOf(network.reports.find((report) => report.address === hostOf(address))),
    }));
  const silent = peers
    .filter(({ answers }) => answers !== 'yes')
    .map(({ id, answers }) => `${id} does not answer (${answers})`);
  return { at: network.at, peers, problems: [...leaderProblems(leader), ...differences(told), ...silent] };
}

function answersOf(report: NetworkReport | undefined): Peers['peers'][number]['answers'] {
  if (!report) return 'not-asked';
  return report.raft.outcome === 'answered' ? 'yes' : report.raft.outcome;
}

function leaderProblems(leader: ReturnType<typeof leaderSeen>): string[] {
  if (leader.kind === 'leader') return [];
  return [leader.kind === 'none' ? 'nobody leads' : leader.says];
}

interface Told {
  readonly by: string;
  readonly servers: readonly { readonly id: string }[];
}

function differences(told: readonly Told[]): string[] {
  if (told.length === 0) return ['no server answers: open ports 6868 and 8080 to the prober, or start the servers'];
  const lists = new Map<string, string[]>();
  for (const { by, servers } of told) {
    const ids =
      servers
        .map(({ id }) => id)
        .sort()
        .join(' ') || 'nobody';
    lists.set(ids, [...(lists.get(ids) ?? []), by]);
  }
  if (lists.size < 2) return [];
  return [...lists].map(([ids, by]) => `${by.sort().join(' and ')} lists ${ids}`).sort();
}
