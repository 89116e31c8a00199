import * as z from 'zod';
import { GateRule, GateRuleChange, GateRuleOfCluster } from './gate-rule';
import { ClusterName } from './ids';
import { VerdictName } from './verdict-name';

/** The ports as Dkron calls them. `rpc` carries Raft and gRPC together (facts/dkron §1). */
export const Ports = z.object({
  rpc: z.number().int().min(1).max(65535).default(6868),
  http: z.number().int().min(1).max(65535).default(8080),
  serf: z.number().int().min(1).max(65535).default(8946),
});

/** What people allow for a cluster. Times in minutes or seconds as the name says. */
export const Policy = z.object({
  ...GateRuleOfCluster.shape,
  /** What differs for one verdict. */
  verdicts: z.partialRecord(VerdictName, GateRuleChange).default({}),
  /** How long one leader must have held before the case counts as proved (design rule 12: ≥ 75 s). */
  proofSeconds: z.number().int().min(75).max(900).default(75),
  /** How long `Await leader` waits; never below Dkron's slowest detection (about 5 min, #1702). */
  leaderSeconds: z.number().int().min(60).max(900).default(300),
  /** How long a host that was started has until its agent is connected; after that it counts as silent. */
  agentSeconds: z.number().int().min(15).max(600).default(300),
  /** How long alarms open no other case after one that they opened and that changed a host; 0 = at once. */
  coolDownMinutes: z.number().min(0).max(1440).default(60),
  /** What alarms may do: `plan` stops at the plan gate. Only people let a plan act (design rule 17). */
  alarm: z.enum(['plan', 'ignore']).default('plan'),
});
export type Policy = z.infer<typeof Policy>;

/** The rule for the gates of a plan: what is said for its verdict, else what is said for the cluster. */
export function ruleFor({ policy }: { readonly policy: Policy }, verdict: VerdictName): GateRule {
  return GateRule.parse({ ...policy, ...policy.verdicts[verdict] });
}

/**
 * Where a new host comes from when a server is replaced. Its image must have Dkron, and an agent that finds Systems Manager
 * over port 443: a new host comes up in the quarantine group, which lets nothing else out.
 */
export const Replacement = z.strictObject({
  launchTemplate: z.string().regex(/^lt-[0-9a-f]+$/, 'the id of a launch template, lt-…'),
  /** A number pins what is approved; `$Default` and `$Latest` may mean another version by the time it is launched. */
  version: z
    .string()
    .regex(/^(\d+|\$Default|\$Latest)$/, 'a number in quotes, $Default or $Latest')
    .default('$Default'),
  /** Role of the template's instance profile, where it has one: EC2 asks whether we may pass it. */
  instanceRole: z
    .string()
    .regex(/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'the ARN of a role')
    .optional(),
  /** Auto Scaling group that it becomes a member of once it has joined and is proved (docs/adr/0013). */
  autoScalingGroup: z
    .string()
    .regex(/^[^\s/:|]{1,255}$/, 'the name of an Auto Scaling group')
    .optional(),
});
export type Replacement = z.infer<typeof Replacement>;

/** One Dkron cluster as configured: how its instances are found, its ports, what is allowed. */
export const Cluster = z.object({
  name: ClusterName,
  /** Instances are found by these tags, all of them; never by position. */
  selector: z.record(z.string().min(1), z.string()).refine((tags) => Object.keys(tags).length > 0, 'at least one tag'),
  /** How many servers the cluster has at full strength. */
  size: z.number().int().min(1).max(15),
  ports: Ports.prefault({}),
  policy: Policy.prefault({}),
  /** Where the hosts live: the prober's network and the quarantine group's VPC. */
  vpc: z
    .object({
      vpcId: z.string().regex(/^vpc-[0-9a-f]+$/),
      subnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]+$/)).min(1),
      availabilityZones: z.array(z.string()).min(1),
    })
    .optional(),
  /** How `requorum replace` makes a new host; without it a server can be readmitted, and not replaced. */
  replacement: Replacement.optional(),
});
export type Cluster = z.infer<typeof Cluster>;
/** What a person writes in the configuration file: everything with a default may be left out. */
export type ClusterInput = z.input<typeof Cluster>;
