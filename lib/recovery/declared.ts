import { declaredText, type Declaration, type Declared } from './declaration';
import { idAt } from './leader';
import type { FleetView, Instance, NetworkReport, NetworkView, Remains } from './survey';
import { addressesOf, hostOf } from './targets';

/** Something of a declared server that is there all the same; no word of a person outweighs it (ADR 0012). */
export interface SignOfLife {
  readonly says: string;
  readonly nextStep: string;
}

/** Whom a declaration is about, and what may be seen of it. */
export interface DeclaredSeen {
  readonly serverId: string;
  /** Raft address; null where nobody knows it. */
  readonly address: string | null;
  readonly known: Declaration['known'];
  readonly fleet: FleetView;
  readonly network: NetworkView;
  /** Members of today, once it is out of the configuration: a new host may bear its name, or have its address. */
  readonly heirs?: readonly { readonly id: string; readonly address: string }[];
}

export type Weighed =
  | { readonly kind: 'counts'; readonly declared: Declared; readonly because: string }
  | ({ readonly kind: 'void' } & SignOfLife);

/**
 * What a declaration is worth. It may stand in for what EC2 does not tell any more; it never outweighs what is seen: a server
 * that answers, an instance that exists, a data volume that another instance has (design rule 14).
 */
export function weighDeclaration({ who, at, because }: Declaration, seen: DeclaredSeen): Weighed {
  const [sign] = signsOfLife(seen);
  if (sign) return { kind: 'void', ...sign };
  const despite = lacking(seen);
  const missing = despite.length === 0 ? '' : `; not proved: ${despite.join(', ')}`;
  return {
    kind: 'counts',
    declared: { who, at, because, despite },
    because: `${declaredText({ who, at, because })}${missing}`,
  };
}

/** Why a word that was relied upon does not stand any more: it was taken back, or something of the server appeared. */
export function declaredDoubts(
  declared: Declared,
  seen: Omit<DeclaredSeen, 'known'>,
  declarations: readonly Declaration[],
): string[] {
  const { serverId } = seen;
  const word = declarations.find((one) => one.serverId === serverId && one.at === declared.at);
  if (!word) return [`the declaration that ${serverId} is destroyed was taken back`];
  const signs = signsOfLife({ ...seen, known: word.known });
  return signs.map(({ says }) => `${serverId} was declared destroyed, but ${says}`);
}

/** What differs from a plan that rests on a word: the word itself, or a gap in the proof that nobody has overridden. */
export function declaredDrift(...[declared, seen, declarations]: Parameters<typeof declaredDoubts>): string[] {
  const more = lacking(seen).filter((lack) => !declared.despite.includes(lack));
  return [
    ...declaredDoubts(declared, seen, declarations),
    ...more.map((lack) => `${seen.serverId} was declared destroyed, and since then ${lack}`),
  ];
}

/** Everything that shows the server, or its data, to be there; the strongest first. */
export function signsOfLife(seen: DeclaredSeen): SignOfLife[] {
  return [...answering(seen), ...gossiping(seen), ...existing(seen), ...volumesElsewhere(seen)];
}

/** Of addresses that were its own, the hosts that nobody else has by right today. */
function notInherited(addresses: readonly (string | null)[], { heirs = [] }: DeclaredSeen): string[] {
  const inherited = heirs.map(({ address }) => hostOf(address));
  return addresses
    .flatMap((address) => (address === null ? [] : [hostOf(address)]))
    .filter((host) => !inherited.includes(host));
}

const isInherited = ({ serverId, heirs = [] }: DeclaredSeen): boolean => heirs.some(({ id }) => id === serverId);

function answering(seen: DeclaredSeen): SignOfLife[] {
  const hosts = notInherited([seen.address, seen.known?.address ?? null], seen);
  const isNamed = (report: NetworkReport): boolean => idAt(report) === seen.serverId && !isInherited(seen);
  const found = seen.network.reports.find(
    (report) => report.raft.outcome === 'answered' && (hosts.includes(report.address) || isNamed(report)),
  );
  if (!found) return [];
  const nextStep = 'it is not lost: see what is planned with it, requorum plan; to take it out, requorum retire';
  return [{ says: `${found.address} answers on the RPC port`, nextStep }];
}

function gossiping(seen: DeclaredSeen): SignOfLife[] {
  const { serverId, network } = seen;
  if (isInherited(seen)) return [];
  const told = network.reports.flatMap(({ members }) => (members.outcome === 'answered' ? members.members : []));
  const alive = told.find(({ name, server, status }) => name === serverId && server && status === 'alive');
  if (!alive) return [];
  const nextStep = `gossip forgets a dead server within a minute: try again then; if it stays, look for a host at ${alive.address}`;
  return [{ says: `gossip sees it alive at ${alive.address}`, nextStep }];
}

/** An instance that exists can be fenced as it is: there is nothing that a person would have to vouch for. */
function existing(seen: DeclaredSeen): SignOfLife[] {
  const { serverId, known, fleet } = seen;
  const hosts = notInherited([seen.address], seen);
  const left = remainsOf(serverId, fleet);
  const isIts = ({ instanceId, interfaces }: Pick<Instance, 'instanceId' | 'interfaces'>): boolean =>
    instanceId === known?.instanceId ||
    instanceId === left?.instanceId ||
    addressesOf({ interfaces }).some((one) => hosts.includes(one));
  const own = fleet.instances.filter(isLiving).filter(isIts);
  const beside = fleet.neighbours.filter(isLiving).filter(isIts);
  const untagged = left && isThere(left) && !own.some(({ instanceId }) => instanceId === left.instanceId);
  return [
    ...own.map(({ instanceId, state }) => ({
      says: `its instance ${instanceId} is ${state}`,
      nextStep: `it is fenced as it is, without a declaration: requorum recover; if its data may go, terminate it: aws ec2 terminate-instances --instance-ids ${instanceId}`,
    })),
    ...beside.map(({ instanceId, state }) => ({
      says: `${instanceId} in a security group of the cluster is ${state} and may be it`,
      nextStep: tagIt(instanceId),
    })),
    ...(untagged
      ? [{ says: `its instance ${left.instanceId} is ${left.instance}`, nextStep: tagIt(left.instanceId) }]
      : []),
  ];
}

/** A data volume that is attached to another instance is the old server (design rule 14). */
function volumesElsewhere({ serverId, known, fleet }: DeclaredSeen): SignOfLife[] {
  const left = remainsOf(serverId, fleet);
  const dead = [left?.instanceId, known?.instanceId];
  const byEc2 = (left?.volumes ?? [])
    .filter(({ state, attachedTo }) => (attachedTo === null ? state === 'in-use' : !dead.includes(attachedTo)))
    .map(({ volumeId, attachedTo }) => ({ volumeId, on: attachedTo ?? 'an instance' }));
  const byFleet = fleet.instances
    .filter(isLiving)
    .flatMap(({ instanceId, volumes }) =>
      volumes
        .filter(({ volumeId }) => known?.volumeIds.includes(volumeId) && !dead.includes(instanceId))
        .map(({ volumeId }) => ({ volumeId, on: instanceId })),
    );
  const found = new Map([...byEc2, ...byFleet].map((one) => [one.volumeId, one]));
  return [...found.values()].map(({ volumeId, on }) => ({
    says: `its volume ${volumeId} is attached to ${on}, and with its data that is the old server`,
    nextStep: `stop what has it and detach it: aws ec2 detach-volume --volume-id ${volumeId}`,
  }));
}

/** What keeps the proof of the inventory from being whole. Texts do not change while EC2 forgets: a plan is bound to them. */
function lacking({ serverId, fleet }: Pick<DeclaredSeen, 'serverId' | 'fleet'>): string[] {
  const left = remainsOf(serverId, fleet);
  if (!left) return ['no inventory knows it'];
  const { instanceId, instance, volumes, addressHeldBy } = left;
  const unfinished = volumes.filter(({ state }) => state !== 'deleted' && state !== 'available');
  return [
    ...(instance === 'shutting-down' ? [`${instanceId} is not terminated yet`] : []),
    ...unfinished.map(({ volumeId }) => `${volumeId} is neither deleted nor detached`).sort(),
    ...(addressHeldBy ? [`${addressHeldBy.instanceId ?? addressHeldBy.interfaceId} holds its address`] : []),
  ];
}

const tagIt = (instanceId: string): string =>
  `stop it, aws ec2 stop-instances --instance-ids ${instanceId}, and put the selector's tags on it, so that it can be fenced`;

/** Whether EC2 still has an instance that runs or can be started. */
export function isThere({ instance }: Remains): boolean {
  return instance !== 'terminated' && instance !== 'absent' && instance !== 'shutting-down';
}

function remainsOf(serverId: string, { remains }: FleetView): Remains | null {
  return remains.find((one) => one.serverId === serverId) ?? null;
}

function isLiving({ state }: Pick<Instance, 'state'>): boolean {
  return state !== 'terminated' && state !== 'shutting-down';
}
