import * as z from 'zod';
import { caseIdOf } from '../adapters/case-id';
import type { Sentinel } from './sentinel';
import { sweep } from './sweep';
import { tidyIfDead } from './tidy';

/** EventBridge's word that an execution ended badly; best effort, so that the sweep goes over everything as well. */
export const ExecutionEnded = z.object({
  source: z.literal('aws.states'),
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({
    executionArn: z.string(),
    name: z.string(),
    status: z.string(),
  }),
});

/** Takes over what the dead execution left: its own case, or the one it was to tidy. */
export const ended = async (
  sentinel: Sentinel,
  { detail: { executionArn, name } }: z.output<typeof ExecutionEnded>,
): Promise<{ tidied: string[] }> => {
  const own = await tidyIfDead(sentinel, await sentinel.cases.find(caseIdOf({ arn: executionArn, name })));
  const swept = await sweep(sentinel, sentinel.clusters);
  return { tidied: [...new Set([...(own === null ? [] : [own]), ...swept])] };
};
