import type * as z from 'zod';
import type { LeaderProbe } from '../../lib/recovery/survey';

/** A probe that brought nothing, as a value: silence is a fact, never an exception. */
export type NoAnswer = Exclude<z.infer<typeof LeaderProbe>, { outcome: 'answered' }>;

/** IPv6 addresses go into brackets. */
export const hostPort = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
