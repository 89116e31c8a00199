import type { Planner } from './draft';
import { idAt } from './leader';
import { inspected, membershipOf } from './servers';
import { apartSays } from './stranded';
import type { HostFacts, NetworkReport, RaftServer, Survey } from './survey';
import { hostOf } from './targets';

/** A server that answers, or whose host was inspected, with what it says for itself. */
export interface Sighted {
  readonly id: string;
  /** What it lists over gRPC; null where it does not answer. */
  readonly lists: readonly RaftServer[] | null;
  readonly report: NetworkReport | null;
  readonly facts: HostFacts | null;
}

/** The cluster as its leader has it; where nobody leads, as the newest log has it. All checks of its health compare with it. */
export interface Sight {
  readonly planner: Planner;
  readonly leader: Sighted | null;
  readonly members: readonly RaftServer[];
  /** Members first, then whoever else answers. */
  readonly servers: readonly Sighted[];
  /** By id: why that server is not of the leader's timeline. */
  readonly stranded: ReadonlyMap<string, string>;
}

export function sightOf(planner: Planner): Sight {
  const { survey, signs } = planner;
  const reporting = survey.network.reports.filter(({ raft }) => raft.outcome === 'answered');
  const leads = signs.leader.kind === 'leader' ? leaderReport(survey) : undefined;
  const told = leads ? listsAt(leads) : null;
  const members = told && told.length > 0 ? told : membershipOf(survey);
  const own = members.map((member) => sighted(member, members, planner));
  const others = reporting
    .filter((report) => own.every((one) => one.report !== report))
    .map((report) => answering(report, members, survey));
  const servers = [...own, ...others];
  const leader = servers.find(({ report }) => report !== null && report === leads) ?? null;
  return { planner, leader, members, servers, stranded: strandedFrom(leader, servers) };
}

/** Servers of the configuration that are compared with its leader: who is stranded is told as that, once. */
export function comparable({ servers, members, stranded }: Sight): Sighted[] {
  return servers.filter(({ id }) => members.some((member) => member.id === id) && !stranded.has(id));
}

function leaderReport({ network }: Survey): NetworkReport | undefined {
  return network.reports.find(({ isLeader }) => isLeader.outcome === 'answered' && isLeader.leads);
}

function listsAt({ raft }: NetworkReport): RaftServer[] | null {
  return raft.outcome === 'answered' ? raft.servers : null;
}

function sighted({ id, address }: RaftServer, members: readonly RaftServer[], { survey, signs }: Planner): Sighted {
  const facts = factsOf(id, address, members, survey);
  const known = signs.servers.find((server) => server.id === id && server.address === address);
  const owned = new Set([hostOf(address), ...(known?.addresses ?? []), ...(facts ? [hostOf(facts.httpAddress)] : [])]);
  const report = survey.network.reports.find((one) => owned.has(one.address) && one.raft.outcome === 'answered');
  return { id, report: report ?? null, lists: report ? listsAt(report) : null, facts };
}

/** By the name of its next start; else by an address that it owns, unless it bears the name of another member. */
function factsOf(id: string, address: string, members: readonly RaftServer[], survey: Survey): HostFacts | null {
  const hosts = inspected(survey);
  const byName = hosts.filter(({ nodeName }) => nodeName.value === id);
  const isHere = ({ addresses }: HostFacts): boolean => addresses.includes(hostOf(address));
  const nameless = hosts.filter(({ nodeName }) => members.every((member) => member.id !== nodeName.value));
  return byName.find(isHere) ?? byName[0] ?? nameless.find(isHere) ?? null;
}

/** One that answers at an address which no member has: it is called as it calls itself, as its host does, or by its address. */
function answering(report: NetworkReport, members: readonly RaftServer[], survey: Survey): Sighted {
  const facts = inspected(survey).find(({ httpAddress }) => hostOf(httpAddress) === report.address) ?? null;
  const id = idAt(report) ?? facts?.nodeName.value ?? report.address;
  const isMember = members.some((member) => member.id === id);
  return { id: isMember ? `${id} at ${report.address}` : id, report, lists: listsAt(report), facts };
}

/** Who runs in another timeline than the leader (facts/dkron §8): every "is there one leader" check passes nevertheless. */
function strandedFrom(leader: Sighted | null, servers: readonly Sighted[]): Map<string, string> {
  if (!leader?.lists) return new Map();
  const others = servers.filter((one) => one !== leader && (one.lists !== null || (one.facts?.pids.length ?? 0) > 0));
  return new Map(
    others.flatMap((one) => {
      const [says] = apartSays(leader, one);
      return says === undefined ? [] : [[one.id, says] as const];
    }),
  );
}
