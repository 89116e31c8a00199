import * as z from 'zod';
import { edge } from '../adapters/edge';
import { env } from '../adapters/env';
import { ended, ExecutionEnded } from './ended';
import { refresh, RefreshInput } from './refresh';
import { sentinelFrom } from './sentinel';

const Input = z.union([RefreshInput, ExecutionEnded]);

/** On a schedule: looks at every cluster. On the end of an execution: takes over what it left. */
export const handler = edge(Input, async (input) => {
  const sentinel = sentinelFrom(env.sentinel());
  return 'action' in input ? refresh(sentinel, input) : ended(sentinel, input);
});
