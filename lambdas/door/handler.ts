import * as z from 'zod';
import { OpenGateInput } from '../../lib/recovery/boundary';
import { edge } from '../adapters/edge';
import { env } from '../adapters/env';
import { doorFrom } from './door';
import { HttpEvent } from './http';
import { openGate } from './open-gate';
import { route } from './routes';

const Input = z.union([OpenGateInput, HttpEvent]);

/** Where people and the machine meet: the machine opens gates, people answer them over HTTP with IAM. */
export const handler = edge(Input, (input) => {
  const door = doorFrom(env.door());
  return 'action' in input ? openGate(door, input) : route(door, input);
});
