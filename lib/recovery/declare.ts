import type { Cluster } from './cluster';
import type { Declaration } from './declaration';
import { weighDeclaration } from './declared';
import type { Exclusion } from './exclusion';
import type { FleetView, Inventory, NetworkView } from './survey';

/** What becomes of a person's word that a server is destroyed. */
export type Declaring =
  | { readonly kind: 'declared'; readonly declaration: Declaration }
  | {
      readonly kind: 'refused';
      readonly code: 'UnknownServer' | 'NotGone';
      readonly says: string;
      readonly nextStep: string;
    };

interface Said {
  readonly server: string;
  readonly who: string;
  readonly at: string;
  readonly because: string;
}
interface Known {
  readonly cluster: Cluster;
  readonly inventory: Inventory | null;
  readonly exclusions: readonly Exclusion[];
  readonly fleet: FleetView;
  readonly network: NetworkView;
}

/**
 * Taken, unless something of the server is seen, or nobody has ever heard of it although it is known who there was. It is
 * weighed again in every plan: the world may change after the word was given.
 */
export function declare({ server, who, at, because }: Said, seen: Known): Declaring {
  const known = knownOf(server, seen);
  const address = known?.address ?? addressOf(server, seen.network);
  const others = everybody(seen);
  if (known === null && address === null && others.length > 0) {
    const says = `nobody knows a server ${server}; known are ${others.join(', ')}`;
    return { kind: 'refused', code: 'UnknownServer', says, nextStep: 'name it by its Raft id, as listed' };
  }
  const declaration: Declaration = {
    serverId: server,
    who,
    at,
    because: because.replaceAll(/\s+/g, ' ').trim(),
    known,
  };
  const weighed = weighDeclaration(declaration, { ...seen, serverId: server, address, known });
  if (weighed.kind === 'counts') return { kind: 'declared', declaration };
  const says = `${server} is not destroyed: ${weighed.says}`;
  return { kind: 'refused', code: 'NotGone', says, nextStep: weighed.nextStep };
}

/** From good times; else from the case that took it out. */
function knownOf(server: string, { inventory, exclusions }: Known): Declaration['known'] {
  const kept = inventory?.servers.find(({ id }) => id === server);
  if (kept) {
    const { address, instanceId, volumeIds, interfaceIds } = kept;
    return { address, instanceId, volumeIds, interfaceIds };
  }
  const exclusion = exclusions.find(({ serverId }) => serverId === server);
  if (!exclusion) return null;
  const { address, fence, groupsBefore, volumeIds } = exclusion;
  const instanceId = fence.kind === 'gone' ? null : fence.instanceId;
  return { address, instanceId, volumeIds, interfaceIds: Object.keys(groupsBefore).sort() };
}

/** As the servers that answer have it in their configuration. */
function addressOf(server: string, network: NetworkView): string | null {
  return configured(network).find(({ id }) => id === server)?.address ?? null;
}

function everybody({ inventory, exclusions, network }: Known): string[] {
  const ids = [...(inventory?.servers ?? []), ...configured(network)].map(({ id }) => id);
  return [...new Set([...ids, ...exclusions.map(({ serverId }) => serverId)])].sort();
}

function configured({ reports }: NetworkView) {
  return reports.flatMap(({ raft }) => (raft.outcome === 'answered' ? raft.servers : []));
}
