import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import type { CaseRef } from '../../lib/recovery/case';
import type { CaseRecord, LaunchRecord } from '../../lib/recovery/case-record';
import type { Cluster } from '../../lib/recovery/cluster';
import { RequorumError } from '../../lib/recovery/errors';
import type { FenceRecord } from '../../lib/recovery/fence';
import type { Launch } from '../../lib/recovery/plan';
import { type Group, groupNamed, setDesiredCapacity } from '../adapters/autoscaling-group';
import { nowIso } from '../adapters/clock';
import { instancesById } from '../adapters/ec2';
import { groupsOfTemplate, instanceOfToken, runInstance } from '../adapters/ec2-launch';
import { putIntoGroups } from '../adapters/ec2-power';
import { interfacesOf, stateOf } from '../adapters/fleet-instance';
import { sha256 } from '../adapters/sha256';
import { agentOf } from '../adapters/ssm';
import type { FencedCase, Fencing } from './fence';

type FromTemplate = Extract<Launch, { by: 'launch-template' }>;
type FromGroup = Extract<Launch, { by: 'auto-scaling' }>;

/**
 * A new host that reaches nobody: with bootstrap-expect 1 it would make itself a cluster of its own (E3). Kept in the case
 * before it is asked for; asked for again, it is found again. True when it runs and its agent is there.
 * @throws RequorumError CannotLaunch
 */
export const launchHost = async (fencing: Fencing, ref: CaseRef, known: FencedCase): Promise<boolean> => {
  const { launch } = known.plan;
  if (!launch) return true;
  const asked = known.record.launch ?? (await ask(fencing, known, launch));
  const launched = await (launch.by === 'auto-scaling'
    ? ofGroup(asked, launch)
    : ofTemplate(fencing, known, asked, launch));
  const up: boolean[] = [];
  for (const instance of launched) {
    await cutOff(fencing, ref, asked, instance, known.record.fences[instance.InstanceId ?? '']);
    up.push(stateOf(instance) === 'running' && (await agentOf(instance.InstanceId ?? '')) === 'connected');
  }
  return up.length > 0 && up.every((one) => one);
};

/** What this case asked for and is there: for Undo, also where the record of the host itself was never written. */
export const launchedBy = async (
  { launch }: Pick<CaseRecord, 'launch'>,
  { selector }: Pick<Cluster, 'selector'>,
): Promise<Ec2Instance[]> => {
  if (launch === null) return [];
  if (launch.scaling) return newMembers(launch, await groupNamed(launch.scaling.group));
  const instance = await instanceOfToken(selector, launch.token);
  return instance ? [instance] : [];
};

/** Kept before anything changes: without it nobody could find, cut off or stop the host that comes of it. */
const ask = async (fencing: Fencing, { record }: FencedCase, launch: Launch): Promise<LaunchRecord> => {
  const { caseId, approvedPlanId } = record;
  const common = {
    replaces: launch.replaces,
    askedAt: nowIso(fencing.clock),
    token: sha256(`${caseId}/${approvedPlanId ?? ''}`),
  };
  const asked: LaunchRecord =
    launch.by === 'auto-scaling'
      ? { ...common, groups: [], scaling: scalingOf(await groupNamed(launch.group)) }
      : { ...common, groups: await groupsOfTemplate(launch), scaling: null };
  const kept = await fencing.cases.changeOpen(caseId, { launch: asked });
  if (!kept) throw new RequorumError('LeaseLost', `case ${caseId} was closed before a host was launched`);
  const says = `asking for a new host in place of ${launch.replaces}, in quarantine`;
  await fencing.cases.tell(caseId, { phase: 'power-on', says });
  return asked;
};

/** @throws RequorumError CannotLaunch where the group would not launch, whatever it is asked to be */
const scalingOf = ({ name, desired, most, members, suspended }: Group): NonNullable<LaunchRecord['scaling']> => {
  if (suspended.includes('Launch')) {
    const resume = `aws autoscaling resume-processes --auto-scaling-group-name ${name} --scaling-processes Launch`;
    throw new RequorumError('CannotLaunch', `${name} launches nothing, Launch is suspended; ${resume}`);
  }
  if (desired >= most) throw new RequorumError('CannotLaunch', `${name} is at its MaxSize of ${most}`);
  return { group: name, desiredBefore: desired, members: [...members.keys()] };
};

const ofTemplate = async (
  { quarantine }: Fencing,
  { cluster: { selector, vpc } }: FencedCase,
  { token }: LaunchRecord,
  { template, version, subnetId }: FromTemplate,
): Promise<Ec2Instance[]> => {
  const found = await instanceOfToken(selector, token);
  if (found) return [living(found)];
  const group = quarantine[vpc?.vpcId ?? ''];
  if (group === undefined) throw new RequorumError('CannotLaunch', 'there is no quarantine group in its network');
  await runInstance({ template, version, subnetId, token, group, tags: selector });
  // Seen at the next look: EC2 takes a moment to show what it made.
  return [];
};

const ofGroup = async (asked: LaunchRecord, { group: name }: FromGroup): Promise<Ec2Instance[]> => {
  const group = await groupNamed(name);
  const found = await newMembers(asked, group);
  const wanted = (asked.scaling?.desiredBefore ?? group.desired) + 1;
  if (found.length === 0 && group.desired < wanted) await setDesiredCapacity(name, wanted);
  return found.map(living);
};

const newMembers = async ({ scaling }: LaunchRecord, { members }: Group): Promise<Ec2Instance[]> => {
  const before = new Set(scaling?.members);
  return instancesById([...members.keys()].filter((id) => !before.has(id)));
};

/** @throws RequorumError CannotLaunch with EC2's own reason where it ended as soon as it began */
const living = (instance: Ec2Instance): Ec2Instance => {
  const state = stateOf(instance);
  if (state !== 'terminated' && state !== 'shutting-down') return instance;
  const why = instance.StateReason?.Message ?? 'EC2 gives no reason';
  throw new RequorumError('CannotLaunch', `${instance.InstanceId ?? 'the new host'} is ${state}: ${why}`);
};

/** A member of a group comes up in the groups of its template, and is cut off as soon as it is seen. */
const cutOff = async (
  { cases, clock, quarantine }: Fencing,
  { caseId }: CaseRef,
  asked: LaunchRecord,
  instance: Ec2Instance,
  known: FenceRecord | undefined,
): Promise<void> => {
  const { InstanceId: instanceId = '', VpcId = '' } = instance;
  const group = quarantine[VpcId];
  const interfaces = interfacesOf(instance);
  if (group === undefined || interfaces.length === 0) return;
  const record = known ?? recordOf(asked, instanceId, interfaces);
  if (!known) await cases.recordFence(caseId, record);
  for (const { id, groups } of interfaces) {
    if (groups.length !== 1 || groups[0] !== group) await putIntoGroups(id, [group]);
  }
  if (record.quarantinedAt) return;
  await cases.recordFence(caseId, { ...record, quarantinedAt: nowIso(clock) });
  const says = `${asked.replaces}: ${instanceId} was launched in its stead, in quarantine`;
  await cases.tell(caseId, { phase: 'power-on', says });
};

export const recordOf = (
  { replaces, askedAt, groups: ofTemplate }: LaunchRecord,
  instanceId: string,
  interfaces: ReturnType<typeof interfacesOf>,
): FenceRecord => ({
  instanceId,
  groupsBefore: Object.fromEntries(
    interfaces.map(({ id, groups }) => [id, ofTemplate.length > 0 ? ofTemplate : groups]),
  ),
  stateBefore: 'absent',
  quarantinedAt: null,
  stopAskedAt: null,
  startAskedAt: askedAt,
  launchedFor: replaces,
  kept: false,
});
