import { idAt } from './leader';
import { withData } from './servers';
import type { FleetView, Instance, Inventory, Member, Neighbour, NetworkView, RaftServer, Survey } from './survey';
import { addressesOf, hostOf } from './targets';

/** A server that is neither of the old configuration nor will be of the new one (design §1 and rule 2). */
export interface Stranger {
  readonly says: string;
  readonly evidence: string;
  /** How it is stopped, or whose it is found to be: as a command. */
  readonly nextStep: string;
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
      nextStep: stopping(survey.fleet.instances.find((one) => one.instanceId === hostId) ?? { instanceId: hostId }, ''),
    }));
}

/** A stopped one cannot vote; one that is on its way down still can. */
const MAY_RUN = ['pending', 'running', 'stopping', 'shutting-down'];

function launchedSince({ fleet, openedAt, inventory, own = [] }: StrangerInput): Stranger[] {
  const known = new Set([...(inventory?.servers ?? []).map(({ instanceId }) => instanceId), ...own]);
  const all = [...fleet.instances, ...fleet.neighbours.map((one) => ({ ...one, says: besideIt(one) }))];
  // EC2 tells whole seconds: who was launched in the second in which the case opened counts as after it.
  const from = Math.floor(Date.parse(openedAt) / 1000) * 1000;
  return (
    all
      .filter(({ state }) => MAY_RUN.includes(state))
      // An instance that was stopped and started again has a new launch time, but it is no new instance.
      .filter(({ instanceId, launchedAt }) => Date.parse(launchedAt) >= from && !known.has(instanceId))
      .map((instance) => ({
        says: `${instance.instanceId} was launched${'says' in instance ? instance.says : ''} after the case opened`,
        evidence: `${instance.state}, launched ${instance.launchedAt}, case opened ${openedAt}`,
        nextStep: stopping(instance, ''),
      }))
  );
}

function besideIt({ autoScalingGroup }: Neighbour): string {
  return autoScalingGroup === null
    ? ' in a security group of the cluster'
    : ` by ${autoScalingGroup}, an Auto Scaling group of the cluster,`;
}

/** Whoever answers at an address that is no member's, also under a member's name: that may be an empty replacement. */
function answering({ fleet, network, membership }: StrangerInput): Stranger[] {
  const own = membership.map(({ address }) => hostOf(address));
  // A server's other interfaces answer as well; they are no strangers.
  const beside = fleet.instances
    .map((instance) => addressesOf(instance))
    .filter((addresses) => addresses.some((address) => own.includes(address)));
  const addresses = new Set([...own, ...beside.flat()]);
  return network.reports
    .filter(({ raft, address }) => raft.outcome === 'answered' && !addresses.has(address))
    .map((report) => ({
      says: `${at(report.address, fleet)} answers on the RPC port and is in no configuration known here`,
      evidence: `it calls itself ${idAt(report) ?? 'nothing'}`,
      nextStep: stopping(ownerOf(report.address, fleet), report.address),
    }));
}

function gossiping({ fleet, network, membership }: StrangerInput): Stranger[] {
  const told = network.reports.flatMap(({ address: by, members }) =>
    members.outcome === 'answered' ? members.members.map((member) => ({ member, by })) : [],
  );
  return told
    .filter(({ member }) => member.server && member.status === 'alive')
    .flatMap(({ member, by }) => {
      const says = gossipText(member, membership);
      const nextStep = stopping(ownerOf(member.address, fleet), member.address);
      return says === null ? [] : [{ says, evidence: `seen by ${by} at ${at(member.address, fleet)}`, nextStep }];
    });
}

type Owner = Pick<Instance, 'instanceId'> & Partial<Pick<Instance, 'autoScalingGroup'>>;

function ownerOf(address: string, { instances, neighbours }: FleetView): Owner | null {
  return [...instances, ...neighbours].find((one) => addressesOf(one).includes(address)) ?? null;
}

function at(address: string, fleet: FleetView): string {
  const owner = ownerOf(address, fleet);
  return owner ? `${address} (${owner.instanceId})` : address;
}

/** A group would put another one in the place of the one that is stopped. */
function stopping(owner: Owner | null, address: string): string {
  if (!owner) {
    return `find out whose it is: aws ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values=${address}, and stop it`;
  }
  const stop = `aws ec2 stop-instances --instance-ids ${owner.instanceId}`;
  if (!owner.autoScalingGroup) return `stop it: ${stop}`;
  const processes = 'Launch Terminate HealthCheck ReplaceUnhealthy AZRebalance';
  return `keep its group still and stop it: aws autoscaling suspend-processes --auto-scaling-group-name ${owner.autoScalingGroup} --scaling-processes ${processes}; ${stop}`;
}

/** A known name at another address is a replacement, and it may be an empty one. */
function gossipText(member: Member, membership: readonly RaftServer[]): string | null {
  const own = membership.filter(({ id }) => id === member.name).map(({ address }) => hostOf(address));
  if (own.length === 0) return `${member.name} is a server in the gossip and in no configuration known here`;
  const seen = member.rpcAddr === null ? member.address : hostOf(member.rpcAddr);
  if (own.some((one) => one === seen || one === member.address || one === '0.0.0.0' || one === '::')) return null;
  return `a server at ${seen} bears the name of ${member.name}, which belongs to ${own.join(' or ')}`;
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
