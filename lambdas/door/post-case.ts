import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { ClusterName } from '../../lib/recovery/ids';
import { AskedIntent, intentsIn, type Intent } from '../../lib/recovery/intent';
import { RequorumError } from '../../lib/recovery/errors';
import { nowIso } from '../adapters/clock';
import { clusterNamed } from '../adapters/clusters';
import { startExecution } from '../adapters/step-functions';
import type { Door } from './door';
import { bodyOf } from './http';
import type { Reply } from './http';
import type { Request } from './routes';

const Body = AskedIntent.extend({ cluster: ClusterName, mode: z.enum(['plan', 'recover']) }).refine(
  (body) => intentsIn(body).length <= 1,
  'one case takes one server: retire, readmit or replace',
);

/** `20261125T045134` */
const stampOf = (instant: string): string => instant.slice(0, 19).replace(/[-:]/g, '');

interface Asked {
  readonly cluster: string;
  readonly mode: 'plan' | 'recover';
  readonly intent: Intent | null;
  readonly who: string;
}

/**
 * Opens a case, through whichever door. The request is written first, so that the case knows who asked; one case at a time
 * is the lease's job.
 * @throws RequorumError UnknownCluster
 */
export const requestCase = async (
  door: Pick<Door, 'clock' | 'clusters' | 'machine' | 'requests'>,
  { cluster, mode, intent, who }: Asked,
): Promise<{ caseId: string; executionArn: string }> => {
  clusterNamed(cluster, door.clusters);
  const at = nowIso(door.clock);
  const caseId = `${cluster}-${stampOf(at)}-${randomBytes(3).toString('hex')}`;
  await door.requests.keep({ caseId, cluster, mode, requester: who, at, intent });
  const started = await startExecution(door.machine, caseId, {
    cluster,
    mode,
    ...(intent && { [intent.kind]: intent.server }),
  });
  if (started.kind === 'exists') throw new RequorumError('Unexpected', `an execution named ${caseId} exists already`);
  return { caseId, executionArn: started.executionArn };
};

export const postCase = async (door: Door, { event, who }: Request): Promise<Reply> => {
  const body = bodyOf(event, Body);
  const [intent = null] = intentsIn(body);
  const { cluster, mode } = body;
  return { status: 202, body: await requestCase(door, { cluster, mode, intent, who }) };
};
