import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import type { CaseRef } from '../../lib/recovery/case';
import type { CaseRecord, LaunchRecord } from '../../lib/recovery/case-record';
import type { Cluster } from '../../lib/recovery/cluster';
import { RequorumError } from '../../lib/recovery/errors';
import type { FenceRecord } from '../../lib/recovery/fence';
import type { Launch } from '../../lib/recovery/plan';
import { nowIso } from '../adapters/clock';
import { groupsOfTemplate, instanceOfToken, runInstance } from '../adapters/ec2-launch';
import { putIntoGroups } from '../adapters/ec2-power';
import { interfacesOf, stateOf } from '../adapters/fleet-instance';
import { sha256 } from '../adapters/sha256';
import { agentOf } from '../adapters/ssm';
import type { FencedCase, Fencing } from './fence';

/**
 * A new host that reaches nobody: with bootstrap-expect 1 it would make itself a cluster of its own (E3). Kept in the case
 * before it is asked for; asked for again, it is found again. True when it runs and its agent is there.
 * @throws RequorumError CannotLaunch
 */
export const launchHost = async (fencing: Fencing, ref: CaseRef, known: FencedCase): Promise<boolean> => {
  const { launch } = known.plan;
  if (!launch) return true;
  const asked = known.record.launch ?? (await ask(fencing, known, launch));
  const instance = await findOrRun(fencing, known, asked, launch);
  if (!instance) return false;
  const { InstanceId: instanceId = '' } = instance;
  await cutOff(fencing, ref, asked, instance, known.record.fences[instanceId]);
  return stateOf(instance) === 'running' && (await agentOf(instanceId)) === 'connected';
};

/** What this case asked for and is there: for Undo, also where the record of the host itself was never written. */
export const launchedBy = async (
  { launch }: Pick<CaseRecord, 'launch'>,
  { selector }: Pick<Cluster, 'selector'>,
): Promise<Ec2Instance | null> => (launch === null ? null : instanceOfToken(selector, launch.token));

/** Kept before anything changes: without it nobody could find, cut off or stop the host that comes of it. */
const ask = async (fencing: Fencing, { record }: FencedCase, launch: Launch): Promise<LaunchRecord> => {
  const { caseId, approvedPlanId } = record;
  const asked: LaunchRecord = {
    replaces: launch.replaces,
    askedAt: nowIso(fencing.clock),
    token: sha256(`${caseId}/${approvedPlanId ?? ''}`),
    groups: await groupsOfTemplate(launch),
    group: launch.group,
    attached: null,
  };
  const kept = await fencing.cases.changeOpen(caseId, { launch: asked });
  if (!kept) throw new RequorumError('LeaseLost', `case ${caseId} was closed before a host was launched`);
  const says = `asking for a new host in place of ${launch.replaces}, in quarantine`;
  await fencing.cases.tell(caseId, { phase: 'power-on', says });
  return asked;
};

/** Null until it is seen: EC2 takes a moment to show what it made. */
const findOrRun = async (
  { quarantine }: Fencing,
  { cluster: { selector, vpc } }: FencedCase,
  { token }: LaunchRecord,
  { template, version, subnetId }: Launch,
): Promise<Ec2Instance | null> => {
  const found = await instanceOfToken(selector, token);
  if (found) return living(found);
  const group = quarantine[vpc?.vpcId ?? ''];
  if (group === undefined) throw new RequorumError('CannotLaunch', 'there is no quarantine group in its network');
  await runInstance({ template, version, subnetId, token, group, tags: selector });
  return null;
};

/** @throws RequorumError CannotLaunch with EC2's own reason where it ended as soon as it began */
const living = (instance: Ec2Instance): Ec2Instance => {
  const state = stateOf(instance);
  if (state !== 'terminated' && state !== 'shutting-down') return instance;
  const why = instance.StateReason?.Message ?? 'EC2 gives no reason';
  throw new RequorumError('CannotLaunch', `${instance.InstanceId ?? 'the new host'} is ${state}: ${why}`);
};

/** It was asked for in the quarantine group; whatever it came up in, it is cut off as soon as it is seen. */
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
  groupsBefore: Object.fromEntries(interfaces.map(({ id }) => [id, ofTemplate])),
  stateBefore: 'absent',
  quarantinedAt: null,
  stopAskedAt: null,
  startAskedAt: askedAt,
  launchedFor: replaces,
  kept: false,
});
