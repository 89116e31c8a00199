import type { Exclusion } from './exclusion';
import { failed, passed, unknown, type Checked } from './health-check';
import { inspected, knownMembers, membershipOf } from './servers';
import type { Sight } from './sight';
import { strangersOf, strangersOnHosts } from './strangers';
import type { HostFacts, Instance, Member, RaftServer, Survey } from './survey';
import { addressesOf, hostOf } from './targets';
import { list } from './words';

/** How one excluded server is: out, as its fence says; alive; or not seen well enough to tell. */
interface Whereabouts {
  readonly state: 'out' | 'alive' | 'unseen';
  readonly says: string;
}

const ASK_GOSSIP = 'open port 8080 to the prober; then look again';

/** Whom closed cases took out: in anybody's gossip, on the RPC port, or on its own host (design rule 1, facts/dkron E9, E12). */
export function noExcludedAlive(sight: Sight): Checked {
  const { survey, signs } = sight.planner;
  const found = survey.exclusions.map((exclusion) => ({ exclusion, ...whereabouts(exclusion, sight) }));
  const alive = found.filter(({ state }) => state === 'alive');
  const [first] = alive;
  if (first) {
    const bridge = signs.agents.length > 0 ? `; agent nodes gossip for it: ${list(signs.agents)}` : '';
    return failed(`${alive.map(({ says }) => says).join('; ')}${bridge}`, nextFor(first.exclusion, sight));
  }
  if (found.length > 0 && !gossips(survey)) return unknown('no server told its members', ASK_GOSSIP);
  const unseen = found.filter(({ state }) => state === 'unseen');
  if (unseen.length > 0)
    return unknown(unseen.map(({ says }) => says).join('; '), 'connect the agent there; then look again');
  return passed(found.length === 0 ? 'nobody was taken out' : found.map(({ says }) => says).join('; '));
}

function whereabouts(exclusion: Exclusion, sight: Sight): Whereabouts {
  const { serverId: id, caseId, address } = exclusion;
  const member = sight.members.find((one) => one.id === id) ?? null;
  if (member && isOnItsHost(member, exclusion, sight))
    return { state: 'alive', says: `${id} was taken out by ${caseId}, and is in the configuration again` };
  const by = aliveFor(id, member, sight.planner.survey);
  if (by.length > 0) return { state: 'alive', says: `${id} was taken out, and is alive in the gossip of ${list(by)}` };
  if (!member && sight.servers.some((server) => server.id === id && server.report !== null))
    return { state: 'alive', says: `${id} was taken out, and answers at ${address}` };
  return onItsHost(exclusion, sight);
}

/** A new host may bear the name of the server that it replaces; the old one is out, on a host of its own. */
function isOnItsHost(member: RaftServer, { fence, address }: Exclusion, { planner, servers }: Sight): boolean {
  if (fence.kind === 'gone') return false;
  const facts = servers.find(({ id }) => id === member.id)?.facts;
  const owner = planner.survey.fleet.instances.find((one) => addressesOf(one).includes(hostOf(member.address)));
  const instanceId = facts?.hostId ?? owner?.instanceId;
  return instanceId === undefined ? member.address === address : instanceId === fence.instanceId;
}

/** Who has a server of this name alive, unless it is the member that bears it now. */
function aliveFor(id: string, member: RaftServer | null, { network }: Survey): string[] {
  const own = member === null ? null : hostOf(member.address);
  const isIt = ({ name, server, status, address, rpcAddr }: Member): boolean =>
    name === id && server && status === 'alive' && own !== address && (rpcAddr === null || own !== hostOf(rpcAddr));
  return network.reports
    .flatMap(({ address, members }) => (members.outcome === 'answered' && members.members.some(isIt) ? [address] : []))
    .sort();
}

/** A host that runs is out where nothing can start on its data-dir, or where it reaches nobody. */
function onItsHost({ serverId: id, fence }: Exclusion, { planner }: Sight): Whereabouts {
  if (fence.kind === 'gone') return { state: 'out', says: `${id} is gone` };
  const { survey, context } = planner;
  const instance = survey.fleet.instances.find(({ instanceId }) => instanceId === fence.instanceId);
  if (!instance) return { state: 'out', says: `the host of ${id} is not there any more` };
  const isCut = isCutOff(instance, Object.values(context.quarantine));
  if (instance.state !== 'running')
    return { state: 'out', says: `${id} is ${instance.state}${isCut ? ' and cut off' : ''}` };
  if (isCut) return { state: 'out', says: `${id} runs in quarantine, where it reaches nobody` };
  const facts = inspected(survey).find(({ hostId }) => hostId === fence.instanceId);
  if (facts) return byFacts(id, facts);
  if (fence.kind === 'hold')
    return { state: 'unseen', says: `nobody looked at the hold of ${id} on ${fence.instanceId}` };
  return { state: 'alive', says: `${fence.instanceId} of ${id}, which was taken out, runs outside the quarantine` };
}

function isCutOff({ interfaces }: Instance, quarantine: readonly string[]): boolean {
  return interfaces.every(({ groups }) => groups.length > 0 && groups.every((group) => quarantine.includes(group)));
}

function byFacts(id: string, { dataDir, pids, hostId }: HostFacts): Whereabouts {
  if (dataDir.raft === 'missing' && pids.length === 0) return { state: 'out', says: `${id} has no data` };
  if (dataDir.raft !== 'file')
    return { state: 'alive', says: `${id} was taken out, and nothing holds its data on ${hostId}` };
  // A held server that its manager keeps starting joins the gossip for a moment at each try (facts/dkron E12).
  if (pids.length > 0) return { state: 'alive', says: `Dkron is kept starting on the held data of ${id} on ${hostId}` };
  return { state: 'out', says: `${id} is held` };
}

function nextFor({ serverId, fence }: Exclusion, { planner, members }: Sight): string {
  if (members.some((member) => member.id === serverId)) {
    return `if it came back with its old data, stop it; requorum peers --cluster ${planner.cluster.name}; docs/runbook.md, "Verify"`;
  }
  const host = fence.kind === 'gone' ? 'its host' : fence.instanceId;
  return `stop Dkron on ${host} now: the leader takes it for a voter within a minute, and its data is old`;
}

/** A fresh server beside the cluster wins an election with an empty log; with a leader there it may be a replacement. */
export function noStranger(sight: Sight): Checked {
  const { survey, signs } = sight.planner;
  const members = [...sight.members, ...membershipOf(survey), ...survey.exclusions.map(memberOf)];
  const membership = knownMembers(members, signs.servers);
  const alive = strangersOf({ ...survey, membership, own: survey.cutOff });
  const found = [...alive, ...strangersOnHosts(survey, membership)];
  if (found.length > 0)
    return failed(found.map(({ says }) => says).join('; '), strangerNext(alive.length > 0, sight.leader !== null));
  return gossips(survey) ? passed('only known servers are seen') : unknown('no server told its members', ASK_GOSSIP);
}

function strangerNext(isAlive: boolean, leads: boolean): string {
  if (!isAlive) return 'do not start it: move its data aside, then let it join again empty, or keep it fenced';
  if (leads) return 'if it is a replacement, it joins within a minute: look again; else stop it';
  return 'stop it: an empty server can win the election and erase every job';
}

function memberOf({ serverId, address }: Exclusion): RaftServer {
  return { id: serverId, address, suffrage: 'voter' };
}

function gossips({ network }: Survey): boolean {
  return network.reports.some(({ members }) => members.outcome === 'answered');
}
