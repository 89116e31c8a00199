import type { CaseRecord } from '../../lib/recovery/case-record';
import { log } from '../adapters/log';
import { sha256 } from '../adapters/sha256';
import { isRunning, startExecution } from '../adapters/step-functions';
import type { Sentinel } from './sentinel';

/** One try per dead run and this many seconds: the name of an execution cannot be used again for 90 days. */
const TRY_AGAIN_SECONDS = 600;

const tidyName = ({ caseId, executionArn }: CaseRecord, now: Date): string => {
  const slot = Math.floor(now.getTime() / 1000 / TRY_AGAIN_SECONDS);
  return `tidy-${sha256(`${caseId} ${executionArn}`).slice(0, 24)}-${slot}`;
};

/** Starts a run that takes an open case over whose own run is dead. Null when there is nothing to take over. */
export const tidyIfDead = async ({ machine, clock }: Sentinel, record: CaseRecord | null): Promise<string | null> => {
  if (record?.status !== 'open' || (await isRunning(record.executionArn))) return null;
  const { caseId, cluster } = record;
  const started = await startExecution(machine, tidyName(record, clock.now()), { cluster, mode: 'tidy', caseId });
  log.warn('the run of an open case is dead', { caseId, cluster, tidy: started.kind });
  return started.kind === 'started' ? caseId : null;
};
