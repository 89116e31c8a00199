import { idAt } from './leader';
import { withData } from './servers';
import type { FleetView, Inventory, Member, NetworkView, RaftServer, Survey } from './survey';
import { addressesOf, hostOf } from './targets';

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
  /** Instances that this case itself started. */
  readonly own?: readonly string[];
}

/** Servers that could win an election with an empty log: by gossip, by an answer on the RPC port, by launch time (E3). */
export function strangersOf(input: StrangerInput): Stranger[] {
  return distinct([...launchedSince(input), ...answering(input), ...gossiping(input)]);
}

/** Hosts with Raft data whose server is of no known configuration. Only an inspected host can show this. */
export function strangersOnHosts(survey: Survey, membership: readonly RaftServer[]): Stranger[] {
  const ids = new Set(membership.map(({ id }) => id));
  const addresses = new Set(membership.map(({ address }) => hostOf(address)));
  return withData(survey)
    .filter(({ nodeName }) => !ids.has(nodeName.value))
    .filter(({ hostId }) => {
      const instance = survey.fleet.instances.find(({ instanceId }) => instanceId === hostId) ?? null;
      return !addressesOf(instance).some((address) => addresses.has(address));
    })
    .map(({ hostId, nodeName, dataDir }) => ({
      says: `${nodeName.value} on ${hostId} has Raft data and is in no configuration known here`,
      evidence: dataDir.path,
    }));
}

function launchedSince({ fleet, openedAt, inventory, own = [] }: StrangerInput): Stranger[] {
  const known = new Set([...(inventory?.servers ?? []).map(({ instanceId }) => instanceId), ...own]);
  const all = [
    ...fleet.instances,
    ...fleet.neighbours.map((one) => ({ ...one, says: ' in a security group of the cluster' })),
  ];
  return (
    all
      .filter(({ state }) => state === 'pending' || state === 'running')
      // An instance that was stopped and started again has a new launch time, but it is no new instance.
      .filter(({ instanceId, launchedAt }) => Date.parse(launchedAt) > Date.parse(openedAt) && !known.has(instanceId))
      .map((instance) => ({
        says: `${instance.instanceId} was launched${'says' in instance ? instance.says : ''} after the case opened`,
        evidence: `launched ${instance.launchedAt}, case opened ${openedAt}`,
      }))
  );
}

function answering({ fleet, network, membership }: StrangerInput): Stranger[] {
  const ids = new Set(membership.map(({ id }) => id));
  const own = membership.map(({ address }) => hostOf(address));
  // A server's other interfaces answer as well; they are no strangers.
  const beside = fleet.instances
    .map((instance) => addressesOf(instance))
    .filter((addresses) => addresses.some((address) => own.includes(address)));
  const addresses = new Set([...own, ...beside.flat()]);
  return network.reports
    .filter(({ raft, address }) => raft.outcome === 'answered' && !addresses.has(address))
    .filter((report) => !ids.has(idAt(report) ?? ''))
    .map((report) => ({
      says: `${report.address} answers on the RPC port and is in no configuration known here`,
      evidence: `it calls itself ${idAt(report) ?? 'nothing'}`,
    }));
}

function gossiping({ network, membership }: StrangerInput): Stranger[] {
  const told = network.reports.flatMap(({ address: by, members }) =>
    members.outcome === 'answered' ? members.members.map((member) => ({ member, by })) : [],
  );
  return told
    .filter(({ member }) => member.server && member.status === 'alive')
    .flatMap(({ member, by }) => {
      const says = gossipText(member, membership);
      return says === null ? [] : [{ says, evidence: `seen by ${by} at ${member.address}` }];
    });
}

/** A known name at another address is a replacement, and it may be an empty one. */
function gossipText(member: Member, membership: readonly RaftServer[]): string | null {
  const own = membership.filter(({ id }) => id === member.name).map(({ address }) => hostOf(address));
  if (own.length === 0) return `${member.name} is a server in the gossip and in no configuration known here`;
  const at = member.rpcAddr === null ? member.address : hostOf(member.rpcAddr);
  if (own.some((one) => one === at || one === member.address || one === '0.0.0.0' || one === '::')) return null;
  return `a server at ${at} bears the name of ${member.name}, which belongs to ${own.join(' or ')}`;
}

/** Nodes that gossip and are no servers: no strangers, but they can make a dead server look alive (facts/dkron E9). */
export function agentNodes({ reports }: NetworkView): string[] {
  const told = reports.flatMap(({ members }) => (members.outcome === 'answered' ? members.members : []));
  const names = told.flatMap(({ name, server, status }) => (!server && status === 'alive' ? [name] : []));
  return [...new Set(names)].sort();
}

function distinct(strangers: readonly Stranger[]): Stranger[] {
  const byText = new Map(strangers.map((stranger) => [stranger.says, stranger]));
  return [...byText.values()].sort((a, b) => (a.says < b.says ? -1 : 1));
}
