import type * as z from 'zod';
import type { AwaitLeaderInput, AwaitLeaderOutput } from '../../lib/recovery/boundary';
import { RequorumError } from '../../lib/recovery/errors';
import { awaitLeader as leaderAfter } from '../../lib/recovery/verify';
import { nowIso } from '../adapters/clock';
import { keys } from '../adapters/evidence';
import { approvedCase } from './clerk';
import type { Clerk } from './clerk';
import { mayPlanAgain } from './plan-again';
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
      const seconds = secondsBetween(pointOfNoReturnAt, network.at);
      const since = planned.plan.standing.length > 0 ? '' : `, ${seconds} s after the point of no return`;
      const says = `${seen.id} leads${since}`;
      const firstLeaderAt = record.firstLeaderAt ?? network.at;
      const phase = planned.plan.removals.length > 0 ? 'remove-peers' : 'verify';
      await clerk.cases.changeOpen(caseId, { leader: seen.id, leaderAt: network.at, firstLeaderAt, phase });
      return { next: planned.plan.removals.length > 0 ? 'remove' : 'verify', outcome: null, says };
    }
    const waited = secondsBetween(pointOfNoReturnAt, nowIso(clerk.clock));
    const isRefused = releases.length > 0 && releases.every(({ outcome }) => outcome === 'refused');
    const isOver = waited >= cluster.policy.leaderSeconds || isRefused;
    if (!isOver) return { next: 'again', outcome: null, says: seen.says };
    const says = `no leader after ${waited} s: ${seen.says}`;
    return { next: mayPlanAgain(record) ? 'plan-again' : 'close', outcome: 'no-leader', says };
  })();
  if (decision.next !== 'again' || isFirstLook) {
    const severity = decision.outcome === 'no-leader' ? 'danger' : 'info';
    await clerk.cases.tell(caseId, { phase: 'await-leader', says: decision.says, severity });
  }
  return { decision };
};
