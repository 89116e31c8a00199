import type { CaseRecord } from '../../lib/recovery/case-record';
import { attach, isRefusal } from '../adapters/autoscaling-power';
import type { Fencing } from './fence';

/**
 * A new host that joined and is proved becomes a member of its group, and not before: launched by the group, it would come up
 * in the midst of the others with an empty disk (E3). A refusal is no failure of the case: the cluster is whole without it.
 */
export const attachLaunched = async ({ cases }: Fencing, record: CaseRecord): Promise<void> => {
  const { caseId, launch, provedAt, fences } = record;
  if (!launch?.group || launch.attached !== null || provedAt === null) return;
  const host = Object.values(fences).find(({ launchedFor }) => launchedFor === launch.replaces);
  if (!host) return;
  const why = await tryToAttach(launch.group, host.instanceId);
  await cases.changeOpen(caseId, { launch: { ...launch, attached: why ?? 'attached' } });
  const says = why === null ? `is a member of ${launch.group}` : `is no member of ${launch.group}: ${why}`;
  const severity = why === null ? 'info' : 'warning';
  await cases.tell(caseId, { phase: 'close-case', says: `${host.instanceId} ${says}`, severity });
};

/** Null where it is a member now. A retry after a lost answer hears that it is one already. */
const tryToAttach = async (group: string, instanceId: string): Promise<string | null> => {
  try {
    await attach(group, instanceId);
    return null;
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
    return thrown.message.includes('already part of AutoScalingGroup') && thrown.message.includes(group)
      ? null
      : thrown.message;
  }
};
