import * as z from 'zod';
import { edge } from '../adapters/edge';
import { env } from '../adapters/env';
import { ended, ExecutionEnded } from './ended';
import { peers, PeersInput } from './peers';
import { refresh, RefreshInput } from './refresh';
import { sentinelFrom } from './sentinel';

const Input = z.union([RefreshInput, PeersInput, ExecutionEnded]);

/** On a schedule: looks at every cluster. On the end of an execution: takes over what it left. */
export const handler = edge(Input, async (input) => {
  const sentinel = sentinelFrom(env.sentinel());
  if (!('action' in input)) return ended(sentinel, input);
  return input.action === 'peers' ? peers(sentinel, input) : refresh(sentinel, input);
});
