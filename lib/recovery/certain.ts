import * as z from 'zod';
import { FenceProof } from './fence';
import { InstanceId, ServerId } from './ids';
import type { HoldResult } from './order';
import { Position, type Briefing, type Plan } from './plan';

const LogEnd = Position.pick({ lastTerm: true, lastIndex: true });
type LogEnd = z.infer<typeof LogEnd>;
const Backup = z.object({ path: z.string(), files: z.number().int(), bytes: z.number(), sha256: z.string() });

/**
 * What is certain once everything is held and fenced, beside what was approved: the facts of the restart gate. Until here
 * positions were of running servers; from here on nothing can change them.
 */
export const Certain = z.object({
  servers: z.array(
    z.object({
      id: ServerId,
      hostId: InstanceId,
      approved: LogEnd.nullable(),
      stopped: LogEnd.nullable(),
      /** One line a person can read: `as approved`, `3 entries more`, `another term`, why it is not held. */
      says: z.string(),
      backup: Backup.nullable(),
      /** Read back from its disk; null where this plan stages none. */
      peersSha256: z.string().nullable(),
    }),
  ),
  /** What was approved, and every host must have. */
  peersSha256: z.string().nullable(),
  fences: z.array(FenceProof),
});
export type Certain = z.infer<typeof Certain>;

/** Null before anything is held. */
export function certainOf(
  plan: Plan,
  briefing: Briefing,
  { holds, fences }: { readonly holds: readonly HoldResult[] | null; readonly fences: readonly FenceProof[] | null },
): Certain | null {
  if (holds === null) return null;
  const servers = plan.survivors.map(({ id, instanceId }): Certain['servers'][number] => {
    const hold = holds.find(({ hostId }) => hostId === instanceId);
    const approved = endOf(briefing.servers.find((server) => server.id === id)?.position ?? null);
    if (!hold || hold.outcome === 'refused') {
      const says = hold ? `not held: ${hold.code}, ${hold.detail}` : 'no answer of the host';
      return { id, hostId: instanceId, approved, stopped: null, says, backup: null, peersSha256: null };
    }
    const { backup, peersSha256 } = hold;
    const stopped = endOf(hold.log);
    return { id, hostId: instanceId, approved, stopped, says: compared(approved, stopped), backup, peersSha256 };
  });
  return { servers, peersSha256: plan.peersSha256, fences: [...(fences ?? [])] };
}

function endOf(log: LogEnd | null): LogEnd | null {
  return log && { lastTerm: log.lastTerm, lastIndex: log.lastIndex };
}

function compared(approved: LogEnd | null, stopped: LogEnd | null): string {
  if (stopped === null) return 'its log was not read';
  if (approved === null) return 'its log was not seen when it was approved';
  if (approved.lastTerm !== stopped.lastTerm) return 'another term than approved';
  const more = stopped.lastIndex - approved.lastIndex;
  if (more === 0) return 'as approved';
  const entries = Math.abs(more) === 1 ? 'entry' : 'entries';
  return more > 0 ? `${more} ${entries} more than approved` : `${-more} ${entries} fewer than approved`;
}
