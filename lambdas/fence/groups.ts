import type { CaseRef } from '../../lib/recovery/case';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { isSetAside } from '../../lib/recovery/auto-scaling';
import { RequorumError } from '../../lib/recovery/errors';
import type { GroupRecord } from '../../lib/recovery/fence';
import type { GroupPlan } from '../../lib/recovery/plan';
import type { ScalingGroup } from '../../lib/recovery/survey';
import { groupsAround } from '../adapters/autoscaling';
import { enterStandby, isRefusal, suspendProcesses } from '../adapters/autoscaling-power';
import { fencedCase } from './fence';
import type { FencedCase, Fencing } from './fence';
import type { Fences } from './look';

/**
 * Before anything is held or stopped: the groups launch, end and replace nothing from here on, and members that will be
 * stopped are in Standby, where a stop is no business of their group's (design rules 2 and 13). Done when both are so.
 */
export const keepStill = async (fencing: Fencing, ref: CaseRef, attempt: number): Promise<Fences> => {
  const known = await fencedCase(fencing, ref);
  const plans = known.plan.groups;
  if (plans.length === 0) return { done: true, fences: [] };
  const before = await look(known);
  const record = await keepFirst(fencing, known, before);
  for (const group of before) await act(fencing, record, group, attempt);
  const done = (await look(known)).every((group) => isStill(group, record.groups[group.name]));
  if (done) await tellOnce(fencing, known, attempt);
  return { done, fences: [] };
};

/** The groups of the plan as they are now; one that was deleted meanwhile does nothing any more. */
const look = async ({ plan, cluster }: FencedCase): Promise<ScalingGroup[]> => {
  const names = plan.groups.map(({ group }) => group);
  return (await groupsAround(names, cluster.selector)).filter(({ name }) => names.includes(name));
};

/** What will be changed, in the case before it is changed: else nobody could put it back. */
const keepFirst = async (
  { cases }: Fencing,
  { plan, record }: FencedCase,
  seen: readonly ScalingGroup[],
): Promise<CaseRecord> => {
  const groups = { ...record.groups };
  for (const group of seen) {
    const planned = plan.groups.find((one) => one.group === group.name);
    if (planned) groups[group.name] = recordOf(planned, group, record.groups[group.name]);
  }
  const kept = await cases.changeOpen(record.caseId, { groups });
  if (!kept) throw new RequorumError('LeaseLost', `case ${record.caseId} was closed before its groups were kept still`);
  return kept;
};

/** Known already: what this case suspended is suspended by now, and is ours all the same. */
const recordOf = (plan: GroupPlan, { suspended }: ScalingGroup, known: GroupRecord | undefined): GroupRecord => ({
  group: plan.group,
  suspended: known?.suspended ?? plan.suspend.filter((process) => !suspended.includes(process)),
  standby: [...new Set([...(known?.standby ?? []), ...plan.standby])],
  resumedAt: null,
  left: null,
});

const act = async (
  { cases }: Fencing,
  { groups, caseId }: CaseRecord,
  { name, suspended, members }: ScalingGroup,
  attempt: number,
): Promise<void> => {
  const record = groups[name];
  if (!record) return;
  const missing = record.suspended.filter((process) => !suspended.includes(process));
  if (missing.length > 0) await suspendProcesses(name, missing);
  for (const { instanceId, lifecycle } of members) {
    if (!record.standby.includes(instanceId) || lifecycle !== 'InService') continue;
    try {
      await enterStandby(name, instanceId);
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown;
      const says = `${instanceId} does not go to Standby in ${name}: ${thrown.message}`;
      if (attempt === 0) await cases.tell(caseId, { phase: 'secure', says, severity: 'warning' });
    }
  }
};

/** An instance refresh that began since it was planned is in the way as well. */
const isStill = ({ suspended, members, refresh }: ScalingGroup, record: GroupRecord | undefined): boolean => {
  if (!record) return true;
  const isAside = ({ instanceId, lifecycle }: ScalingGroup['members'][number]): boolean =>
    !record.standby.includes(instanceId) || isSetAside(lifecycle);
  return refresh === null && record.suspended.every((process) => suspended.includes(process)) && members.every(isAside);
};

const tellOnce = async ({ cases }: Fencing, { plan, record }: FencedCase, attempt: number): Promise<void> => {
  const isTold = attempt === 0 && plan.groups.every(({ group }) => record.groups[group] !== undefined);
  if (isTold) return;
  for (const { group, standby } of plan.groups) {
    const aside = standby.length === 0 ? '' : `; ${standby.join(', ')} in Standby`;
    const says = `Auto Scaling group ${group} launches, ends and replaces nothing${aside}`;
    await cases.tell(record.caseId, { phase: 'secure', says });
  }
};
