import type { Gate } from './gate';
import type { GateRule } from './gate-rule';
import type { Plan } from './plan';

/** How a policy is named where a person would be. */
export const BY_POLICY = 'policy in requorum.yaml';

/**
 * Whether a plan needs nobody: only where the configuration says so for its verdict, and it neither writes peers.json, nor
 * takes anybody out, nor stops a host that runs, nor has a danger finding (design rules 9 and 17).
 */
export function actsAlone(rule: Pick<GateRule, 'plan'>, gate: Gate, plan: Plan): boolean {
  return (
    rule.plan === 'auto' &&
    gate.kind === 'approve-plan' &&
    plan.peersJson === null &&
    plan.remedy !== 'power-cycle' &&
    plan.excluded.length === 0 &&
    plan.removals.length === 0 &&
    gate.countAsLost.length === 0 &&
    !gate.danger
  );
}
