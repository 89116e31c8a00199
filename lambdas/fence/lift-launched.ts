import type { CaseRecord } from '../../lib/recovery/case-record';
import type { FenceRecord } from '../../lib/recovery/fence';
import type { Instance } from '../../lib/recovery/survey';
import { clusterNamed } from '../adapters/clusters';
import { nowIso } from '../adapters/clock';
import { stopInstance } from '../adapters/ec2-power';
import { interfacesOf } from '../adapters/fleet-instance';
import type { Fencing } from './fence';
import { launchedBy, recordOf } from './launch';

/** Looks after which a host that was asked for and is nowhere to be seen was never made: EC2 may take a moment to show it. */
const SEEN_AFTER = 3;

/**
 * The case with every host that it launched among its records, also where it broke off between the call and the record.
 * `settled`: nothing that was asked for can still come to light.
 */
export const withLaunched = async (
  fencing: Fencing,
  record: CaseRecord,
  attempt: number,
): Promise<{ readonly record: CaseRecord; readonly settled: boolean }> => {
  const { launch, cluster, caseId } = record;
  if (launch === null) return { record, settled: true };
  const launched = await launchedBy(record, clusterNamed(cluster, fencing.clusters));
  const fences = { ...record.fences };
  const instanceId = launched?.InstanceId ?? '';
  if (launched && !fences[instanceId]) {
    fences[instanceId] = recordOf(launch, instanceId, interfacesOf(launched));
    await fencing.cases.recordFence(caseId, fences[instanceId]);
  }
  const isThere = Object.values(fences).some(({ launchedFor }) => launchedFor !== undefined);
  return { record: { ...record, fences }, settled: isThere || attempt >= SEEN_AFTER };
};

/**
 * True when it is off. It stays in quarantine, whoever starts it: it is empty, and may make itself a cluster of its own. It is
 * never terminated here (design rule 13).
 */
export const stopLaunched = async (
  { cases, clock }: Fencing,
  { caseId }: CaseRecord,
  fence: FenceRecord,
  state: Instance['state'],
): Promise<boolean> => {
  const { instanceId, launchedFor } = fence;
  if (state === 'terminated' || state === 'shutting-down' || state === 'stopped') return true;
  if (state !== 'running') return false;
  if (fence.stopAskedAt === null) {
    await cases.recordFence(caseId, { ...fence, stopAskedAt: nowIso(clock) });
    const end = `aws ec2 terminate-instances --instance-ids ${instanceId}`;
    const says = `${instanceId}, launched for ${launchedFor ?? 'nobody'}, is being stopped and stays in quarantine; it is new and empty, end it yourself: ${end}`;
    await cases.tell(caseId, { phase: 'undo', says, severity: 'warning' });
  }
  await stopInstance(instanceId, { force: false });
  return false;
};
