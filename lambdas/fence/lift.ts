import type { CaseRef } from '../../lib/recovery/case';
import { RequorumError } from '../../lib/recovery/errors';
import { isPoweredOn, type FenceRecord } from '../../lib/recovery/fence';
import type { Instance } from '../../lib/recovery/survey';
import { instancesById } from '../adapters/ec2';
import { putIntoGroups, startInstance, stopInstance } from '../adapters/ec2-power';
import { interfacesOf, stateOf } from '../adapters/fleet-instance';
import type { Fencing } from './fence';
import { stopLaunched, withLaunched } from './lift-launched';
import type { Fences } from './look';

/**
 * Puts back what this case changed, in reverse: groups first, so that nobody boots into a quarantine, then power. Goes by
 * the case's own records and their instance ids, so that it works whatever the item that flows and the tags still say.
 * @throws RequorumError LeaseLost; PastPointOfNoReturn where there is a fence to lift after the mark: it has to stay, and
 *   nobody may read that everything was put back
 */
export const lift = async (fencing: Fencing, ref: CaseRef, attempt = 0): Promise<Fences> => {
  const held = await fencing.plans.held(ref);
  const { record, settled } = await withLaunched(fencing, held, attempt);
  const records = Object.values(record.fences)
    .filter((fence) => !fence.kept || isFencedAndPoweredOn(fence))
    .reverse();
  if (records.length === 0) return { done: settled, fences: [] };
  if (record.pointOfNoReturnAt !== null) {
    const kept = records.map(({ instanceId }) => instanceId).join(', ');
    throw new RequorumError('PastPointOfNoReturn', `case ${ref.caseId}: the fences of ${kept} stay`);
  }
  const instances = await instancesById(records.map(({ instanceId }) => instanceId));
  const done: boolean[] = [];
  for (const fence of records) {
    const instance = instances.find(({ InstanceId }) => InstanceId === fence.instanceId);
    const seen = instance && { state: stateOf(instance), interfaces: interfacesOf(instance) };
    if (!seen) done.push(true);
    else if (fence.launchedFor !== undefined) done.push(await stopLaunched(fencing, record, fence, seen.state));
    else done.push(await liftOne(fence, seen));
  }
  return { done: settled && done.every((one) => one), fences: [] };
};

/** True when the instance is as it was found, or is no more: its end was not this case's doing. */
const liftOne = async (
  fence: FenceRecord,
  { state, interfaces }: Pick<Instance, 'state' | 'interfaces'>,
): Promise<boolean> => {
  if (state === 'terminated' || state === 'shutting-down') return true;
  if (fence.startAskedAt !== null && state !== 'stopped' && staysOff(fence)) {
    // It came up cut off, and it stays cut off until it is off again.
    if (state === 'running') await stopInstance(fence.instanceId, { force: false });
    return false;
  }
  // A fence of a released plan: off again, as it was found by the plan that powered it on, and still cut off.
  if (fence.kept) return true;
  for (const { id, groups } of interfaces) {
    const before = fence.groupsBefore[id];
    if (before && !sameGroups(before, groups)) await putIntoGroups(id, before);
  }
  if (fence.foundEmpty || fence.stopAskedAt === null || fence.stateBefore !== 'running') return true;
  if (state === 'running' || state === 'pending') return true;
  // An instance that is still stopping cannot be started yet: the machine asks again.
  if (state === 'stopped') await startInstance(fence.instanceId);
  return state === 'stopped';
};

/** It was found off, or came up empty and would vote for anyone. A host that was power-cycled ran before, and goes on in its groups. */
const staysOff = ({ cycledAt, foundEmpty, stopAskedAt, startAskedAt }: FenceRecord): boolean =>
  cycledAt === undefined || foundEmpty === true || !isPoweredOn({ stopAskedAt, startAskedAt });

/** Fenced by a plan that was released, and powered on by the one after it. */
const isFencedAndPoweredOn = (fence: FenceRecord): boolean => fence.stopAskedAt !== null && isPoweredOn(fence);

const sameGroups = (a: readonly string[], b: readonly string[]): boolean =>
  [...a].sort().join() === [...b].sort().join();
