import type { HostClass } from './plan';
import type { HostFacts, Instance, Inventory, Remains } from './survey';

type Known = Inventory['servers'][number];

interface Classed {
  readonly class: HostClass;
  readonly because: string;
}
interface Seen {
  readonly facts: HostFacts | null;
  readonly instance: Instance | null;
  readonly known: Known | null;
  readonly answers: boolean;
  readonly remains: Remains | null;
  /** A released plan of this case fenced its host. */
  readonly fenced: boolean;
}

/** Restartable, gone or unreachable, and why (design §1). What is not proved is unreachable, never gone. */
export function classOf({ facts, instance, known, answers, remains, fenced }: Seen, problem: string | null): Classed {
  if (facts) return classOfInspected(facts);
  if (instance && fenced) return { class: 'unreachable', because: `${instance.instanceId} was fenced by this case` };
  if (instance && isStoppedWithData(instance, known)) {
    const volumes = instance.volumes.map(({ volumeId }) => volumeId).join(', ');
    return { class: 'restartable', because: `${instance.instanceId} is stopped with ${volumes} attached` };
  }
  if (instance) {
    const agent = problem === null ? 'its agent is not connected' : `inspect failed (${problem})`;
    return { class: 'unreachable', because: `${instance.instanceId} is ${instance.state}, ${agent}` };
  }
  if (answers) return { class: 'unreachable', because: 'no instance is known for it, but it answers on the network' };
  if (!remains || !known)
    return { class: 'unreachable', because: 'no instance has its address, and the inventory does not know it' };
  return classOfRemains(remains, known.volumeIds);
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

/** A start brings it back: stopped, and every volume that the inventory knows is still attached. */
export function isStoppedWithData({ state, volumes }: Instance, known: Pick<Known, 'volumeIds'> | null): boolean {
  const attached = new Set(volumes.map(({ volumeId }) => volumeId));
  return state === 'stopped' && attached.size > 0 && (known?.volumeIds ?? []).every((volume) => attached.has(volume));
}

function classOfRemains(remains: Remains, volumeIds: readonly string[]): Classed {
  const { isGone, evidence } = goneProof(remains, volumeIds);
  return { class: isGone ? 'gone' : 'unreachable', because: evidence };
}

/**
 * Terminated counts only with the whole proof: instance, every volume of the inventory, and the address. A data volume that
 * is attached to a replacement is the old server (design rule 14).
 */
export function goneProof(
  { instanceId, instance, volumes, addressHeldBy }: Remains,
  volumeIds: readonly string[],
): { readonly isGone: boolean; readonly evidence: string } {
  const isDead = instance === 'terminated' || instance === 'absent';
  const inUse = volumes.filter(({ state }) => state !== 'deleted' && state !== 'available');
  const unseen = volumeIds.filter((id) => !volumes.some(({ volumeId }) => volumeId === id));
  const disks = [
    ...volumes.map(({ volumeId, state, attachedTo }) => `${volumeId} ${attachedTo ? `on ${attachedTo}` : state}`),
    ...unseen.map((id) => `${id} not looked at`),
  ];
  const holder = addressHeldBy
    ? `${addressHeldBy.instanceId ?? addressHeldBy.interfaceId} holds its address`
    : 'nobody holds its address';
  return {
    isGone: isDead && inUse.length === 0 && unseen.length === 0 && addressHeldBy === null,
    evidence: `${instanceId} is ${instance}; ${disks.join(', ') || 'no volume was known'}; ${holder}`,
  };
}
