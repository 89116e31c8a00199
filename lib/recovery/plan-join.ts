import { planned, refused, standingOf, type Planner } from './draft';
import type { Exclusion } from './exclusion';
import type { Finding, Joining, Planning } from './plan';
import { managerRefusals, refusal, versionOf, warning } from './refusals';
import { ownAddress } from './servers';
import type { HostFacts, Instance } from './survey';
import { hostPort } from './targets';

/** A host that this case launched, as it was found in quarantine: it joins with whatever lies there put aside. */
export function joinLaunched(planner: Planner, replaces: string, refusals: readonly Finding[]): Planning {
  const { survey } = planner;
  const [instanceId = '', ...more] = survey.launched;
  const host = survey.hosts.find((report) => report.instanceId === instanceId);
  if (more.length > 0) return refused(planner, [...refusals, tooMany(survey.launched)]);
  if (host?.outcome !== 'inspected') return refused(planner, [...refusals, notSeen(instanceId, host?.detail ?? '')]);
  const { facts } = host;
  const id = facts.nodeName.value;
  const instance = survey.fleet.instances.find((one) => one.instanceId === instanceId) ?? null;
  return join(planner, {
    facts,
    instance,
    // No case holds it yet: this one does, first, so that its own Dkron does not start when it is let in.
    heldBy: null,
    letIn: [instanceId],
    groups: {},
    keptOut: survey.exclusions,
    refusals: [...refusals, ...nameRefusals(planner, id, replaces)],
  });
}

/** A host that was looked at, and what has to be known to let it join. */
export interface Newcomer {
  readonly facts: HostFacts;
  readonly instance: Instance | null;
  readonly heldBy: string | null;
  readonly letIn: string[];
  /** Groups of before it was fenced, per interface; none for a host of this case's own. */
  readonly groups: Joining['groups'];
  readonly keptOut: Exclusion[];
  readonly refusals: readonly Finding[];
}

/** The last step of every way back: whatever lies on the host is put aside, and its Dkron joins the leader empty. */
export function join(planner: Planner, newcomer: Newcomer): Planning {
  const { facts, letIn, keptOut, refusals } = newcomer;
  return planned(
    planner,
    {
      remedy: 'readmit',
      standing: standingOf(planner.signs.answering),
      keptOut,
      joining: [joiningOf(newcomer)],
      letIn,
      findings: [...versionFindings(planner, facts), ...bothNeeded(planner)],
    },
    [...refusals, ...managerRefusals(facts.nodeName.value, facts), ...versionRefusals(planner, facts)],
  );
}

/** Two voters have a quorum of two: adding the second one takes the freedom to lose either (Raft §4.1). */
function bothNeeded({ signs, cluster }: Planner): Finding[] {
  if (signs.voters.length !== 1) return [];
  const says = 'with two voters both are needed: until a third is in, a failure of either one stops the cluster';
  const next = `let the third one in right after this one: requorum readmit or replace --cluster ${cluster.name}`;
  return [warning('both-needed', says, '', next)];
}

function joiningOf({ facts, instance, heldBy, groups }: Newcomer): Joining {
  const { kind, socket, unit } = facts.manager;
  const host = ownAddress('', facts, instance);
  return {
    id: facts.nodeName.value,
    address: hostPort(host, facts.ports.rpc),
    instanceId: facts.hostId,
    dataDir: facts.dataDir.path,
    manager: { kind, socket, unit },
    gossip: hostPort(host, facts.ports.serf),
    http: facts.httpAddress,
    heldBy,
    groups,
  };
}

/** Raft ids are node names: one that is taken would be two servers with one vote, or an old server that comes back. */
function nameRefusals({ signs, survey }: Planner, name: string, replaces: string): Finding[] {
  const members = signs.servers.map(({ id }) => id);
  const out = survey.exclusions.map(({ serverId }) => serverId).filter((id) => id !== replaces);
  if (!members.includes(name) && !out.includes(name)) return [];
  const says = `the new host calls itself ${name}, which is ${members.includes(name) ? 'a member' : 'another server that is out'}`;
  const next = 'let the image make node-name from the host (its own name or address), then a new case';
  return [refusal('node-name-taken', says, '', next)];
}

/** An older major cannot read what the leader sends it. */
function versionRefusals(planner: Planner, { version, hostId }: HostFacts): Finding[] {
  const [own, leaders] = [versionOf(version), leaderVersion(planner)];
  if (!own || !leaders || own[0] >= leaders[0]) return [];
  const says = `Dkron ${version ?? ''} on ${hostId} is older than the leader's ${leaders.join('.')}`;
  return [
    refusal('dkron-older-than-leader', says, '', 'put the version of the leader into the image, then a new case'),
  ];
}

function versionFindings(planner: Planner, { version, hostId }: HostFacts): Finding[] {
  if (versionOf(version) && leaderVersion(planner)) return [];
  const says = `the version of Dkron on ${hostId} could not be compared with the leader's`;
  const next = 'see that the image has the version of the other servers';
  return [{ ...warning('version-unknown', says, version ?? 'no answer', next), severity: 'info' }];
}

function leaderVersion({ signs }: Planner): readonly [number, number, number] | null {
  const { leader } = signs;
  const server = leader.kind === 'leader' ? signs.servers.find(({ id }) => id === leader.id) : undefined;
  return versionOf(server?.facts?.version ?? null);
}

function notSeen(instanceId: string, detail: string): Finding {
  const says = `the new host ${instanceId} could not be inspected`;
  const next =
    'its image needs Dkron, python3 and an agent that finds Systems Manager over port 443 alone: in quarantine nothing else leaves the host';
  return refusal('launched-not-inspected', says, detail, next);
}

function tooMany(launched: readonly string[]): Finding {
  const says = `${launched.length} new hosts came up, and one was asked for`;
  const next = 'see why the group launches others (its activities), mend that, then a new case';
  return refusal('too-many-launched', says, launched.join(', '), next);
}
