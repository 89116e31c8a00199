import * as z from 'zod';
import { HostPort, InstanceId, Instant, ServerId } from './ids';

/** A person's word that a server is destroyed: who says so, when, and why. */
const Word = { who: z.string(), at: Instant, because: z.string().trim().min(1).max(500) };

/** What a plan rests on where it takes such a word for the proof: part of the plan, so that its id binds it. */
export const Declared = z.object({
  ...Word,
  /** What the proof of the inventory lacks, line by line: exactly this is overridden, and nothing that comes later. */
  despite: z.array(z.string()),
});
export type Declared = z.infer<typeof Declared>;

/** The word as it is kept, with what was known of the server when it was given. */
export const Declaration = z.object({
  serverId: ServerId,
  ...Word,
  /** Null where neither inventory nor an earlier case knew the server. */
  known: z
    .object({
      address: HostPort,
      instanceId: InstanceId.nullable(),
      volumeIds: z.array(z.string()),
      interfaceIds: z.array(z.string()),
    })
    .nullable()
    .default(null),
});
export type Declaration = z.infer<typeof Declaration>;

/** `declared destroyed by ann at 2026-03-01T04:09:00.000Z: the rack burnt`. */
export function declaredText({ who, at, because }: Pick<Declaration, 'who' | 'at' | 'because'>): string {
  return `declared destroyed by ${who} at ${at}: ${because}`;
}
