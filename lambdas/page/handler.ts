import { handle } from 'hono/aws-lambda';
import * as z from 'zod';
import { edge } from '../adapters/edge';
import { env } from '../adapters/env';
import { appOf } from './app';
import { pageFrom } from './page';

/** API Gateway's event (payload format 2.0), of which Hono reads the rest. */
const PageEvent = z.looseObject({ version: z.literal('2.0'), rawPath: z.string() });

/** The door for people with a browser. */
export const handler = edge(PageEvent, (event) =>
  handle(appOf(pageFrom(env.page())))(event as unknown as Parameters<ReturnType<typeof handle>>[0]),
);
