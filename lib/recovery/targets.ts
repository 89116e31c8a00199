import type { Target } from './boundary';
import type { Cluster } from './cluster';
import type { FleetView, Inventory } from './survey';

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

/** Everything that may be a server: each address of each living instance, and each address the inventory knows. */
export function probeTargets(fleet: FleetView, inventory: Inventory | null, cluster: Cluster): Target[] {
  const known = (inventory?.servers ?? []).map(({ address }) => ({ address: hostOf(address), rpc: portOf(address) }));
  const living = fleet.instances
    .filter(({ state }) => state === 'running' || state === 'pending')
    .flatMap(({ interfaces }) => interfaces.flatMap(({ addresses }) => addresses))
    .map((address) => ({ address, rpc: cluster.ports.rpc }));
  const byAddress = new Map([...living, ...known].map((target) => [target.address, target]));
  return [...byAddress.values()]
    .map((target) => ({ ...target, http: cluster.ports.http }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}
