import type { CaseRef } from '../../lib/recovery/case';
import { agentIsBack } from '../../lib/recovery/came-back';
import { endedByGroup } from '../../lib/recovery/auto-scaling';
import type { FenceRecord } from '../../lib/recovery/fence';
import { destroyedByStop, stopFindings, stopRefusals } from '../../lib/recovery/refusals';
import type { FleetView, Instance } from '../../lib/recovery/survey';
import { nowIso } from '../adapters/clock';
import { putIntoGroups, startInstance, stopInstance } from '../adapters/ec2-power';
import { FORCE_AFTER, type FencedCase, type Fencing } from './fence';

/**
 * A silent host on its way through a power-cycle (ADR 0020): quarantine group on every interface, stop, and, when `stopped` is
 * reached after it, start in quarantine. Each look does the next of these that is due, and whatever was lost on its way again.
 * True where nothing more will come of it: its agent is there, its time is over, or it may not be stopped after all.
 */
export const cycleOne = async (
  fencing: Fencing,
  ref: CaseRef,
  known: FencedCase,
  { id, instance, fleet, attempt }: { id: string; instance: Instance; fleet: FleetView; attempt: number },
): Promise<boolean> => {
  const { instanceId, state, agent } = instance;
  const record = known.record.fences[instanceId] ?? null;
  const startedAt = record?.startAskedAt ?? null;
  if (startedAt !== null && state !== 'stopped') {
    return (state === 'running' && agent === 'connected') || isOver(fencing, known, startedAt);
  }
  const back = record === null ? agentIsBack(id, instance) : [];
  const why = record?.stopAskedAt ? [] : [...back, ...whyNotStopped(fencing, id, instance, fleet)];
  if (why.length > 0) {
    const says = `${id} is not power-cycled: ${why.join('; ')}`;
    if (attempt === 0) await fencing.cases.tell(ref.caseId, { phase: 'power-on', says, severity: 'danger' });
    return true;
  }
  const cut = await cutOff(fencing, ref, id, instance, record);
  if (state === 'stopped' && cut.stopAskedAt !== null) await startAgain(fencing, ref, id, cut);
  else await stopFirst(fencing, ref, id, cut, state, attempt);
  return false;
};

/** Its agent has had its time; the survey after this says what is so then. */
const isOver = ({ clock }: Fencing, { cluster: { policy } }: FencedCase, startedAt: string): boolean =>
  clock.now().getTime() - Date.parse(startedAt) >= policy.agentSeconds * 1000;

/** Seen again right before it is done. Nothing that a stop destroys is put up with here: there is no override for it. */
const whyNotStopped = ({ quarantine }: Fencing, id: string, instance: Instance, fleet: FleetView): string[] => {
  const { instanceId, state } = instance;
  const destroyed = destroyedByStop(instance) === null ? [] : stopFindings(id, instance);
  const ended = endedByGroup(instance, fleet);
  return [
    ...(state === 'running' ? [] : [`${instanceId} is ${state}`]),
    ...[...stopRefusals(id, instance, quarantine), ...destroyed].map(({ says }) => says),
    ...(ended === null ? [] : [ended]),
  ];
};

/** In the quarantine group by now, on every interface, and kept in the case as it was found. */
const cutOff = async (
  { cases, clock, quarantine }: Fencing,
  { caseId }: CaseRef,
  id: string,
  { instanceId, state, interfaces, vpcId }: Instance,
  known: FenceRecord | null,
): Promise<FenceRecord> => {
  const group = quarantine[vpcId ?? ''] ?? '';
  const groupsBefore = Object.fromEntries(interfaces.map((one) => [one.id, one.groups]));
  const untouched = { quarantinedAt: null, stopAskedAt: null, startAskedAt: null, kept: false };
  const record = known ?? { instanceId, groupsBefore, stateBefore: state, ...untouched };
  // Kept before anything changes: without it nobody could put the groups back.
  if (!known) await cases.recordFence(caseId, record);
  for (const { id: interfaceId, groups } of interfaces) {
    if (groups.length !== 1 || groups[0] !== group) await putIntoGroups(interfaceId, [group]);
  }
  if (record.quarantinedAt !== null) return record;
  const cut = { ...record, quarantinedAt: nowIso(clock) };
  await cases.recordFence(caseId, cut);
  await cases.tell(caseId, { phase: 'power-on', says: `${id}: ${instanceId} is in the quarantine group` });
  return cut;
};

const stopFirst = async (
  { cases, clock }: Fencing,
  { caseId }: CaseRef,
  id: string,
  record: FenceRecord,
  state: Instance['state'],
  attempt: number,
): Promise<void> => {
  const { instanceId, stopAskedAt } = record;
  const force = attempt >= FORCE_AFTER;
  if (state !== 'running' && !(state === 'stopping' && force)) return;
  const now = nowIso(clock);
  // Kept before it is asked: a stop that nobody knows of would not be taken back.
  if (stopAskedAt === null) await cases.recordFence(caseId, { ...record, stopAskedAt: now, cycledAt: now });
  await stopInstance(instanceId, { force });
  if (stopAskedAt !== null) return;
  await cases.tell(caseId, { phase: 'power-on', says: `${id}: ${instanceId} is being stopped, to be started again` });
};

/** Also where it was asked before and is still off: that call may never have arrived. */
const startAgain = async (
  { cases, clock }: Fencing,
  { caseId }: CaseRef,
  id: string,
  record: FenceRecord,
): Promise<void> => {
  const { instanceId, startAskedAt } = record;
  if (startAskedAt === null) await cases.recordFence(caseId, { ...record, startAskedAt: nowIso(clock) });
  await startInstance(instanceId);
  if (startAskedAt !== null) return;
  await cases.tell(caseId, { phase: 'power-on', says: `${id}: ${instanceId} is starting again, in quarantine` });
};
