import type { Fence } from './fence';
import type { Excluded, Finding, Survivor } from './plan';
import { destroyedByStop, managerRefusals, refusal, stopRefusals } from './refusals';
import { hasNoData, ownAddress, type ServerView } from './servers';
import type { HostFacts } from './survey';
import { hostPort } from './targets';

/** A server that keeps its data: inspected, a log that was read, in its own newest configuration. */
export type Kept = ServerView & { readonly facts: HostFacts };

export interface Chosen {
  readonly survivors: readonly Kept[];
  readonly excluded: readonly ServerView[];
  /** Servers with data that were not read: their logs may be the newest, so nothing is planned without them. */
  readonly unread: readonly ServerView[];
}

/** Who keeps its data and who does not (design rules 7 and 8). A stale copy is no survivor by default. */
export function choose(servers: readonly ServerView[]): Chosen {
  const survivors = servers.filter(isKept);
  const unread = servers.filter((server) => server.class === 'restartable' && server.facts === null);
  const excluded = servers.filter((server) => !isKept(server) && !unread.includes(server));
  return { survivors, excluded, unread };
}

export function isKept(server: ServerView): server is Kept {
  const log = server.facts?.log;
  return server.class === 'restartable' && server.voter && !!log && knowsItself(server);
}

function knowsItself({ id, facts }: ServerView): boolean {
  return facts?.log?.configuration.some((member) => member.id === id) ?? false;
}

/** As it will be in the configuration: an address that its host owns, the port as found. */
export function survivorOf({ id, address, facts, instance }: ServerView & { readonly facts: HostFacts }): Survivor {
  const { kind, socket, unit } = facts.manager;
  const host = ownAddress(address, facts, instance);
  return {
    id,
    address: hostPort(host, facts.ports.rpc),
    instanceId: facts.hostId,
    dataDir: facts.dataDir.path,
    manager: { kind, socket, unit },
    gossip: hostPort(host, facts.ports.serf),
    http: facts.httpAddress,
  };
}

/** Null where a fence of this server cannot be had; then a refusal says why. */
export function excludedOf(server: ServerView): Excluded | null {
  const fence = fenceOf(server);
  if (!fence) return null;
  const { id, address, instance, fenced } = server;
  return { id, address, instanceId: instance?.instanceId ?? null, class: server.class, fence, fencedBefore: fenced };
}

function fenceOf({ class: hostClass, facts, instance, declared }: ServerView): Fence | null {
  if (hostClass === 'gone') return { kind: 'gone', declared };
  if (facts) {
    const { kind, socket, unit } = facts.manager;
    return {
      kind: 'hold',
      instanceId: facts.hostId,
      dataDir: facts.dataDir.path,
      manager: { kind, socket, unit },
      http: facts.httpAddress,
    };
  }
  if (!instance) return null;
  const interfaceIds = instance.interfaces.map(({ id }) => id).sort();
  const destroys = destroyedByStop(instance);
  return {
    kind: 'quarantine-stop',
    instanceId: instance.instanceId,
    interfaceIds,
    ...(destroys === null ? {} : { destroys }),
  };
}

/** A server with data that nobody could read: starting beats guessing (design rule 7). */
export function unreadRefusal({ id, because, instance }: ServerView): Finding {
  const where = instance?.instanceId ?? id;
  const next = `aws ec2 start-instances --instance-ids ${where}, wait for its agent, open a new case`;
  return refusal('not-inspected', `${id} has data that was not read; its log may be the newest`, because, next);
}

/** Every excluded server is fenced or proved gone, not only a majority of them (design rule 1). */
export function fenceRefusals(server: ServerView, quarantine: Readonly<Record<string, string>>): Finding[] {
  const { id, instance, because, answers, inspectProblem } = server;
  const fence = fenceOf(server);
  if (server.heldByOther) return [heldRefusal(server)];
  if (hasNoData(server)) {
    const next =
      'look for a volume that is not mounted and put its data back; else stop Dkron there and terminate that host; then a new case';
    return [
      refusal('empty-data-dir', `${id} has an empty data-dir, and an empty server votes for anyone`, because, next),
    ];
  }
  if (inspectProblem !== null) {
    const next = 'mend what the code says (docs/errors.md), or stop the instance; then a new case';
    return [refusal('inspect-failed', `${id} can be reached but not inspected`, inspectProblem, next)];
  }
  if (answers && fence?.kind !== 'hold') {
    const next = 'connect its agent, or stop the instance; then a new case';
    return [refusal('answers-but-lost', `${id} answers on the network, so it cannot count as lost`, because, next)];
  }
  if (!fence) {
    const next = 'find out what became of it; an old server that comes back takes the cluster over in seconds';
    return [refusal('cannot-be-fenced', `${id} can be neither proved gone nor fenced`, because, next)];
  }
  switch (fence.kind) {
    case 'gone':
      return [];
    case 'hold':
      return managerRefusals(id, { manager: { ...fence.manager, state: 'unknown' }, hostId: fence.instanceId });
    case 'quarantine-stop':
      return instance ? stopRefusals(id, instance, quarantine) : [];
  }
}

export function heldRefusal({ id, facts, because }: Pick<ServerView, 'id' | 'facts' | 'because'>): Finding {
  const by = facts?.dataDir.heldBy ?? 'unknown';
  const next = `undo that case first: its README lies in ${facts?.dataDir.path ?? '<data-dir>'}/raft.held-${by}`;
  return refusal('held-by-another-case', `${id} is held by case ${by}`, because, next);
}
