import { hostOf } from './targets';
import type { HostFacts, NetworkReport, NetworkView } from './survey';

/** What the network says about leadership. A claim that its subject does not confirm is a disagreement, never a leader. */
export type LeaderSeen =
  | { readonly kind: 'leader'; readonly id: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'disagreement'; readonly says: string };

/** Whom a server names. `/v1/leader` without rpc_addr names nobody (facts/dkron §11). */
function claimOf({ leader }: Pick<NetworkReport, 'leader'>): string | null {
  if (leader.outcome !== 'answered') return null;
  return leader.leader?.rpcAddr ? leader.leader.id : null;
}

/** Whom the Dkron of a host names to its own host. */
export function claimOfHost(facts: HostFacts): string | null {
  return claimOf(facts);
}

/** The Raft id of the server that answered at an address, by its own configuration. */
export function idAt(report: NetworkReport): string | null {
  if (report.raft.outcome !== 'answered') return null;
  return report.raft.servers.find(({ address }) => hostOf(address) === report.address)?.id ?? null;
}

/** Everybody whom a server names as leader: over HTTP, and in its answer to RaftGetConfiguration. */
function claimsOf(report: NetworkReport): string[] {
  const byHttp = claimOf(report);
  const byRaft = report.raft.outcome === 'answered' ? report.raft.servers.filter(({ leader }) => leader) : [];
  return [...(byHttp === null ? [] : [byHttp]), ...byRaft.map(({ id }) => id)];
}

/**
 * One leader by Raft id: named by all who name one, and confirmed by `isleader` on itself (design rule 12). Anything between
 * that and `none` is a disagreement, which forbids to act as a leader does (design rule 6).
 */
export function leaderSeen(network: NetworkView): LeaderSeen {
  const leading = network.reports.filter(({ isLeader }) => isLeader.outcome === 'answered' && isLeader.leads);
  const claims = [...new Set(network.reports.flatMap(claimsOf))].sort();
  if (leading.length === 0 && claims.length === 0) return { kind: 'none' };
  if (leading.length > 1) {
    return { kind: 'disagreement', says: `${leading.length} servers say that they lead: ${addresses(leading)}` };
  }
  const [leads] = leading;
  if (!leads)
    return { kind: 'disagreement', says: `${claims.join(' and ')} is named as leader and does not confirm it` };
  const id = claimOf(leads) ?? idAt(leads);
  const others = claims.filter((claim) => claim !== id);
  if (id === null) return { kind: 'disagreement', says: `${leads.address} says that it leads and nobody names it` };
  if (others.length > 0)
    return { kind: 'disagreement', says: `${id} leads, and ${others.join(' and ')} is named as well` };
  return { kind: 'leader', id };
}

function addresses(reports: readonly NetworkReport[]): string {
  return reports
    .map(({ address }) => address)
    .sort()
    .join(', ');
}
