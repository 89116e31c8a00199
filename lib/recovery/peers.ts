import * as z from 'zod';
import { Instant, ServerId } from './ids';
import { leaderSeen } from './leader';
import type { NetworkReport, NetworkView, RaftServer } from './survey';
import { hostOf } from './targets';
import { list } from './words';

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
    .sort((a, b) => (`${a.id} ${a.address}` < `${b.id} ${b.address}` ? -1 : 1))
    .map(({ id, address, suffrage }): Peers['peers'][number] => {
      const answers = answersOf(network.reports.find((report) => report.address === hostOf(address)));
      return { id, address, state: stateOf(id, leader, answers), voter: suffrage === 'voter', answers };
    });
  const silent = peers
    .filter(({ answers }) => answers !== 'yes')
    .map(({ id, answers }) => `${id} does not answer (${answers.replace('-', ' ')})`);
  const nobody = told.length === 0 ? [NOBODY_ANSWERS] : [];
  return { at: network.at, peers, problems: [...leaderProblems(leader), ...nobody, ...differences(told), ...silent] };
}

/** Who does not answer is nobody's follower. */
function stateOf(
  id: string,
  leader: ReturnType<typeof leaderSeen>,
  answers: Peers['peers'][number]['answers'],
): Peers['peers'][number]['state'] {
  if (leader.kind !== 'leader' || answers !== 'yes') return 'unknown';
  return leader.id === id ? 'leader' : 'follower';
}

function answersOf(report: NetworkReport | undefined): Peers['peers'][number]['answers'] {
  if (!report) return 'not-asked';
  return report.raft.outcome === 'answered' ? 'yes' : report.raft.outcome;
}

function leaderProblems(leader: ReturnType<typeof leaderSeen>): string[] {
  if (leader.kind === 'leader') return [];
  return [leader.kind === 'none' ? 'nobody leads' : leader.says];
}

const NOBODY_ANSWERS = 'no server answers: open ports 6868 and 8080 to the prober, or start the servers';

interface Told {
  readonly by: string;
  readonly servers: readonly RaftServer[];
}

/** Lists that are not the same in who belongs, where and with which vote; order does not matter. */
export function differences(told: readonly Told[]): string[] {
  const lists = new Map<string, string[]>();
  for (const { by, servers } of told) {
    const text = list(servers.map((server) => serverText(server, told)).sort()) || 'nobody';
    lists.set(text, [...(lists.get(text) ?? []), by]);
  }
  if (lists.size < 2) return [];
  return [...lists].map(([text, by]) => `${list([...by].sort())} ${by.length === 1 ? 'lists' : 'list'} ${text}`).sort();
}

/** The address is said only where servers disagree about it. */
function serverText({ id, address, suffrage }: RaftServer, told: readonly Told[]): string {
  const known = told.flatMap(({ servers }) => servers.filter((one) => one.id === id));
  const moved = known.some((one) => one.address !== address);
  return `${id}${moved ? ` at ${address}` : ''}${suffrage === 'voter' ? '' : ' (no voter)'}`;
}
