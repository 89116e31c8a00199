import type { Cluster } from './cluster';
import { compareLogs } from './log-order';
import type { HostClass, Position } from './plan';
import type { HostFacts, Instance, RaftServer, Remains, Survey } from './survey';
import { hostOf } from './targets';

/** One server of the old configuration with all that the survey says about it. */
export interface ServerView {
  readonly id: string;
  readonly address: string;
  readonly instance: Instance | null;
  readonly class: HostClass;
  /** Why the class, in one line a person can check. */
  readonly because: string;
  readonly answers: boolean;
  readonly facts: HostFacts | null;
  readonly position: Position | null;
}

/** Raft's configuration as the newest log tells it; else as a server tells it; else as it was in good times. */
export function membershipOf(survey: Survey): RaftServer[] {
  const logs = inspected(survey)
    .flatMap(({ log }) => (log && log.configuration.length > 0 ? [log] : []))
    .sort(compareLogs);
  const newest = logs[logs.length - 1];
  if (newest) return byId(newest.configuration);
  const told = survey.network.reports.flatMap(({ raft }) => (raft.outcome === 'answered' ? [raft.servers] : []));
  const largest = told.sort((a, b) => b.length - a.length)[0];
  if (largest) return byId(largest.map(({ id, address, suffrage }) => ({ id, address, suffrage })));
  return byId(
    (survey.inventory?.servers ?? []).map(({ id, address }) => ({ id, address, suffrage: 'voter' as const })),
  );
}

export function inspected(survey: Survey): HostFacts[] {
  return survey.hosts.flatMap((report) => (report.outcome === 'inspected' ? [report.facts] : []));
}

/** Every member of the old configuration, in the order of ids. */
export function serversOf(survey: Survey, _cluster: Cluster): ServerView[] {
  return membershipOf(survey).map((member) => viewOf(member, survey));
}

function viewOf({ id, address }: RaftServer, survey: Survey): ServerView {
  const facts = inspected(survey).find(({ nodeName }) => nodeName.value === id) ?? null;
  const instance = instanceOf(id, address, facts, survey);
  const answers = survey.network.reports.some(
    (report) => report.address === hostOf(address) && report.raft.outcome === 'answered',
  );
  const remains = survey.fleet.remains.find(({ serverId }) => serverId === id) ?? null;
  const silent = survey.hosts.find(
    (report) => report.instanceId === instance?.instanceId && report.outcome !== 'inspected',
  );
  const problem = silent && silent.outcome !== 'inspected' ? `${silent.code}: ${silent.detail}` : null;
  return {
    id,
    address,
    instance,
    answers,
    facts,
    position: positionOf(id, facts),
    ...classOf(instance, facts, remains, problem),
  };
}

function instanceOf(id: string, address: string, facts: HostFacts | null, survey: Survey): Instance | null {
  const living = survey.fleet.instances.filter(({ state }) => state !== 'terminated' && state !== 'shutting-down');
  const known = survey.inventory?.servers.find((server) => server.id === id)?.instanceId;
  return (
    living.find(({ instanceId }) => instanceId === facts?.hostId) ??
    living.find(({ interfaces }) => interfaces.some(({ addresses }) => addresses.includes(hostOf(address)))) ??
    living.find(({ instanceId }) => instanceId === known) ??
    null
  );
}

function positionOf(id: string, facts: HostFacts | null): Position | null {
  if (!facts?.log) return null;
  return { id, lastTerm: facts.log.lastTerm, lastIndex: facts.log.lastIndex, jobs: facts.log.jobs };
}

type Classed = Pick<ServerView, 'class' | 'because'>;

function classOf(
  instance: Instance | null,
  facts: HostFacts | null,
  remains: Remains | null,
  problem: string | null,
): Classed {
  if (facts) return classOfInspected(facts);
  if (instance?.state === 'stopped' && instance.volumes.length > 0) {
    return { class: 'restartable', because: `${instance.instanceId} is stopped with ${volumesOf(instance)} attached` };
  }
  if (!instance)
    return remains
      ? classOfRemains(remains)
      : {
          class: 'unreachable',
          because: 'no instance owns its address, and the inventory does not know it: that is no proof',
        };
  const agent =
    instance.agent === 'connected'
      ? `its agent is connected, but inspect failed (${problem ?? 'no answer'})`
      : 'its agent is not connected';
  return { class: 'unreachable', because: `${instance.instanceId} is ${instance.state} and ${agent}` };
}

function classOfInspected({ hostId, dataDir }: HostFacts): Classed {
  switch (dataDir.raft) {
    case 'dir':
    case 'link':
    case 'mount':
      return { class: 'restartable', because: `${hostId} runs, its agent answers, data in ${dataDir.path}` };
    case 'file':
      return { class: 'unreachable', because: `${hostId} is held by case ${dataDir.heldBy ?? 'unknown'}` };
    case 'missing':
      return { class: 'unreachable', because: `${hostId} runs, but ${dataDir.path} holds no Raft data` };
  }
}

/** Terminated counts only with the whole proof: instance, volumes and address (design rule 14). */
function classOfRemains(remains: Remains): Classed {
  const { instanceId, instance, volumes, addressHeldBy } = remains;
  if (instance !== 'terminated' && instance !== 'absent') {
    return { class: 'unreachable', because: `${instanceId} is ${instance}` };
  }
  const left = volumes.filter(({ state }) => state !== 'deleted' && state !== 'available');
  const [volume] = left;
  if (volume) {
    const where = volume.attachedTo ? `attached to ${volume.attachedTo}` : volume.state;
    return {
      class: 'unreachable',
      because: `${instanceId} is ${instance}, but its volume ${volume.volumeId} is ${where}`,
    };
  }
  if (addressHeldBy) {
    const by = addressHeldBy.instanceId ?? addressHeldBy.interfaceId;
    return { class: 'unreachable', because: `${instanceId} is ${instance}, but ${by} holds its address now` };
  }
  const disks =
    volumes.length === 0
      ? 'no volume was known'
      : `volumes ${volumes.map(({ volumeId, state }) => `${volumeId} ${state}`).join(', ')}`;
  return { class: 'gone', because: `${instanceId} is ${instance}, ${disks}, nobody holds its address` };
}

function volumesOf({ volumes }: Instance): string {
  return volumes.map(({ volumeId }) => volumeId).join(', ');
}

function byId(servers: readonly RaftServer[]): RaftServer[] {
  return [...servers].sort((a, b) => (a.id < b.id ? -1 : 1));
}
