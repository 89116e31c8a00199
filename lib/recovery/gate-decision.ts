import type { GateResult } from './boundary';
import type { Answer, Gate } from './gate';
import { isPerson, samePerson, type Caller } from './people';

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
    means: 'this person has answered already, and one alone is not enough',
    nextStep: 'ask another person; for a danger finding, or set policy.soloOverride',
  },
  NotAnApprover: {
    means: 'the rule of this gate names who may let it act, and this person is not among them',
    nextStep: 'ask one of them, or decline; who may is policy.approvers in requorum.yaml',
  },
  NothingToWaitFor: {
    means: 'this plan counts no unreachable host as lost, or its case has been put off too often',
    nextStep: 'answer the plan as it is: requorum watch --case <id>',
  },
  CannotPowerCycle: {
    means: 'a host that is named cannot be power-cycled, or none is named',
    nextStep: 'wait, or count it as lost: requorum watch --case <id>',
  },
  SelfApproval: {
    means: 'the rule of this gate does not let the person who asked for the case approve it',
    nextStep: 'ask another person, or set policy.selfApproval',
  },
  WhoseIsUnknown: {
    means: 'one person has answered through another door, and nobody has said that these are two people',
    nextStep: 'answer through the same door, or list both in `people` in requorum.yaml',
  },
} as const satisfies Record<string, { means: string; nextStep: string }>;
export type GateRefusal = keyof typeof GATE_REFUSALS;

export type GateDecision =
  | { readonly kind: 'accepted'; readonly gate: Gate; readonly result: GateResult }
  /** Some of several people have answered; so many more are still needed. */
  | { readonly kind: 'pending'; readonly gate: Gate; readonly missing: number }
  | { readonly kind: 'refused'; readonly code: GateRefusal; readonly says: string };

/** The result that a settled gate stands for; null for one that is open or expired. */
export function resultOf({ status, planId, answers, waitMinutes }: Gate): GateResult | null {
  const last = answers.at(-1);
  if (last === undefined || status === 'open' || status === 'expired') return null;
  const result = { decision: status, planId, who: last.who, at: last.at };
  if (status !== 'postponed') return result;
  const wait = last.decision === 'wait' ? waitMinutes * 60_000 : 0;
  return { ...result, until: new Date(Date.parse(last.at) + wait).toISOString() };
}

/** What an answer does to a gate. Silence, doubt and anything unclear is no (design rule 9). */
export function decideGate(gate: Gate, answer: Answer, { now, ...caller }: Caller & { now: string }): GateDecision {
  const { who, person, door } = caller;
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
      {
        ...{ who, person, door, at: now, reason: answer.reason },
        // What was chosen says more than that it was put off.
        decision: status === 'open' || status === 'postponed' ? answer.decision : status,
        ...(status === 'postponed' && { powerCycle: answer.powerCycle ?? [] }),
      },
    ],
  });
  const accept = (decision: 'approved' | 'declined' | 'postponed'): GateDecision => {
    const settled = answered(decision);
    const result = resultOf(settled);
    if (result === null) throw new TypeError('a settled gate has a result');
    return { kind: 'accepted', gate: settled, result };
  };
  if (answer.decision === 'decline') return accept('declined');
  // It changes nothing: a plan with a gate of its own follows, and who may decline may ask for that as well.
  if (answer.decision === 'wait' || answer.decision === 'power-cycle')
    return postponeProblem(gate, answer) ?? accept('postponed');
  const problem = approvalProblem(gate, answer) ?? callerProblem(gate, caller);
  if (problem) return problem;
  const missing = needed(gate) - gate.answers.length - 1;
  return missing > 0 ? { kind: 'pending', gate: answered('open'), missing } : accept('approved');
}

/** How many different people: a danger finding needs two, whatever the rule says of plans without one. */
export function needed({ danger, soloOverride, approvals }: Gate): number {
  return danger && !soloOverride ? Math.max(2, approvals) : approvals;
}

/** Whether this person may let it act at all, and is not one of those who did. */
function callerProblem(gate: Gate, caller: Caller): GateDecision | null {
  const { approvers, selfApproval, requester, requesterPerson, answers } = gate;
  if (approvers.length > 0 && !approvers.includes(caller.person ?? '')) {
    return refused('NotAnApprover', `${caller.who} is not one of ${approvers.join(', ')}`);
  }
  const asker = { who: requester, person: requesterPerson };
  // An alarm is nobody; who started a case in the console is not known (ADR 0004).
  if (!selfApproval && isPerson(requester) && samePerson(caller, asker) !== 'different') {
    return refused('SelfApproval', `${caller.who} is, or may be, who asked for this case: ${requester}`);
  }
  for (const before of answers) {
    const { who, at } = before;
    const same = samePerson(caller, before);
    if (same === 'same') return refused('SecondPersonNeeded', `${who} has answered already, at ${at}; another has to`);
    if (same === 'unknown')
      return refused('WhoseIsUnknown', `${who} answered at ${at}; is ${caller.who} another person?`);
  }
  return null;
}

/** Only what was offered, and only for a host that may be power-cycled. */
function postponeProblem({ choices }: Gate, { decision, powerCycle = [] }: Answer): GateDecision | null {
  if (choices.length === 0)
    return refused('NothingToWaitFor', 'wait and power-cycle are no answers to this gate: approve or decline');
  if (decision === 'wait') return null;
  if (powerCycle.length === 0) return refused('CannotPowerCycle', 'no host is named');
  for (const id of powerCycle) {
    const choice = choices.find((one) => one.id === id);
    if (!choice) return refused('CannotPowerCycle', `${id} is no unreachable host of this plan`);
    if (choice.notCycled !== null) return refused('CannotPowerCycle', `${id}: ${choice.notCycled}`);
  }
  return null;
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
