import type { Target } from './boundary';
import type { Cluster } from './cluster';
import type { FleetView, Instance, Inventory } from './survey';

/** Host part of host:port; brackets of an IPv6 address are taken off. */
export function hostOf(hostPort: string): string {
  const at = hostPort.lastIndexOf(':');
  return hostPort.slice(0, at).replace(/^\[|\]$/g, '');
}

export function portOf(hostPort: string): number {
  return Number(hostPort.slice(hostPort.lastIndexOf(':') + 1));
}

/** host:port; IPv6 gets its brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Every address of an instance, as EC2 knows them. */
export function addressesOf(instance: Pick<Instance, 'interfaces'> | null): string[] {
  return (instance?.interfaces ?? []).flatMap(({ addresses, publicAddresses }) => [...addresses, ...publicAddresses]);
}

/** The prober asks no more addresses than this at a time. */
const MOST_TARGETS = 32;

/**
 * Everything that may be a server: each address the inventory knows, then each address of each instance that is not
 * terminated, then of their neighbours. Known servers come first, so that a crowd cannot push one out of sight.
 */
export function probeTargets(fleet: FleetView, inventory: Inventory | null, cluster: Cluster): Target[] {
  const { rpc, http } = cluster.ports;
  const known = (inventory?.servers ?? []).map(({ address }) => ({ address: hostOf(address), rpc: portOf(address) }));
  const found = [...fleet.instances, ...fleet.neighbours]
    .filter(({ state }) => state !== 'terminated' && state !== 'shutting-down')
    .flatMap(({ interfaces }) => interfaces.flatMap(({ addresses }) => [...addresses].sort()))
    .map((address) => ({ address, rpc }));
  const addresses = new Set(known.map(({ address }) => address));
  const others = new Map(found.filter(({ address }) => !addresses.has(address)).map((one) => [one.address, one]));
  return [...byAddress(known), ...others.values()].slice(0, MOST_TARGETS).map((target) => ({ ...target, http }));
}

function byAddress<T extends { readonly address: string }>(targets: readonly T[]): T[] {
  return [...targets].sort((a, b) => (a.address < b.address ? -1 : 1));
}
