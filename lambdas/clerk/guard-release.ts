import type * as z from 'zod';
import type { GuardReleaseInput, GuardReleaseOutput } from '../../lib/recovery/boundary';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { guardRelease as guard } from '../../lib/recovery/check';
import { RequorumError } from '../../lib/recovery/errors';
import { nowIso } from '../adapters/clock';
import { log } from '../adapters/log';
import { abortSays } from './abort';
import { approvedCase } from './clerk';
import type { Clerk } from './clerk';

type Input = z.output<typeof GuardReleaseInput>;
type Decision = z.output<typeof GuardReleaseOutput>['decision'];

const RELEASE: Decision = { next: 'release', outcome: null, says: 'nothing stands against it' };

const aborted = ({ abortRequested }: CaseRecord): Decision | null =>
  abortRequested && { next: 'undo', outcome: 'aborted', says: abortSays(abortRequested) };

/** The mark and a person's abort compete; the table says which came first. */
const passPointOfNoReturn = async ({ cases, clock }: Clerk, { caseId, counter }: Input['case']): Promise<Decision> => {
  if (await cases.passPointOfNoReturn(caseId, counter, nowIso(clock))) return RELEASE;
  const now = await cases.load(caseId);
  if (now.pointOfNoReturnAt && now.counter === counter && now.status === 'open') return RELEASE;
  const decision = aborted(now);
  if (decision) return decision;
  throw new RequorumError('LeaseLost', `case ${caseId} is ${now.status} with counter ${now.counter}, not ${counter}`);
};

/** First act of Release: strangers, leaders and fences once more, and then the mark that nothing is undone any more. */
export const guardRelease = async (clerk: Clerk, input: Input): Promise<z.output<typeof GuardReleaseOutput>> => {
  const { case: ref, inventory, fleet, network, fences } = input;
  const { record, planned, cluster } = await approvedCase(clerk, ref);
  const { plan } = planned;
  const decide = async (): Promise<Decision> => {
    if (record.pointOfNoReturnAt) return RELEASE;
    const declarations = await clerk.declarations.of(ref.cluster);
    const seen = guard({ plan, cluster, inventory, fleet, network, fences, openedAt: ref.openedAt, declarations });
    return seen.kind === 'blocked'
      ? { next: 'undo', outcome: 'blocked', says: seen.says.join('; ') }
      : passPointOfNoReturn(clerk, ref);
  };
  const decision = aborted(record) ?? (await decide());
  const isClear = decision.next === 'release';
  const told = clerk.cases.tell(ref.caseId, {
    phase: isClear ? 'release' : 'undo',
    says: isClear ? `point of no return: ${decision.says}` : `${decision.says}; putting everything back`,
    severity: isClear ? 'info' : 'warning',
  });
  // Once marked, nothing here may fail any more: the machine would undo what can no longer be undone.
  await told.catch((thrown: unknown) => log.error('the decision could not be told', { reason: String(thrown) }));
  return { decision };
};
