import type { CaseRecord } from './case-record';
import type { Finding, GroupPlan, Plan } from './plan';
import { refusal, warning } from './refusals';
import type { FleetView, Instance, ScalingGroup } from './survey';

/** What a group does by itself. While a case works it does none of it (design rule 13; why each: docs/adr/0011). */
const PROCESSES = ['Launch', 'Terminate', 'ReplaceUnhealthy', 'HealthCheck', 'AZRebalance', 'InstanceRefresh'] as const;

type Acting = Pick<Plan, 'remedy' | 'survivors' | 'excluded' | 'powerOn'>;

/** Plans that hold hosts, or change their power. Where a leader leads and nobody is stopped, a newcomer does no harm. */
const KEEPS_STILL: readonly Plan['remedy'][] = ['rewrite', 'restart', 'power-on', 'power-cycle'];

/** What each group must not do meanwhile, and who is set aside in it before it is stopped. */
export function groupPlans(plan: Acting, { groups }: FleetView): GroupPlan[] {
  const stopped = stoppedBy(plan);
  if (!KEEPS_STILL.includes(plan.remedy) && stopped.length === 0) return [];
  return [...groups]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, suspended, members }) => ({
      group: name,
      suspend: PROCESSES.filter((process) => !suspended.includes(process)),
      standby: members
        .filter(({ instanceId, lifecycle }) => stopped.includes(instanceId) && lifecycle === 'InService')
        .map(({ instanceId }) => instanceId)
        .sort(),
    }));
}

function stoppedBy({ remedy, excluded, powerOn }: Acting): string[] {
  const fenced = excluded.flatMap(({ fence }) => (fence.kind === 'quarantine-stop' ? [fence.instanceId] : []));
  return remedy === 'power-cycle' ? powerOn.map(({ instanceId }) => instanceId) : fenced;
}

/** Without what this case suspended itself, so that every plan of a case says all of it, and nobody else is said to have done it. */
export function asFound(fleet: FleetView, { groups: kept }: Pick<CaseRecord, 'groups'>): FleetView {
  const groups = fleet.groups.map((group) => {
    const { suspended = [], resumedAt = null } = kept[group.name] ?? {};
    const ours = resumedAt === null ? suspended : [];
    return { ...group, suspended: group.suspended.filter((process) => !ours.includes(process)) };
  });
  return { ...fleet, groups };
}

/** In Standby or out of the group: neither ended nor replaced by it, whatever becomes of it. */
export function isSetAside(lifecycle: string): boolean {
  return lifecycle === 'Standby' || lifecycle.startsWith('Detach');
}

/** A member in service that is stopped is ended with its disk as soon as its group goes on; null where that cannot be. */
export function endedByGroup({ instanceId, autoScalingGroup }: Instance, { groups }: FleetView): string | null {
  if (autoScalingGroup === null) return null;
  const members = groups.find(({ name }) => name === autoScalingGroup)?.members ?? [];
  const lifecycle = members.find((member) => member.instanceId === instanceId)?.lifecycle ?? 'unknown';
  return isSetAside(lifecycle) ? null : `${instanceId} is ${lifecycle} in ${autoScalingGroup}, not in Standby`;
}

/** What forbids to keep the groups still, each with the command that mends it. */
export function groupRefusals(plan: Acting, plans: readonly GroupPlan[], fleet: FleetView): Finding[] {
  const changed = fleet.groups.filter(({ name }) => plans.some(({ group }) => group === name));
  return [
    ...changed.flatMap(refreshing),
    ...changed.flatMap(untagged),
    ...plans.flatMap((one) => belowMinimum(one, fleet.groups)),
    ...changed.flatMap((group) => inTransit(group, plan)),
    ...unseen(plan, plans, fleet),
  ];
}

/** Suspended, it would go on when the group is resumed, and replace survivors one by one. It is somebody's deploy: not ours to end. */
function refreshing({ name, refresh }: ScalingGroup): Finding[] {
  if (refresh === null) return [];
  const next = `aws autoscaling cancel-instance-refresh --auto-scaling-group-name ${name}, then a new case`;
  const says = `an instance refresh of ${name} is under way: it replaces hosts, and their disks with them`;
  return [refusal('auto-scaling-refresh', says, refresh, next)];
}

function untagged({ name, tagged }: ScalingGroup): Finding[] {
  if (tagged) return [];
  const next = `aws autoscaling create-or-update-tags --tags ResourceId=${name},ResourceType=auto-scaling-group,Key=<key>,Value=<value>,PropagateAtLaunch=true for each tag of \`selector\` in requorum.yaml, then a new case`;
  const says = `${name} has hosts of the cluster and does not bear its tags, so nobody may keep it still`;
  return [refusal('auto-scaling-not-tagged', says, '', next)];
}

/** Standby lowers the desired capacity, and Auto Scaling refuses what is below MinSize. */
function belowMinimum({ group, standby }: GroupPlan, groups: readonly ScalingGroup[]): Finding[] {
  const found = groups.find(({ name }) => name === group);
  const left = (found?.desired ?? 0) - standby.length;
  if (!found || standby.length === 0 || left >= found.min) return [];
  const next = `aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${group} --min-size ${Math.max(0, left)}, then a new case`;
  const says = `${standby.join(', ')} cannot go to Standby: ${group} would want ${left}, below its MinSize of ${found.min}`;
  return [refusal('auto-scaling-min-size', says, 'a member that is stopped in service is ended and replaced', next)];
}

/** Suspending holds members in service only: whoever comes or goes already comes or goes all the same. */
function inTransit({ name, members }: ScalingGroup, plan: Acting): Finding[] {
  const stopped = stoppedBy(plan);
  const needed = plan.survivors.map(({ instanceId }) => instanceId);
  return members.flatMap(({ instanceId, lifecycle }) => {
    const isStill = lifecycle === 'InService' || lifecycle === 'EnteringStandby' || isSetAside(lifecycle);
    if (isStill) return [];
    if (needed.includes(instanceId) && lifecycle.startsWith('Terminat')) {
      const next = `copy its data-dir away now; then see aws autoscaling describe-scaling-activities --auto-scaling-group-name ${name}`;
      return [refusal('auto-scaling-ends-survivor', `${name} is ending ${instanceId} with its disk`, lifecycle, next)];
    }
    if (!stopped.includes(instanceId)) return [];
    const says = `${instanceId} is neither in service nor set aside in ${name}, and cannot go to Standby`;
    const next = `wait until it is InService or gone: aws autoscaling describe-auto-scaling-instances --instance-ids ${instanceId}; then a new case`;
    return [refusal('auto-scaling-in-transit', says, lifecycle, next)];
  });
}

/** A member of a group that was not described: nobody knows what the group would do. */
function unseen(plan: Acting, plans: readonly GroupPlan[], { instances }: FleetView): Finding[] {
  if (!KEEPS_STILL.includes(plan.remedy) && stoppedBy(plan).length === 0) return [];
  return instances.flatMap(({ instanceId, autoScalingGroup }) => {
    if (autoScalingGroup === null || plans.some(({ group }) => group === autoScalingGroup)) return [];
    const next = `aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names ${autoScalingGroup}; then a new case`;
    const says = `${instanceId} is a member of ${autoScalingGroup}, which could not be looked at`;
    return [refusal('auto-scaling-unknown', says, '', next)];
  });
}

/** What a person should know beforehand of how the groups will be left. */
export function groupFindings(plans: readonly GroupPlan[], { groups }: FleetView): Finding[] {
  return plans.flatMap((plan) => {
    const group = groups.find(({ name }) => name === plan.group);
    return group ? [...leftSuspended(plan, group), ...cannotReturn(plan, group), ...byLoadBalancer(group)] : [];
  });
}

/** As far as it can be told from here; what is so at the end decides. */
function leftSuspended({ group: name, standby }: GroupPlan, group: ScalingGroup): Finding[] {
  const members = group.members.map((one) =>
    standby.includes(one.instanceId) ? { ...one, lifecycle: 'Standby' } : one,
  );
  const after = { ...group, members, desired: group.desired - standby.length };
  const harm = harmOfResuming({ group: after, off: [], unhealthy: [], isUnproved: false });
  if (harm === null) return [];
  const next = `aws autoscaling set-desired-capacity --auto-scaling-group-name ${name} --desired-capacity ${inService(after).length}`;
  return [warning('auto-scaling-left-suspended', `${name} would be left suspended at the end: ${harm}`, '', next)];
}

/** ExitStandby needs Launch (AWS: "you can't return an instance in a standby state to service if Launch is suspended"). */
function cannotReturn({ group, suspend, standby }: GroupPlan, { suspended }: ScalingGroup): Finding[] {
  if (standby.length === 0 || suspend.includes('Launch')) return [];
  const says = `Launch of ${group} is suspended already: if the case is undone, ${standby.join(', ')} stays in Standby`;
  const next = `afterwards: aws autoscaling exit-standby --auto-scaling-group-name ${group} --instance-ids ${standby.join(' ')}`;
  return [warning('auto-scaling-launch-suspended', says, suspended.join(', '), next)];
}

function byLoadBalancer({ name, healthCheck }: ScalingGroup): Finding[] {
  if (healthCheck === 'EC2') return [];
  const says = `${name} also asks ${healthCheck} who is healthy: a server that does not answer there is ended with its disk as soon as the group is resumed`;
  const next = `aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${name} --health-check-type EC2`;
  return [warning('auto-scaling-health-check', says, '', next)];
}

export interface Resuming {
  readonly group: ScalingGroup;
  /** Hosts that this case left powered off. */
  readonly off: readonly string[];
  /** Members that run and could not be set Healthy. */
  readonly unhealthy: readonly string[];
  /** Servers were released and no leader was proved. */
  readonly isUnproved: boolean;
}

/** What the group would do to hosts of the cluster if it went on now; null where it would do nothing to them. */
export function harmOfResuming({ group, off, unhealthy, isUnproved }: Resuming): string | null {
  const { refresh, desired } = group;
  const members = inService(group);
  const lost = members.filter((one) => off.includes(one) || unhealthy.includes(one));
  const coming = group.members.filter(({ lifecycle }) => lifecycle.startsWith('Pending')).length;
  if (refresh !== null) return `its instance refresh (${refresh}) would replace members`;
  if (lost.length > 0) return `it would end and replace ${lost.join(', ')}`;
  if (desired < members.length) return `it wants ${desired} of ${members.length} members and would end the others`;
  if (isUnproved && desired > members.length + coming) {
    return 'it would launch an empty server where no leader is proved, which can erase every job';
  }
  return null;
}

function inService({ members }: ScalingGroup): string[] {
  return members.filter(({ lifecycle }) => lifecycle === 'InService').map(({ instanceId }) => instanceId);
}
