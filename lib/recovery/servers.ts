import type { Declared } from './declaration';
import { weighDeclaration, type SignOfLife } from './declared';
import { classOf } from './host-class';
import { kinOf } from './kin';
import { compareLogs } from './log-order';
import type { HostClass, Position } from './plan';
import type { HostFacts, Instance, Inventory, RaftServer, Remains, Survey } from './survey';
import { addressesOf, hostOf, hostPort } from './targets';

/** One server of the old configuration with all that the survey says about it. */
export interface ServerView {
  readonly id: string;
  readonly address: string;
  readonly voter: boolean;
  readonly instance: Instance | null;
  /** Every address of its instance, as EC2 knows them. */
  readonly addresses: readonly string[];
  readonly class: HostClass;
  /** Why the class, in one line a person can check. */
  readonly because: string;
  /** It answered RaftGetConfiguration: whoever answers is never gone and never counted as lost. */
  readonly answers: boolean;
  readonly facts: HostFacts | null;
  /** Why its host was not inspected although its agent is there; null when it was, or when nobody could ask. */
  readonly inspectProblem: string | null;
  readonly position: Position | null;
  /** A released plan of this case fenced its host. */
  readonly fenced: boolean;
  /** Another case than this one holds its data-dir. */
  readonly heldByOther: boolean;
  /** The person's word that its class `gone` rests on; null where it is proved, or not gone. */
  readonly declared: Declared | null;
  /** Why a person's word that it is destroyed does not count; null where nobody gave one, or where it counts. */
  readonly declarationVoid: SignOfLife | null;
}
type Known = Inventory['servers'][number];

/** Raft's configuration as the newest log tells it; else as the most servers tell it; else as it was in good times. */
export function membershipOf(survey: Survey): RaftServer[] {
  const isKin = kinOf(survey);
  const logs = withData(survey)
    .flatMap(({ log }) => (log && log.configuration.length > 0 && isKin(log.configuration) ? [log] : []))
    .sort((a, b) => compareLogs(a, b) || a.configurationIndex - b.configurationIndex);
  const newest = logs[logs.length - 1];
  if (newest) return byId(newest.configuration);
  const told = survey.network.reports
    .flatMap(({ raft }) => (raft.outcome === 'answered' && isKin(raft.servers) ? [byId(raft.servers)] : []))
    .sort((a, b) => b.length - a.length || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const [largest] = told;
  if (largest) return largest.map(({ id, address, suffrage }) => ({ id, address, suffrage }));
  return byId((survey.inventory?.servers ?? []).map(({ id, address }) => ({ id, address, suffrage: 'voter' })));
}

/**
 * Hosts that were inspected, in the order of their instances: the order of answers must not matter. A host that this case
 * launched, or powered on to let it back in, is no part of the cluster: its disk may tell of one of its own, and has no say.
 */
export function inspected(survey: Survey): HostFacts[] {
  return survey.hosts
    .flatMap((report) => (report.outcome === 'inspected' ? [report.facts] : []))
    .filter(({ hostId }) => !survey.launched.includes(hostId) && !survey.returning.includes(hostId))
    .sort((a, b) => (a.hostId < b.hostId ? -1 : 1));
}

/** Inspected hosts whose Raft data is in place. */
export function withData(survey: Survey): HostFacts[] {
  return inspected(survey).filter(({ dataDir }) => dataDir.raft !== 'missing' && dataDir.raft !== 'file');
}

/** Every member of the old configuration, in the order of ids. */
export function serversOf(survey: Survey): ServerView[] {
  const members = membershipOf(survey);
  return members.map((member) => viewOf(member, members, survey));
}

function viewOf({ id, address, suffrage }: RaftServer, members: readonly RaftServer[], survey: Survey): ServerView {
  const known = survey.inventory?.servers.find((server) => server.id === id) ?? null;
  const facts = factsOf(id, address, members, survey);
  const instance = instanceOf(address, facts, known, survey);
  const addresses = new Set([hostOf(address), ...addressesOf(instance)]);
  const answers = survey.network.reports.some(
    (report) => addresses.has(report.address) && report.raft.outcome === 'answered',
  );
  const fenced = instance !== null && survey.fenced.includes(instance.instanceId);
  const seen = { facts, instance, known, answers, remains: remainsOf(id, survey), fenced };
  return {
    id,
    address,
    voter: suffrage === 'voter',
    instance,
    addresses: addressesOf(instance),
    answers,
    facts,
    inspectProblem: problemOf(instance, facts, survey),
    position: positionOf(id, facts),
    fenced,
    heldByOther:
      facts?.dataDir.raft === 'file' && (facts.dataDir.heldBy === null || facts.dataDir.heldBy !== survey.caseId),
    ...declaredOr(classOf(seen, problemOf(instance, facts, survey)), { id, address, facts }, survey),
  };
}

type Classed = Pick<ServerView, 'class' | 'because' | 'declared' | 'declarationVoid'>;

/** A person's word fills what the inventory cannot prove; what is proved needs none, and what is seen outweighs it. */
function declaredOr(
  classed: ReturnType<typeof classOf>,
  { id, address, facts }: Pick<ServerView, 'id' | 'address' | 'facts'>,
  { declarations, fleet, network }: Survey,
): Classed {
  const word = declarations.find(({ serverId }) => serverId === id);
  const none = { ...classed, declared: null, declarationVoid: null };
  if (!word || classed.class === 'gone') return none;
  if (facts) {
    const nextStep = 'it is planned with as it is: requorum plan';
    return { ...none, declarationVoid: { says: `its host ${facts.hostId} was inspected`, nextStep } };
  }
  const weighed = weighDeclaration(word, { serverId: id, address, known: word.known, fleet, network });
  if (weighed.kind === 'void') return { ...none, declarationVoid: weighed };
  return { class: 'gone', because: weighed.because, declared: weighed.declared, declarationVoid: null };
}

/** By the name its next start will use; else by address, unless that host bears the name of another member (rule 4). */
function factsOf(id: string, address: string, members: readonly RaftServer[], survey: Survey): HostFacts | null {
  const hosts = inspected(survey);
  const byName = hosts.filter(({ nodeName }) => nodeName.value === id);
  const owner = living(survey).find((instance) => addressesOf(instance).includes(hostOf(address)));
  const byAddress = hosts.find(({ hostId }) => hostId === owner?.instanceId);
  const [named] = byName;
  if (named) return byName.find((host) => host === byAddress) ?? named;
  const isAnother = members.some((member) => member.id === byAddress?.nodeName.value);
  return byAddress && !isAnother ? byAddress : null;
}

function instanceOf(address: string, facts: HostFacts | null, known: Known | null, survey: Survey): Instance | null {
  const instances = living(survey);
  return (
    instances.find(({ instanceId }) => instanceId === facts?.hostId) ??
    instances.find((instance) => addressesOf(instance).includes(hostOf(address))) ??
    instances.find(({ instanceId }) => instanceId === known?.instanceId) ??
    null
  );
}

function living({ fleet }: Survey): Instance[] {
  return fleet.instances
    .filter(({ state }) => state !== 'terminated' && state !== 'shutting-down')
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
}

function remainsOf(id: string, { fleet }: Survey): Remains | null {
  return fleet.remains.find(({ serverId }) => serverId === id) ?? null;
}

/** Looked at, and there is nothing: no Raft data, or a log that Dkron made anew and that has nobody in it. */
export function hasNoData({ facts }: Pick<ServerView, 'facts'>): boolean {
  if (facts === null) return false;
  const isEmptyLog = facts.log !== null && facts.log.lastIndex === 0 && facts.log.configuration.length === 0;
  return facts.dataDir.raft === 'missing' || isEmptyLog;
}

/**
 * Under which names and addresses a member may appear: as Raft's configuration has it, and as its host will start it. Only a
 * host whose log knows the member counts: an empty server that bears an old name is a stranger.
 */
export function knownMembers(members: readonly RaftServer[], servers: readonly ServerView[]): RaftServer[] {
  const started = servers.flatMap(({ id, address, voter, facts, instance }): RaftServer[] => {
    if (!facts?.log?.configuration.some((member) => member.id === id)) return [];
    const own = hostPort(ownAddress(address, facts, instance), facts.ports.rpc);
    return [{ id: facts.nodeName.value, address: own, suffrage: voter ? 'voter' : 'nonvoter' }];
  });
  const isNew = ({ id, address }: RaftServer): boolean =>
    !members.some((member) => member.id === id && member.address === address);
  return [...members, ...started.filter(isNew)];
}

/** An address that the host owns: Raft's own where it still is one; else what Dkron binds; else what EC2 and host agree on. */
export function ownAddress(address: string, facts: HostFacts, instance: Instance | null): string {
  const inEc2 = addressesOf(instance);
  const owned = new Set([...facts.addresses, ...inEc2]);
  const configured = hostOf(address);
  if (owned.has(configured)) return configured;
  if (facts.bindAddress !== null && owned.has(facts.bindAddress)) return facts.bindAddress;
  return inEc2.find((one) => facts.addresses.includes(one)) ?? facts.addresses[0] ?? configured;
}

function problemOf(instance: Instance | null, facts: HostFacts | null, { hosts }: Survey): string | null {
  if (facts || instance?.state !== 'running' || instance.agent !== 'connected') return null;
  const report = hosts.find(({ instanceId }) => instanceId === instance.instanceId);
  return report && report.outcome !== 'inspected' ? `${report.code}: ${report.detail}` : 'no answer';
}

function positionOf(id: string, facts: HostFacts | null): Position | null {
  if (!facts?.log) return null;
  return { id, lastTerm: facts.log.lastTerm, lastIndex: facts.log.lastIndex, jobs: facts.log.jobs };
}

function byId<T extends { readonly id: string }>(servers: readonly T[]): T[] {
  return [...servers].sort((a, b) => (a.id < b.id ? -1 : 1));
}
