import * as z from 'zod';
import { Mode } from '../../lib/recovery/case';
import { CaseId, ClusterName, Instant } from '../../lib/recovery/ids';
import { Intent } from '../../lib/recovery/intent';
import { readItem } from './read-item';
import type { Table } from './table';

/** Who asked for a case: written by the door before the execution starts, because the machine is never told its caller. */
export const CaseRequest = z.object({
  caseId: CaseId,
  cluster: ClusterName,
  mode: Mode,
  requester: z.string(),
  at: Instant,
  intent: Intent.nullable().default(null),
});
export type CaseRequest = z.infer<typeof CaseRequest>;

const keyOf = (executionName: string) => ({ pk: `REQUEST#${executionName}`, sk: 'REQUEST' });

export const requestStore = (table: Table) => ({
  find: async (executionName: string): Promise<CaseRequest | null> =>
    readItem(CaseRequest, await table.get(keyOf(executionName)), `the request of ${executionName}`),

  keep: async (request: CaseRequest): Promise<void> => {
    await table.put(keyOf(request.caseId), request);
  },
});
export type RequestStore = ReturnType<typeof requestStore>;
