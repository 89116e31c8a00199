import { hostOf } from './targets';
import type { NetworkReport, NetworkView } from './survey';

/** What the network says about leadership. A claim that its subject does not confirm is a disagreement, never a leader. */
export type LeaderSeen =
  | { readonly kind: 'leader'; readonly id: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'disagreement'; readonly says: string };

/** Whom a server names. `/v1/leader` without rpc_addr names nobody (facts/dkron §11). */
export function claimOf(report: NetworkReport): string | null {
  if (report.leader.outcome !== 'answered') return null;
  return report.leader.leader?.rpcAddr ? report.leader.leader.id : null;
}

/** The Raft id of the server that answered at an address, by its own configuration. */
export function idAt(report: NetworkReport): string | null {
  if (report.raft.outcome !== 'answered') return null;
  return report.raft.servers.find(({ address }) => hostOf(address) === report.address)?.id ?? null;
}

/** One leader by Raft id: named by all who name one, and confirmed by `isleader` on itself (design rule 12). */
export function leaderSeen(network: NetworkView): LeaderSeen {
  const leading = network.reports.filter(({ isLeader }) => isLeader.outcome === 'answered' && isLeader.leads);
  const claims = [...new Set(network.reports.map(claimOf).filter((id) => id !== null))].sort();
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
  return reports.map(({ address }) => address).join(', ');
}
