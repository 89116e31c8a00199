import * as z from 'zod';

/**
 * The names that travel through a case. Each is bounded and has a safe alphabet, so that none can
 * break out of a path, a key, a shell word or a page.
 */
export const ClusterName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,47}$/, 'lower-case letters, digits and dashes, at most 48');
export type ClusterName = z.infer<typeof ClusterName>;

/** Raft id of a server: Dkron uses the node name (facts: ids are node names in v2, v3 and v4). */
export const ServerId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'not a Dkron node name');
export type ServerId = z.infer<typeof ServerId>;

export const InstanceId = z.string().regex(/^i-[0-9a-f]{8,17}$/, 'not an EC2 instance id');
export type InstanceId = z.infer<typeof InstanceId>;

/** `<cluster>-<UTC stamp>-<suffix>`; also the name of the execution that opened the case. */
export const CaseId = z.string().regex(/^[A-Za-z0-9_-]{1,80}$/, 'not a case id');
export type CaseId = z.infer<typeof CaseId>;

/** First 16 hexadecimal characters of the sha256 over the canonical plan. */
export const PlanId = z.string().regex(/^[0-9a-f]{16}$/, 'not a plan id');
export type PlanId = z.infer<typeof PlanId>;

/** ISO 8601 in UTC, as Date.toISOString() writes it. */
export const Instant = z.iso.datetime();
export type Instant = z.infer<typeof Instant>;

/** What a server's host:port looks like in Raft's configuration and in peers.json; IPv6 in brackets. */
export const HostPort = z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, 'not host:port');
export type HostPort = z.infer<typeof HostPort>;
