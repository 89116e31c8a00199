import type * as z from 'zod';
import type { AwaitLeaderInput, AwaitLeaderOutput } from '../../lib/recovery/boundary';
import { RequorumError } from '../../lib/recovery/errors';
import { awaitLeader as leaderAfter } from '../../lib/recovery/verify';
import { nowIso } from '../adapters/clock';
import { keys } from '../adapters/evidence';
import { approvedCase } from './clerk';
import type { Clerk } from './clerk';
import { secondsBetween } from './seconds';
import { releaseSays } from './told';

type Input = z.output<typeof AwaitLeaderInput>;
type Decision = z.output<typeof AwaitLeaderOutput>['decision'];

/** Waits for one confirmed leader; no longer than the policy's budget, counted from the point of no return. */
export const awaitLeader = async (clerk: Clerk, input: Input): Promise<z.output<typeof AwaitLeaderOutput>> => {
  const { case: ref, network, releases } = input;
  const { caseId } = ref;
  const { record, planned, cluster } = await approvedCase(clerk, ref);
  const { pointOfNoReturnAt } = record;
  if (!pointOfNoReturnAt)
    throw new RequorumError('NotApproved', `case ${caseId} has not passed the point of no return`);
  const isFirstLook = record.phase === 'release';
  if (isFirstLook) {
    await clerk.evidence.putJson(keys.releases(caseId), releases);
    await clerk.cases.changeOpen(caseId, { phase: 'await-leader' });
    for (const release of releases) {
      await clerk.cases.tell(caseId, { phase: 'release', ...releaseSays(release, planned.plan) });
    }
  }
  const decision = await (async (): Promise<Decision> => {
    const seen = leaderAfter({ plan: planned.plan, network, releases });
    if (seen.kind === 'leader') {
      const says = `${seen.id} leads, ${secondsBetween(pointOfNoReturnAt, network.at)} s after the point of no return`;
      const firstLeaderAt = record.firstLeaderAt ?? network.at;
      await clerk.cases.changeOpen(caseId, { leader: seen.id, leaderAt: network.at, firstLeaderAt, phase: 'verify' });
      return { next: 'verify', outcome: null, says };
    }
    const waited = secondsBetween(pointOfNoReturnAt, nowIso(clerk.clock));
    const isOver = waited >= cluster.policy.leaderSeconds || releases.every(({ outcome }) => outcome === 'refused');
    return isOver
      ? { next: 'close', outcome: 'no-leader', says: `no leader after ${waited} s: ${seen.says}` }
      : { next: 'again', outcome: null, says: seen.says };
  })();
  if (decision.next !== 'again' || isFirstLook) {
    const severity = decision.next === 'close' ? 'danger' : 'info';
    await clerk.cases.tell(caseId, { phase: 'await-leader', says: decision.says, severity });
  }
  return { decision };
};
