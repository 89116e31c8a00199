import * as z from 'zod';
import { Fence } from './fence';
import { CaseId, HostPort, Instant, ServerId } from './ids';

/**
 * A server that a closed case took out of the configuration, and what keeps it out. Fences outlive their case: the way back
 * goes by this record, and so does everybody who asks which hosts must not be started (design rules 1 and 11).
 */
export const Exclusion = z.object({
  serverId: ServerId,
  /** Raft address that it had. */
  address: HostPort,
  /** The case that took it out; its hold is named after it. */
  caseId: CaseId,
  since: Instant,
  fence: Fence,
  /** Groups per network interface as they were before the first fence: what a readmitted host gets back. */
  groupsBefore: z.record(z.string(), z.array(z.string())).default({}),
  /** Volumes that it had: whoever has one of them is the old server, on whatever host (design rule 14). */
  volumeIds: z.array(z.string()).default([]),
  /** The server on a new host that joined in its stead: nobody waits for it any more, and its fence must stand all the same. */
  replacedBy: ServerId.optional(),
});
export type Exclusion = z.infer<typeof Exclusion>;

/** A new host joined as `by` in the stead of `serverId`: it is not asked for any more. */
export const replaced = (exclusions: readonly Exclusion[], serverId: string, by: string): Exclusion[] =>
  exclusions.map((one) => (one.serverId === serverId ? { ...one, replacedBy: by } : one));
