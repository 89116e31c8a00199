import type { GateResult } from './boundary';
import type { Answer, Gate } from './gate';

/** Why an answer is not taken: nothing changes, and the gate stays as it was (docs/errors.md is made from it). */
export const GATE_REFUSALS = {
  AlreadyAnswered: { means: 'the gate was answered before', nextStep: 'follow the case: requorum watch --case <id>' },
  Expired: { means: 'the answer came after the time of the gate; silence is no', nextStep: 'open a new case' },
  OtherPlan: {
    means: 'the answer names another plan than the gate asks about',
    nextStep: 'read the plan that is open now: requorum watch --case <id>',
  },
  LostServersDiffer: {
    means: 'an approval must name exactly the servers that the plan counts as lost',
    nextStep: 'name them: requorum approve --case <id> --lost <server>',
  },
  DangerNeedsOverride: {
    means: 'a danger finding is open, so a plain approval is not possible',
    nextStep: 'mend what the finding says, or override: requorum approve --case <id> --override',
  },
  NothingToOverride: {
    means: 'no danger finding is open',
    nextStep: 'approve it plainly: requorum approve --case <id>',
  },
  ClusterNotTyped: { means: "an override needs the cluster's name, typed", nextStep: 'type the name of the cluster' },
  ReasonMissing: { means: 'an override needs a reason', nextStep: 'say why: --reason <text>' },
  SecondPersonNeeded: {
    means: 'this person has overridden already, and one alone is not enough',
    nextStep: 'ask a second person to override, or set policy.soloOverride',
  },
} as const satisfies Record<string, { means: string; nextStep: string }>;
type GateRefusal = keyof typeof GATE_REFUSALS;

export type GateDecision =
  | { readonly kind: 'accepted'; readonly gate: Gate; readonly result: GateResult }
  /** One of two people has answered; another one is still needed. */
  | { readonly kind: 'pending'; readonly gate: Gate }
  | { readonly kind: 'refused'; readonly code: GateRefusal; readonly says: string };

export interface Answering {
  readonly who: string;
  readonly door: 'cli' | 'machine';
  readonly now: string;
}

/** What an answer does to a gate. Silence, doubt and anything unclear is no (design rule 9). */
export function decideGate(gate: Gate, answer: Answer, { who, door, now }: Answering): GateDecision {
  const [last] = gate.answers.slice(-1);
  if (gate.status !== 'open') {
    return refused('AlreadyAnswered', `already ${gate.status}${last ? ` by ${last.who} at ${last.at}` : ''}`);
  }
  if (Date.parse(now) >= Date.parse(gate.expiresAt)) return refused('Expired', `the gate expired at ${gate.expiresAt}`);
  if (answer.planId !== gate.planId)
    return refused('OtherPlan', `this gate asks about plan ${gate.planId}, not ${answer.planId}`);
  const answered = (status: Gate['status']): Gate => ({
    ...gate,
    status,
    answers: [
      ...gate.answers,
      { decision: status === 'open' ? answer.decision : status, who, door, at: now, reason: answer.reason },
    ],
  });
  const accept = (decision: 'approved' | 'declined'): GateDecision => ({
    kind: 'accepted',
    gate: answered(decision),
    result: { decision, planId: gate.planId, who, at: now },
  });
  if (answer.decision === 'decline') return accept('declined');
  const problem = approvalProblem(gate, answer);
  if (problem) return problem;
  if (!gate.danger || gate.soloOverride) return accept('approved');
  const others = gate.answers.filter((one) => one.decision === 'override' && one.who !== who);
  if (others.length > 0) return accept('approved');
  if (gate.answers.some((one) => one.decision === 'override')) {
    return refused('SecondPersonNeeded', `${who} has overridden already; a second person has to`);
  }
  return { kind: 'pending', gate: answered('open') };
}

function approvalProblem(gate: Gate, answer: Answer): GateDecision | null {
  if (!sameServers(gate.countAsLost, answer.countAsLost)) {
    return refused('LostServersDiffer', `name exactly these as lost: ${gate.countAsLost.join(', ') || 'none'}`);
  }
  if (gate.danger && answer.decision === 'approve')
    return refused('DangerNeedsOverride', 'a danger finding is open: only an override is possible');
  if (!gate.danger && answer.decision === 'override')
    return refused('NothingToOverride', 'no danger finding is open: approve it');
  if (answer.decision !== 'override') return null;
  if (answer.clusterTyped !== gate.cluster)
    return refused('ClusterNotTyped', `type the name of the cluster, ${gate.cluster}`);
  if (answer.reason.trim() === '') return refused('ReasonMissing', 'an override needs a reason');
  return null;
}

function sameServers(a: readonly string[], b: readonly string[]): boolean {
  return [...new Set(a)].sort().join(' ') === [...new Set(b)].sort().join(' ');
}

function refused(code: GateRefusal, says: string): GateDecision {
  return { kind: 'refused', code, says };
}
