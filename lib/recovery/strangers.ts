import { hostOf } from './targets';
import { idAt } from './leader';
import type { FleetView, Inventory, NetworkView, RaftServer } from './survey';

/** A server that is neither of the old configuration nor will be of the new one (design §1 and rule 2). */
export interface Stranger {
  readonly says: string;
  readonly evidence: string;
}

export interface StrangerInput {
  readonly fleet: FleetView;
  readonly network: NetworkView;
  readonly inventory: Inventory | null;
  readonly membership: readonly RaftServer[];
  readonly openedAt: string;
}

/** Servers that could win an election with an empty log: by gossip, by an answer on the RPC port, by launch time. */
export function strangersOf(input: StrangerInput): Stranger[] {
  const found = [...launchedSince(input), ...answering(input), ...gossiping(input)];
  const byText = new Map(found.map((stranger) => [stranger.says, stranger]));
  return [...byText.values()].sort((a, b) => (a.says < b.says ? -1 : 1));
}

function launchedSince({ fleet, openedAt, inventory }: StrangerInput): Stranger[] {
  const known = new Map((inventory?.servers ?? []).map((server) => [server.instanceId, server]));
  return (
    fleet.instances
      .filter(({ state }) => state === 'pending' || state === 'running')
      // An instance that was stopped and started again has a new launch time, but it is no new instance.
      .filter(({ instanceId, launchedAt }) => launchedAt > openedAt && !known.has(instanceId))
      .map(({ instanceId, launchedAt }) => ({
        says: `${instanceId} was launched after the case opened`,
        evidence: `launched ${launchedAt}, case opened ${openedAt}`,
      }))
  );
}

function answering({ network, membership }: StrangerInput): Stranger[] {
  const addresses = new Set(membership.map(({ address }) => hostOf(address)));
  const ids = new Set(membership.map(({ id }) => id));
  return network.reports
    .filter(({ raft, address }) => raft.outcome === 'answered' && !addresses.has(address))
    .filter((report) => !ids.has(idAt(report) ?? ''))
    .map((report) => ({
      says: `${report.address} answers on the RPC port and is in no configuration known here`,
      evidence: `it calls itself ${idAt(report) ?? 'nothing'}`,
    }));
}

function gossiping({ network, membership }: StrangerInput): Stranger[] {
  const ids = new Set(membership.map(({ id }) => id));
  return network.reports.flatMap(({ address, members }) =>
    members.outcome !== 'answered'
      ? []
      : members.members
          .filter(({ server, status, name }) => server && status === 'alive' && !ids.has(name))
          .map(({ name, address: at }) => ({
            says: `${name} is a server in the gossip and in no configuration known here`,
            evidence: `seen by ${address} at ${at}`,
          })),
  );
}
