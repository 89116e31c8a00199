import { claimOfHost, leaderSeen, type LeaderSeen } from './leader';
import { hasNoData, inspected, serversOf, withData, type ServerView } from './servers';
import { strandedSays } from './stranded';
import { agentNodes } from './strangers';
import type { HostFacts, RaftServer, Survey } from './survey';
import { hostOf } from './targets';
import { sortedIds } from './words';

/** What the table of verdicts judges by; made once from a survey. */
export interface Signs {
  readonly servers: readonly ServerView[];
  readonly voters: readonly ServerView[];
  readonly quorum: number;
  readonly leader: LeaderSeen;
  /** Voters with data that a start brings back. */
  readonly restartable: readonly ServerView[];
  /** Voters that answer with a configuration. */
  readonly answering: readonly ServerView[];
  /** Voters that answer with no configuration: rebuilt, and not filled yet. */
  readonly rebuilding: readonly ServerView[];
  /** Voters that answer, or whose host shows that Dkron runs (a join loop answers nobody); hosts that are cut off do not count. */
  readonly running: readonly ServerView[];
  /** Voters that can be restarted or answer: while these are a quorum, the quorum is not lost. */
  readonly inReach: readonly ServerView[];
  /** Voters that are known to have no data: proved gone, or inspected with an empty data-dir. */
  readonly withoutData: readonly ServerView[];
  /** Why there are two timelines; empty when there is one. */
  readonly stranded: readonly string[];
  /** Every server that answers has the same configuration. */
  readonly agrees: boolean;
  /** Names of agent nodes in the gossip. */
  readonly agents: readonly string[];
}

export function signsOf(survey: Survey): Signs {
  const servers = serversOf(survey);
  const voters = servers.filter(({ voter }) => voter);
  const restartable = voters.filter(isRestartable);
  const rebuilding = voters.filter((server) => server.answers && configurationAt(server, survey)?.length === 0);
  const answering = voters.filter((server) => server.answers && !rebuilding.includes(server));
  return {
    servers,
    voters,
    quorum: quorumOf(voters.length),
    leader: leaderOf(survey),
    restartable,
    answering,
    rebuilding,
    running: voters.filter(({ answers, facts }) => answers || (facts !== null && runsFreely(facts, survey))),
    inReach: voters.filter((server) => restartable.includes(server) || answering.includes(server)),
    withoutData: voters.filter((server) => server.class === 'gone' || hasNoData(server)),
    stranded: strandedSays(withData(survey), configurationsOf(survey)),
    agents: agentNodes(survey.network),
    agrees: new Set(configurationsOf(survey).map((servers) => sortedIds(servers).join())).size <= 1,
  };
}

/** More than half; nothing of nothing. */
export function quorumOf(voters: number): number {
  return voters === 0 ? 0 : Math.floor(voters / 2) + 1;
}

/** An empty log or a stale copy is no member that a start brings back. A log that cannot be read may well be one. */
function isRestartable({ class: hostClass, facts, id }: ServerView): boolean {
  if (hostClass !== 'restartable') return false;
  return !facts?.log || facts.log.configuration.some((member) => member.id === id);
}

function runsFreely({ pids, hostId }: HostFacts, { cutOff }: Survey): boolean {
  return pids.length > 0 && !cutOff.includes(hostId);
}

/** A leader that only a host sees on itself counts as a disagreement: it forbids to act (design rule 6). */
function leaderOf(survey: Survey): LeaderSeen {
  const seen = leaderSeen(survey.network);
  const claims = inspected(survey).flatMap((facts) => {
    const id = claimOfHost(facts);
    return id === null ? [] : [`${facts.nodeName.value} names ${id}`];
  });
  if (seen.kind !== 'none' || claims.length === 0) return seen;
  return { kind: 'disagreement', says: `a host names a leader that the network does not show: ${claims.join(', ')}` };
}

/** What the servers that answer have as configuration; a server without any is being filled and says nothing. */
function configurationsOf({ network }: Survey): RaftServer[][] {
  return network.reports.flatMap(({ raft }) =>
    raft.outcome === 'answered' && raft.servers.length > 0 ? [raft.servers] : [],
  );
}

function configurationAt({ address, addresses }: ServerView, { network }: Survey): RaftServer[] | null {
  const own = new Set([hostOf(address), ...addresses]);
  const report = network.reports.find((one) => own.has(one.address) && one.raft.outcome === 'answered');
  return report?.raft.outcome === 'answered' ? report.raft.servers : null;
}
