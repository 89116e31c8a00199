import * as z from 'zod';
import { Declared } from './declaration';
import { HostPort, InstanceId, Instant, ServerId } from './ids';
import { ServiceManager } from './service-manager';

/** How an excluded server is kept from running with its old data; each ends in a proof (design rule 1). */
export const Fence = z.discriminatedUnion('kind', [
  /** Proved by the inventory, or, where that cannot be, declared by a person. */
  z.object({ kind: z.literal('gone'), declared: Declared.nullable().default(null) }),
  z.object({
    kind: z.literal('quarantine-stop'),
    instanceId: InstanceId,
    interfaceIds: z.array(z.string()),
    /** What the stop destroys; there only where it does, and approved by an override (rule 13). */
    destroys: z.literal('instance-store').optional(),
  }),
  z.object({
    kind: z.literal('hold'),
    instanceId: InstanceId,
    dataDir: z.string(),
    manager: ServiceManager.omit({ state: true }),
    http: HostPort,
  }),
]);
export type Fence = z.infer<typeof Fence>;

/** What was changed on one instance's fence, kept in the case so that it can be put back (design rule 11). */
export const FenceRecord = z.object({
  instanceId: InstanceId,
  /** Groups as found, per network interface. */
  groupsBefore: z.record(z.string(), z.array(z.string())),
  stateBefore: z.string(),
  quarantinedAt: Instant.nullable(),
  stopAskedAt: Instant.nullable(),
  /** When this case started it in quarantine: Undo stops it again. */
  startAskedAt: Instant.nullable().default(null),
  /** When this case stopped it to start it again; absent for a host that was fenced, or found stopped. */
  cycledAt: Instant.optional(),
  /** It came up without Raft data: Undo leaves it stopped, or it would vote for anyone (E1). */
  foundEmpty: z.literal(true).optional(),
  /** The server in whose stead this case launched it; absent for a host that was there before. */
  launchedFor: ServerId.optional(),
  /** Of a plan that was released already: it stays, whatever becomes of a later plan of the case. */
  kept: z.boolean().default(false),
});
export type FenceRecord = z.infer<typeof FenceRecord>;

/** Whether this case powered it on, and has not stopped it since. */
export function isPoweredOn({ startAskedAt, stopAskedAt }: Pick<FenceRecord, 'startAskedAt' | 'stopAskedAt'>): boolean {
  return startAskedAt !== null && (stopAskedAt === null || startAskedAt > stopAskedAt);
}

/** What was changed on one Auto Scaling group, kept in the case before it is changed, so that any later run can put it back. */
export const GroupRecord = z.object({
  group: z.string(),
  /** Processes that this case suspended: those that were suspended before are not resumed. */
  suspended: z.array(z.string()),
  /** Members that this case put into Standby, which lowered the desired capacity by one each. */
  standby: z.array(InstanceId),
  resumedAt: Instant.nullable().default(null),
  /** Why it was left suspended at the end. */
  left: z.string().nullable().default(null),
});
export type GroupRecord = z.infer<typeof GroupRecord>;

/** Evidence that an excluded server cannot run with its old data, as of `at`. `proved: false` blocks Release. */
export const FenceProof = z.object({
  serverId: ServerId,
  kind: z.enum(['gone', 'quarantine-stop', 'hold']),
  instanceId: InstanceId.nullable(),
  proved: z.boolean(),
  at: Instant,
  /** One line a person can check: states, groups, volumes, times. */
  evidence: z.string(),
});
export type FenceProof = z.infer<typeof FenceProof>;
