import type * as z from 'zod';
import type { CloseCaseInput, CloseCaseOutput } from '../../lib/recovery/boundary';
import { OUTCOMES } from '../../lib/recovery/case';
import type { Outcome } from '../../lib/recovery/case';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { RequorumError } from '../../lib/recovery/errors';
import type { Clerk } from './clerk';
import { closeRecord } from './close-record';
import type { Ending } from './close-record';
import { recordOf } from './record-of';

type Input = z.output<typeof CloseCaseInput>;

/** A run whose input named no cluster has a record of its own too, so that it can be found under its name. */
const NOWHERE = { cluster: 'unknown', mode: 'plan', openedBy: 'unknown', intent: null } as const;

const recordToClose = async (clerk: Clerk, { case: ref, execution }: Input): Promise<CaseRecord> => {
  if (ref === null) return recordOf(clerk, NOWHERE, execution);
  const record = await clerk.cases.load(ref.caseId);
  if (record.status === 'open' && record.counter !== ref.counter) {
    throw new RequorumError('LeaseLost', `case ${ref.caseId} was taken over with counter ${record.counter}`);
  }
  return record;
};

/** Endings that are true after a release as well. */
const AFTER_RELEASE: readonly Outcome[] = [
  'recovered',
  'no-leader',
  'not-proved',
  'interrupted-after-release',
  'undo-failed',
];

/** Once a plan of the case was released, no later road leaves the cluster as it was found: a person has to look. */
const endingOf = ({ released }: CaseRecord, ending: Ending): Ending => {
  if (released.length === 0 || AFTER_RELEASE.includes(ending.outcome)) return ending;
  // A leader came after all, and nobody has climbed the proof: a person does, by requorum verify.
  if (ending.outcome === 'nothing-to-do') return { ...ending, outcome: 'not-proved' };
  const says = `plan ${released.map(({ planId }) => planId).join(', ')} was released, and the plan after it was not: ${ending.outcome}`;
  return { ...ending, outcome: 'no-leader', says: `${says}${ending.says === '' ? '' : `; ${ending.says}`}` };
};

/**
 * The end of every road: report, message, record, lease. Works without a case, without an inventory and twice.
 * @throws RequorumError LeaseLost when another run has taken the case over
 */
export const closeCase = async (clerk: Clerk, input: Input): Promise<z.output<typeof CloseCaseOutput>> => {
  const { outcome, says, error } = input;
  const found = await recordToClose(clerk, input);
  const ending = endingOf(found, { outcome, says, error });
  const closed = found.status === 'closed' ? found : await closeRecord(clerk, found, ending);
  if (closed.counter !== null) await clerk.leases.release(closed.cluster, closed.caseId, closed.counter);
  const ended = closed.outcome ?? outcome;
  return { outcome: ended, class: OUTCOMES[ended].class, says: closed.says, reportKey: closed.reportKey ?? '' };
};
