import * as z from 'zod';

const FIELDS = {
  /** Names of `people` who may let a plan act; empty: whoever a door lets in. Anybody may decline. */
  approvers: z.array(z.string()),
  /** How many different people. */
  approvals: z.number().int().min(1).max(5),
  /** Whether the one who asked for the case may let it act; then it is printed in red. */
  selfApproval: z.boolean(),
  /** `auto`: a plan without peers.json, danger or lost servers needs nobody. Said for a verdict, never for all (rule 17). */
  plan: z.enum(['ask', 'auto']),
  planGateMinutes: z.number().min(0.05).max(720),
  restartGateMinutes: z.number().min(0.05).max(120),
  /** How long the answer to wait for unreachable hosts waits, before everything is looked at again. */
  waitMinutes: z.number().min(0).max(30),
  /** `automatic`: the restart gate answers itself when everything equals what was approved. */
  restart: z.enum(['automatic', 'always']),
  /** Lets one person override a danger finding alone (design rule 9). */
  soloOverride: z.boolean(),
};

/** What a gate asks for: who may answer, how many, how long it waits. */
export const GateRule = z.object({
  approvers: FIELDS.approvers.default([]),
  approvals: FIELDS.approvals.default(1),
  selfApproval: FIELDS.selfApproval.default(true),
  plan: FIELDS.plan.default('ask'),
  planGateMinutes: FIELDS.planGateMinutes.default(30),
  restartGateMinutes: FIELDS.restartGateMinutes.default(10),
  waitMinutes: FIELDS.waitMinutes.default(2),
  restart: FIELDS.restart.default('automatic'),
  soloOverride: FIELDS.soloOverride.default(false),
});
export type GateRule = z.infer<typeof GateRule>;

/** What is said for a cluster as a whole. */
export const GateRuleOfCluster = GateRule.omit({ plan: true });

/** What differs for one verdict. */
export const GateRuleChange = z.strictObject(FIELDS).partial();
