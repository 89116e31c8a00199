import * as z from 'zod';
import { CaseId, HostPort, InstanceId, Instant, ServerId } from './ids';
import { ServiceManager } from './service-manager';
import { HostFacts, LeaderProbe, LogFacts } from './survey';

/*
 * What travels to hosts (as one base64 parameter, a map host id → order) and what comes back (one JSON line).
 * The scripts in lib/documents/python read and write exactly these shapes.
 */

/** Inspect needs no lease: it is read-only. `hints` are the instance's `requorum:*` tags, without the prefix. */
export const InspectOrder = z.object({ hints: z.record(z.string(), z.string()) });

const Guarded = {
  /** In the host's own clock. */
  deadline: Instant,
  dataDir: z.string(),
  manager: ServiceManager.omit({ state: true }),
  nodeName: ServerId,
  http: HostPort,
};
export const HoldOrder = z.object({
  ...Guarded,
  /**
   * `survivor`: back up and stage peers.json. `restart`: back up, and stage nothing. `fence`: the hold stays in place and
   * nothing is staged. `clean`: what lies there, also under the hold of `heldBy`, is put aside when it is released.
   */
  role: z.enum(['survivor', 'restart', 'fence', 'clean']),
  heldBy: CaseId.nullable(),
  address: HostPort,
  peersJson: z.string().nullable(),
  peersSha256: z.string().nullable(),
});
export const ReleaseOrder = z.object({
  ...Guarded,
  address: HostPort,
  /** Null where the log is kept as it is: then no peers.json may lie there. */
  peersSha256: z.string().nullable(),
  joinOverride: z.array(HostPort).min(1),
  /** Start with an empty data-dir, never as a cluster of its own: the old one is kept in <data-dir>/.requorum/<case>. */
  clean: z.boolean(),
});
export const VerifyOrder = z.object({
  ...Guarded,
  /** `canary`: create and delete a job on this host (the leader). `look`: read only. */
  part: z.enum(['canary', 'look']),
  /** Take the temporary settings away, once there is a log; never restarts Dkron. */
  removeOverride: z.boolean(),
});
/** On the leader's own host: the prober never writes (design rule 15). */
export const RemovePeerOrder = z.object({
  ...Guarded,
  /** The leader's own RPC address: where `dkron raft` talks to. */
  address: HostPort,
  peers: z.array(z.object({ id: ServerId, address: HostPort })).min(1),
});
/** On the host of a server that is retired. */
export const LeaveOrder = z.object({ ...Guarded, address: HostPort });
export const UndoOrder = z.object({
  ...Guarded,
  wasRunning: z.boolean(),
  /** The closed case that held it when the plan was made: where that holds it still, there is nothing to undo. */
  heldBy: CaseId.nullable(),
});

/** The whole parameter: decoded from base64 by the script, which picks its own host and refuses when it is not named. */
export const Orders = z.object({
  caseId: CaseId,
  counter: z.number().int().nonnegative(),
  hosts: z.record(InstanceId, z.unknown()),
});
export type Orders = z.infer<typeof Orders>;

/** A refusal by a host: nothing was changed there by this command. Codes are in errors.ts. */
export const Refusal = z.object({
  outcome: z.literal('refused'),
  hostId: z.string(),
  code: z.string(),
  detail: z.string().max(2000),
});

export const HoldResult = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.enum(['held', 'already-held']),
    hostId: InstanceId,
    /**
     * Files and bytes of the copy under <data-dir>/.requorum/<case>/backup, sha256 over its sorted manifest. Null for role
     * `clean`: its data is only renamed.
     */
    backup: z.object({ path: z.string(), files: z.number().int(), bytes: z.number(), sha256: z.string() }).nullable(),
    /** sha256 of the staged peers.json as read back from disk. */
    peersSha256: z.string().nullable(),
    log: LogFacts.nullable(),
    stopped: z.array(z.number().int()),
    /** Processes that still hold the data-dir; must be empty. */
    leftOver: z.array(z.number().int()),
    wasRunning: z.boolean(),
  }),
  Refusal,
]);
export type HoldResult = z.infer<typeof HoldResult>;

export const ReleaseResult = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.enum(['released', 'already-released']),
    hostId: InstanceId,
    startedAt: Instant,
    /** peers.json was taken in by Dkron (it deletes the file after the recovery); for `clean`: a new log was begun. */
    consumed: z.boolean(),
    leader: LeaderProbe,
    detail: z.string().default(''),
  }),
  Refusal,
]);
export type ReleaseResult = z.infer<typeof ReleaseResult>;

export const VerifyResult = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('looked'),
    hostId: InstanceId,
    canary: z.enum(['created-and-deleted', 'not-asked', 'failed']),
    jobs: z.number().int().nullable(),
    log: LogFacts.nullable(),
    leader: LeaderProbe,
    members: z.array(z.object({ name: z.string(), address: z.string(), status: z.string(), server: z.boolean() })),
    overrideRemoved: z.boolean(),
    detail: z.string().default(''),
  }),
  Refusal,
]);
export type VerifyResult = z.infer<typeof VerifyResult>;

export const RemovePeerResult = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.enum(['removed', 'already-removed']),
    hostId: InstanceId,
    removed: z.array(ServerId),
    /** Raft's configuration afterwards, as the leader tells it. */
    left: z.array(ServerId),
    detail: z.string().default(''),
  }),
  Refusal,
]);
export type RemovePeerResult = z.infer<typeof RemovePeerResult>;

export const LeaveResult = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.enum(['left', 'already-left']),
    hostId: InstanceId,
    /** What had to be killed, since Dkron stays half dead after a leave (facts/dkron §6). */
    stopped: z.array(z.number().int()),
    leftOver: z.array(z.number().int()),
    detail: z.string().default(''),
  }),
  Refusal,
]);
export type LeaveResult = z.infer<typeof LeaveResult>;

export const UndoResult = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.enum(['undone', 'nothing-to-undo']),
    hostId: InstanceId,
    raft: HostFacts.shape.dataDir.shape.raft,
    running: z.boolean(),
  }),
  Refusal,
]);
export type UndoResult = z.infer<typeof UndoResult>;
