import { heldRefusal } from './choose';
import { refused, standingOf, type Planner } from './draft';
import type { Exclusion } from './exclusion';
import { isCutOff, signOfLife } from './kept-out';
import { join } from './plan-join';
import { powerOn } from './plan-restart';
import type { Finding, Planning } from './plan';
import { refusal } from './refusals';
import type { HostFacts, Instance, Survey } from './survey';
import { inspected, membershipOf } from './servers';
import { wayBackRefusals } from './way-back';

/**
 * `requorum readmit`: a server that is out comes back, with an empty data-dir. A host that is off comes up in quarantine first
 * and is looked at; a plan of its own, with a gate of its own, then lets it in (design §2; rules 1 and 2).
 */
export function planReadmit(planner: Planner, id: string): Planning {
  const { survey, signs } = planner;
  const exclusion = survey.exclusions.find((one) => one.serverId === id && one.replacedBy === undefined);
  if (signs.servers.some((server) => server.id === id)) return refused(planner, [stillAMember(id)]);
  if (!exclusion) return refused(planner, [notOut(planner, id)]);
  const keptOut = survey.exclusions.filter((one) => one !== exclusion);
  const refusals = wayBackRefusals(planner, id, keptOut);
  const instance = hostOf(exclusion, planner);
  if (!instance) return refused(planner, [...refusals, hostGone(planner, exclusion)]);
  if (instance.state === 'stopped') {
    const standing = standingOf(signs.answering);
    return powerOn(planner, [{ id, instance }], refusals, { standing, keptOut });
  }
  const host = survey.hosts.find((report) => report.instanceId === instance.instanceId);
  if (host?.outcome !== 'inspected') {
    return refused(planner, [...refusals, notInspected(id, instance, host?.detail ?? 'no answer of its agent')]);
  }
  const { facts } = host;
  const isCut = isCutOff(instance, planner);
  return join(planner, {
    facts,
    instance,
    heldBy: facts.dataDir.raft === 'file' ? facts.dataDir.heldBy : null,
    letIn: isCut ? [instance.instanceId] : [],
    groups: isCut ? exclusion.groupsBefore : {},
    keptOut,
    refusals: [
      ...refusals,
      ...nameRefusals(id, facts, survey),
      ...dataRefusals(exclusion, facts, isCut, planner),
      ...aliveRefusals(exclusion, planner),
    ],
  });
}

function hostOf({ fence }: Exclusion, { survey }: Planner): Instance | undefined {
  if (fence.kind === 'gone') return undefined;
  return survey.fleet.instances.find(
    ({ instanceId, state }) => instanceId === fence.instanceId && state !== 'terminated' && state !== 'shutting-down',
  );
}

function nameRefusals(id: string, { nodeName, hostId }: HostFacts, survey: Survey): Finding[] {
  if (nodeName.value !== id) {
    const says = `the host of ${id} would start as ${nodeName.value}`;
    return [refusal('node-name-changed', says, `by ${nodeName.evidence}`, 'set node-name back, then a new case')];
  }
  const namesake = inspected(survey).find((host) => host.nodeName.value === id && host.hostId !== hostId);
  if (!namesake || !survey.returning.includes(hostId)) return [];
  const says = `${namesake.hostId} bears the name of ${id} as well`;
  const next = 'find out which of them is the server; take the other out of the selector and stop it';
  return [refusal('duplicate-node-name', says, `${hostId}, ${namesake.hostId}`, next)];
}

/** Held by the case that took it out, or cut off: nothing else may be touched while its old data can reach anybody. */
function dataRefusals(exclusion: Exclusion, facts: HostFacts, isCut: boolean, { survey }: Planner): Finding[] {
  const { serverId: id, caseId } = exclusion;
  const { dataDir, pids, hostId } = facts;
  if (dataDir.raft === 'file') {
    const known = dataDir.heldBy === caseId || (dataDir.heldBy !== null && dataDir.heldBy === survey.caseId);
    return known ? [] : [heldRefusal({ id, facts, because: `${hostId} is held` })];
  }
  if (isCut || dataDir.raft === 'missing' || pids.length === 0) return [];
  const says = `Dkron runs on ${id} with its old data, and nothing cuts it off`;
  const next = `stop ${hostId} at once; then: requorum verify; then readmit it`;
  return [refusal('runs-with-old-data', says, dataDir.path, next)];
}

/** Seen by anybody, it is neither held nor cut off, whatever its host says. */
function aliveRefusals(exclusion: Exclusion, { survey }: Planner): Finding[] {
  const evidence = signOfLife(exclusion, survey.network, membershipOf(survey));
  if (evidence === null) return [];
  const says = `${exclusion.serverId} was taken out, and shows itself all the same`;
  return [refusal('out-and-alive', says, evidence, 'stop its host at once; then: requorum verify; then readmit it')];
}

function stillAMember(id: string): Finding {
  const next = 'where it is down, requorum recover starts it; to take it out: requorum retire';
  return refusal('still-a-member', `${id} is in Raft's configuration`, '', next);
}

function notOut({ survey, cluster }: Planner, id: string): Finding {
  const out = survey.exclusions.filter(({ replacedBy }) => replacedBy === undefined).map(({ serverId }) => serverId);
  const next =
    out.length === 0
      ? 'a new server joins by itself, with an empty data-dir and bootstrap-expect 0'
      : `name one of them: requorum readmit --cluster ${cluster.name} --server ${out[0] ?? ''}`;
  return refusal('not-excluded', `no case took ${id} out`, `out: ${out.join(', ') || 'nobody'}`, next);
}

function hostGone({ cluster }: Planner, { serverId, fence }: Exclusion): Finding {
  const evidence = fence.kind === 'gone' ? 'proved gone when it was taken out' : `${fence.instanceId} is not there`;
  const next = `requorum replace --cluster ${cluster.name} --server ${serverId}`;
  return refusal('host-gone', `${serverId} has no host any more`, evidence, next);
}

function notInspected(id: string, { instanceId, state }: Instance, detail: string): Finding {
  const next =
    state === 'running' ? `connect the agent of ${instanceId}, then a new case` : 'wait a minute, then a new case';
  return refusal('not-inspected', `the host of ${id}, ${instanceId}, is ${state} and was not looked at`, detail, next);
}
