import * as z from 'zod';
import { edge } from '../adapters/edge';
import { env } from '../adapters/env';
import { declare, DeclareInput } from './declare';
import { ended, ExecutionEnded } from './ended';
import { peers, PeersInput } from './peers';
import { refresh, RefreshInput } from './refresh';
import { sentinelFrom } from './sentinel';

const Input = z.union([RefreshInput, PeersInput, DeclareInput, ExecutionEnded]);

/** On a schedule: looks at every cluster. On the end of an execution: takes over what it left. */
export const handler = edge(Input, async (input) => {
  const sentinel = sentinelFrom(env.sentinel());
  if (!('action' in input)) return ended(sentinel, input);
  switch (input.action) {
    case 'peers':
      return peers(sentinel, input);
    case 'declare':
      return declare(sentinel, input);
    case 'refresh':
      return refresh(sentinel, input);
  }
});
