import type * as z from 'zod';
import type { CloseCaseInput, CloseCaseOutput } from '../../lib/recovery/boundary';
import { OUTCOMES } from '../../lib/recovery/case';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { RequorumError } from '../../lib/recovery/errors';
import type { Clerk } from './clerk';
import { closeRecord } from './close-record';
import { recordOf } from './record-of';

type Input = z.output<typeof CloseCaseInput>;

/** A run whose input named no cluster has a record of its own too, so that it can be found under its name. */
const NOWHERE = { cluster: 'unknown', mode: 'plan', openedBy: 'unknown' } as const;

const recordToClose = async (clerk: Clerk, { case: ref, execution }: Input): Promise<CaseRecord> => {
  if (ref === null) return recordOf(clerk, NOWHERE, execution);
  const record = await clerk.cases.load(ref.caseId);
  if (record.status === 'open' && record.counter !== ref.counter) {
    throw new RequorumError('LeaseLost', `case ${ref.caseId} was taken over with counter ${record.counter}`);
  }
  return record;
};

/**
 * The end of every road: report, message, record, lease. Works without a case, without an inventory and twice.
 * @throws RequorumError LeaseLost when another run has taken the case over
 */
export const closeCase = async (clerk: Clerk, input: Input): Promise<z.output<typeof CloseCaseOutput>> => {
  const { outcome, says, error } = input;
  const found = await recordToClose(clerk, input);
  const closed = found.status === 'closed' ? found : await closeRecord(clerk, found, { outcome, says, error });
  if (closed.counter !== null) await clerk.leases.release(closed.cluster, closed.caseId, closed.counter);
  const ended = closed.outcome ?? outcome;
  return { outcome: ended, class: OUTCOMES[ended].class, says: closed.says, reportKey: closed.reportKey ?? '' };
};
