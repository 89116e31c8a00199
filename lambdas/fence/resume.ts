import type { CaseRef } from '../../lib/recovery/case';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { harmOfResuming } from '../../lib/recovery/auto-scaling';
import { isPoweredOn, type GroupRecord } from '../../lib/recovery/fence';
import type { Instance, ScalingGroup } from '../../lib/recovery/survey';
import { groupsAround } from '../adapters/autoscaling';
import { exitStandby, isRefusal, resumeProcesses, setHealthy } from '../adapters/autoscaling-power';
import { nowIso } from '../adapters/clock';
import { clusterNamed } from '../adapters/clusters';
import { instancesById } from '../adapters/ec2';
import { stateOf } from '../adapters/fleet-instance';
import { attachLaunched } from './attach';
import type { Fencing } from './fence';
import type { Fences } from './look';

/** Looks, five seconds apart, after which nobody waits any longer for a member to be in service again. */
const SETTLED_BY = 24;

type States = ReadonlyMap<string, Instance['state']>;
interface Ending {
  readonly record: CaseRecord;
  readonly kept: GroupRecord;
  readonly group: ScalingGroup;
  readonly states: States;
}

/**
 * The last act on hosts of every case, whatever ended it: members that run again are put back into service, everybody who runs
 * is Healthy, and then the group goes on, if it would do no harm. Else it is left as it is, and that is said.
 */
export const resume = async (fencing: Fencing, ref: CaseRef, attempt: number): Promise<Fences> => {
  const record = await fencing.plans.held(ref);
  await attachLaunched(fencing, record);
  const open = Object.values(record.groups).filter(({ resumedAt }) => resumedAt === null);
  if (open.length === 0) return { done: true, fences: [] };
  const { selector } = clusterNamed(record.cluster, fencing.clusters);
  const names = open.map(({ group }) => group);
  const seen = await groupsAround(names, selector);
  const ids = seen.flatMap(({ members }) => members.map(({ instanceId }) => instanceId));
  const instances = await instancesById([...new Set(ids)]);
  const states: States = new Map(instances.map((instance) => [instance.InstanceId ?? '', stateOf(instance)]));
  const settled: boolean[] = [];
  for (const kept of open) {
    const group = seen.find(({ name }) => name === kept.group);
    const ending = group && { record, kept, group, states };
    // A group that was deleted meanwhile does nothing any more.
    if (!ending) await keep(fencing, record, { ...kept, standby: [], resumedAt: nowIso(fencing.clock) });
    settled.push(ending ? await settle(fencing, ending, attempt >= SETTLED_BY) : true);
  }
  return { done: settled.every((one) => one), fences: [] };
};

const settle = async (fencing: Fencing, ending: Ending, isLast: boolean): Promise<boolean> => {
  const { record, kept, group, states } = ending;
  const isBack = await bringBack(ending);
  const unhealthy = group.members.filter(
    ({ instanceId, lifecycle, healthy }) =>
      lifecycle === 'InService' && !healthy && states.get(instanceId) === 'running',
  );
  for (const { instanceId } of unhealthy) await setHealthy(instanceId);
  if (!isLast && (!isBack || unhealthy.length > 0)) return false;
  const standby = kept.standby.filter((id) => lifecycleOf(id, group) === 'Standby');
  const harm = harmOfResuming({
    group,
    off: Object.keys(record.fences).filter((id) => states.has(id) && !isOn(states.get(id))),
    unhealthy: unhealthy.map(({ instanceId }) => instanceId),
    isUnproved: record.provedAt === null && (record.pointOfNoReturnAt !== null || record.released.length > 0),
  });
  await (harm === null ? goOn(fencing, ending, standby) : leave(fencing, ending, standby, harm));
  return true;
};

const goOn = async (fencing: Fencing, { record, kept, group }: Ending, standby: string[]): Promise<void> => {
  if (kept.suspended.length > 0) await resumeProcesses(group.name, kept.suspended);
  await keep(fencing, record, { ...kept, standby, resumedAt: nowIso(fencing.clock), left: null });
  const aside = standby.length === 0 ? '' : `; ${standby.join(', ')} stays in Standby`;
  await fencing.cases.tell(record.caseId, {
    phase: 'close-case',
    says: `Auto Scaling group ${group.name} goes on${aside}`,
  });
};

const leave = async (
  fencing: Fencing,
  { record, kept, group }: Ending,
  standby: string[],
  harm: string,
): Promise<void> => {
  const suspended = kept.suspended.filter((process) => group.suspended.includes(process));
  await keep(fencing, record, { ...kept, suspended, standby, left: harm });
  const says = `Auto Scaling group ${group.name} is left suspended: ${harm}`;
  await fencing.cases.tell(record.caseId, { phase: 'close-case', says, severity: 'danger' });
};

/** True when nobody is on the way any more. Who does not run stays in Standby: out of it, the group would end it at once. */
const bringBack = async (ending: Ending): Promise<boolean> => {
  const { record, kept, group, states } = ending;
  let isBack = true;
  for (const instanceId of kept.standby.filter((id) => isPutBack(id, record))) {
    const lifecycle = lifecycleOf(instanceId, group);
    const state = states.get(instanceId);
    if (lifecycle === 'Standby' && state === 'running') isBack = !(await leaveStandby(ending, instanceId)) && isBack;
    else if (lifecycle === 'Standby' && state === 'pending') isBack = false;
    else if (lifecycle !== undefined && lifecycle.startsWith('Pending')) isBack = false;
  }
  return isBack;
};

/** Asked for, it may take a moment. False where it cannot be: a group whose Launch somebody else suspended takes nobody back. */
const leaveStandby = async ({ kept, group }: Ending, instanceId: string): Promise<boolean> => {
  if (group.suspended.includes('Launch')) {
    if (!kept.suspended.includes('Launch')) return false;
    await resumeProcesses(group.name, ['Launch']);
  }
  try {
    await setHealthy(instanceId);
    await exitStandby(group.name, instanceId);
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
  }
  return true;
};

/**
 * Its fence was lifted, or never stood; or it was power-cycled and is on, or was let in since. What a released plan fenced stays fenced, and in
 * Standby.
 */
const isPutBack = (instanceId: string, { fences, pointOfNoReturnAt }: CaseRecord): boolean => {
  const fence = fences[instanceId];
  if (fence?.cycledAt !== undefined && (isPoweredOn(fence) || fence.stopAskedAt === null)) return true;
  return pointOfNoReturnAt === null && fence?.kept !== true;
};

const lifecycleOf = (id: string, { members }: ScalingGroup): string | undefined =>
  members.find(({ instanceId }) => instanceId === id)?.lifecycle;

const isOn = (state: Instance['state'] | undefined): boolean => state === 'running' || state === 'pending';

const keep = async ({ cases }: Fencing, { caseId }: CaseRecord, group: GroupRecord): Promise<void> => {
  const { groups } = await cases.load(caseId);
  await cases.changeOpen(caseId, { groups: { ...groups, [group.group]: group } });
};
