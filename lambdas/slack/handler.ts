import { edge } from '../adapters/edge';
import { env } from '../adapters/env';
import { act } from './act';
import { deskFrom } from './desk';
import { Input } from './input';
import { receive } from './receive';
import { lookAtAll, tellChanges } from './tell-case';

/** The door in Slack: what people do there, and what they are told of cases. */
export const handler = edge(Input, async (input) => {
  const desk = deskFrom(env.slack());
  if ('rawPath' in input) return receive(desk, input);
  if ('Records' in input) return tellChanges(desk, input);
  return input.action === 'look' ? lookAtAll(desk) : act(desk, input);
});
