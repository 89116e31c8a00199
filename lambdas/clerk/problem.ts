import * as z from 'zod';
import { OUTCOMES } from '../../lib/recovery/case';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { nextStepsOf } from '../../lib/recovery/next-steps';
import { ERROR_TABLE } from '../../lib/recovery/errors';
import type { ErrorCode } from '../../lib/recovery/errors';
import type { Planning } from '../../lib/recovery/plan';
import type { Report } from '../../lib/recovery/report';
import type { Ending } from './close-record';

/** What a Catch hands over; Lambda puts the error that was thrown into Cause, as JSON. */
const Caught = z.object({ Error: z.string(), Cause: z.string().optional() });
const Thrown = z.object({ errorType: z.string(), errorMessage: z.string() });

const isCode = (name: string): name is ErrorCode => Object.hasOwn(ERROR_TABLE, name);

const thrownIn = (cause: string): z.infer<typeof Thrown> | null => {
  try {
    return Thrown.safeParse(JSON.parse(cause)).data ?? null;
  } catch {
    return null;
  }
};

const caughtProblem = (error: unknown): Report['problem'] => {
  const caught = Caught.safeParse(error);
  if (!caught.success) return null;
  const { Error: name, Cause = '' } = caught.data;
  const thrown = thrownIn(Cause) ?? { errorType: name, errorMessage: Cause };
  const code = [thrown.errorType, name].find(isCode) ?? 'Unexpected';
  return {
    code,
    says: `${thrown.errorType}: ${thrown.errorMessage}`.slice(0, 1000),
    nextStep: ERROR_TABLE[code].nextStep,
  };
};

/** Why a case did not end well, with what to do now; null when it did. */
export const problemOf = (
  { cluster, caseId }: CaseRecord,
  planning: Planning | null,
  { outcome, says, error }: Ending,
): Report['problem'] => {
  if (OUTCOMES[outcome].class === 'well') return null;
  const [nextStep = ''] = nextStepsOf({ outcome, planning, cluster, caseId, problem: null });
  return caughtProblem(error) ?? { code: outcome, says: says || OUTCOMES[outcome].means, nextStep };
};
