import * as z from 'zod';
import type { Outcome } from '../../lib/recovery/case';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { exclusionsAfter } from '../../lib/recovery/exclusions-after';
import { ReleaseResult } from '../../lib/recovery/order';
import type { Plan } from '../../lib/recovery/plan';
import { Survey } from '../../lib/recovery/survey';
import { keys } from '../adapters/evidence';
import type { Clerk } from './clerk';

/** Who is out after this case, while it still holds the lease: fences outlive the case that put them up. */
export const keepExclusions = async (
  clerk: Clerk,
  record: CaseRecord,
  ending: { readonly outcome: Outcome; readonly closedAt: string },
): Promise<void> => {
  const { exclusions, plans } = clerk;
  const { caseId, cluster, fences, pointOfNoReturnAt, approvedPlanId } = record;
  const ids = record.released.map(({ planId }) => planId);
  if (pointOfNoReturnAt !== null && approvedPlanId !== null) ids.push(approvedPlanId);
  if (ids.length === 0) return;
  const done = await Promise.all(ids.map((planId) => plans.load(planId)));
  const begunAnew = await startedEmpty(clerk, caseId, done, ending.outcome);
  const { closedAt } = ending;
  const released = { caseId, plans: done, fences, closedAt, begunAnew, surveys: await surveysOf(clerk, record) };
  await exclusions.keep(cluster, exclusionsAfter(await exclusions.of(cluster), released));
};

const surveysOf = async ({ evidence }: Clerk, { caseId, plannings }: CaseRecord): Promise<Survey[]> => {
  const numbers = Array.from({ length: plannings }, (_, at) => at + 1);
  const kept = await Promise.all(numbers.map((n) => evidence.json(keys.survey(caseId, n), Survey)));
  return kept.filter((survey) => survey !== null);
};

/** By its own answer, or by the proof: a server of which neither is known may still have its old data in place. */
const startedEmpty = async (
  { evidence }: Clerk,
  caseId: string,
  plans: readonly Plan[],
  outcome: Outcome,
): Promise<string[]> => {
  if (outcome === 'recovered') return plans.flatMap(({ joining }) => joining.map(({ instanceId }) => instanceId));
  const releases = (await evidence.json(keys.releases(caseId), z.array(ReleaseResult))) ?? [];
  return releases.flatMap((release) => (release.outcome === 'refused' ? [] : [release.hostId]));
};
