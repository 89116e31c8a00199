import type * as z from 'zod';
import type { Execution } from '../../lib/recovery/boundary';
import type { Mode } from '../../lib/recovery/case';
import type { Intent } from '../../lib/recovery/intent';
import { CaseRecord } from '../../lib/recovery/case-record';
import { RequorumError } from '../../lib/recovery/errors';
import { nowIso } from '../adapters/clock';
import { caseIdOf } from '../adapters/case-id';
import type { Clerk } from './clerk';

/** Who opened what: known from the incident, or nothing at all where the input was malformed. */
export interface Opening {
  readonly cluster: string;
  readonly mode: Mode;
  readonly openedBy: string;
  readonly intent: Intent | null;
}

/**
 * The record of the case that an execution opens. The same execution asking twice finds what it wrote the first time.
 * @throws RequorumError BadInput when the id belongs to a case of another execution
 */
export const recordOf = async (
  clerk: Clerk,
  { cluster, mode, openedBy, intent }: Opening,
  execution: z.output<typeof Execution>,
): Promise<CaseRecord> => {
  const caseId = caseIdOf(execution);
  const request = await clerk.requests.find(execution.name);
  const record = CaseRecord.parse({
    caseId,
    cluster,
    mode,
    counter: null,
    openedAt: nowIso(clerk.clock),
    planId: null,
    executionArn: execution.arn,
    requester: request?.requester ?? 'unknown',
    openedBy: request ? 'cli' : openedBy,
    intent,
    status: 'open',
    phase: 'open-case',
  });
  if (await clerk.cases.create(record)) return record;
  const found = await clerk.cases.load(caseId);
  if (found.executionArn === execution.arn) return found;
  throw new RequorumError('BadInput', `case ${caseId} belongs to another execution, ${found.executionArn}`);
};
