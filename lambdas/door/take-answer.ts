import type { GateResult } from '../../lib/recovery/boundary';
import { RequorumError } from '../../lib/recovery/errors';
import { decideGate, GATE_REFUSALS, resultOf, type GateRefusal } from '../../lib/recovery/gate-decision';
import type { Answer, Gate } from '../../lib/recovery/gate';
import type { Caller } from '../../lib/recovery/people';
import { list, named } from '../../lib/recovery/words';
import type { AuditStore } from '../adapters/audit-store';
import type { CaseStore } from '../adapters/case-store';
import { nowIso, type Clock } from '../adapters/clock';
import type { GateStore, StoredGate } from '../adapters/gate-store';
import { tellMachine, tellMachineAgain } from './tell-machine';

/** What taking an answer needs: the same for every door. */
export interface AnswerDesk {
  readonly audits: AuditStore;
  readonly cases: CaseStore;
  readonly gates: GateStore;
  readonly clock: Clock;
}

/** What became of an answer, in the words of every door. */
export type Taken =
  | { readonly kind: 'answered'; readonly gate: Gate; readonly says: string }
  | { readonly kind: 'pending'; readonly gate: Gate; readonly missing: number; readonly says: string }
  | {
      readonly kind: 'refused';
      readonly gate: Gate;
      readonly code: GateRefusal;
      readonly says: string;
      readonly nextStep: string;
    };

/** How often an answer is weighed again because another person changed the gate in between. */
const TRIES = 3;
/** Seconds after which an answer that the machine was not told is taken for forgotten; no door lives that long. */
const FORGOTTEN_SECONDS = 60;

/**
 * Takes a person's answer to a gate, through whichever door. What it is worth is decided in one pure place; of two answers at
 * once the table lets one through, and only then the machine is woken (design §5). Whatever it led to is an audit event.
 * @throws RequorumError UnknownGate, StoreUnavailable
 */
export const takeAnswer = async (desk: AnswerDesk, gateId: string, answer: Answer, caller: Caller): Promise<Taken> => {
  const taken = await take(desk, gateId, answer, caller);
  const { gate, says } = taken;
  const { gateId: id, caseId, cluster, planId } = gate;
  const what =
    taken.kind === 'refused' ? { event: 'refused' as const, code: taken.code } : { event: answer.decision, code: null };
  await desk.audits.tell({
    ...{ at: nowIso(desk.clock), cluster, caseId, gateId: id, planId },
    ...{ ...caller, ...what, says: says.slice(0, 500) },
  });
  return taken;
};

const take = async (desk: AnswerDesk, gateId: string, answer: Answer, caller: Caller): Promise<Taken> => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const stored = await desk.gates.find(gateId);
    if (!stored) throw new RequorumError('UnknownGate', `gate ${gateId.slice(0, 60)}`);
    if (stored.gate.status !== 'open') return alreadyAnswered(desk, stored);
    const decided = decideGate(stored.gate, answer, { ...caller, now: nowIso(desk.clock) });
    if (decided.kind === 'refused') return refused(stored.gate, decided.code, decided.says);
    const settled = await desk.gates.settle(stored, decided.gate);
    if (!settled) continue;
    if (decided.kind === 'accepted') return accept(desk, settled, decided.result);
    return pending(desk, settled.gate, decided.missing, caller);
  }
  throw new RequorumError('StoreUnavailable', `gate ${gateId} is being changed by others; answer again`);
};

const refused = (gate: Gate, code: GateRefusal, says: string): Taken => {
  const { nextStep } = GATE_REFUSALS[code];
  return { kind: 'refused', gate, code, says, nextStep: nextStep.replaceAll('<id>', gate.caseId) };
};

/** One of several people has answered: the others must hear of it, or they wait for each other. */
const pending = async (desk: AnswerDesk, gate: Gate, missing: number, { who, person }: Caller): Promise<Taken> => {
  const verb = gate.danger ? 'would override' : 'approves';
  const others = missing === 1 ? 'a second person has to agree' : `${missing} more people have to agree`;
  const says = `${person ?? who} ${verb}; ${others}`;
  await desk.cases.tell(gate.caseId, { phase: gate.kind, says, severity: 'warning' });
  return { kind: 'pending', gate, missing, says };
};

/** What an answer was, for who follows the case. */
const saidOf = (gate: Gate, { decision, who }: GateResult): string => {
  if (decision !== 'postponed') return `${decision} by ${who}`;
  const cycled = chosenIn(gate);
  return cycled.length === 0
    ? `put off by ${who}: wait ${gate.waitMinutes} min for ${named(gate.choices)}, then look again`
    : `put off by ${who}: power-cycle ${list(cycled)} first`;
};

/** What the next step must find in the case; false where the case is closed, or has another plan by now. */
const isWrittenDown = async ({ cases }: AnswerDesk, gate: Gate, { decision }: GateResult): Promise<boolean> => {
  const { caseId, planId } = gate;
  if (decision === 'approved') return (await cases.approve(caseId, planId)) !== null;
  if (decision !== 'postponed') return true;
  return (await cases.postpone(caseId, planId, chosenIn(gate))) !== null;
};

const chosenIn = ({ answers }: Gate): string[] => answers.at(-1)?.powerCycle ?? [];

/** An approval counts only for the plan the case has now; nothing is told to the machine before it is written down. */
export const accept = async (desk: AnswerDesk, settled: StoredGate, result: GateResult): Promise<Taken> => {
  const { gate } = settled;
  if (!(await isWrittenDown(desk, gate, result))) {
    const expired: Gate = { ...gate, status: 'expired' };
    await desk.gates.settle(settled, expired);
    return refused(expired, 'Expired', `case ${gate.caseId} is closed or has another plan by now`);
  }
  const told = await tellMachine(desk, settled, result);
  if (told.status === 'expired') return alreadyAnswered(desk, { ...settled, gate: told });
  const says = saidOf(gate, result);
  const severity = result.decision === 'approved' ? 'info' : 'warning';
  await desk.cases.tell(gate.caseId, { phase: gate.kind, says, severity });
  return { kind: 'answered', gate: told, says };
};

const isForgotten = ({ delivered }: StoredGate, { at }: GateResult, now: Date): boolean =>
  !delivered && now.getTime() - Date.parse(at) > FORGOTTEN_SECONDS * 1000;

/** The approval is written again as well: it may have been lost on the same way. */
const tellForgotten = async (desk: AnswerDesk, stored: StoredGate, result: GateResult): Promise<void> => {
  if (await isWrittenDown(desk, stored.gate, result)) await tellMachineAgain(desk, stored, result);
};

/** One effect per gate: who comes later hears who was first. An answer that got lost on its way is told now. */
const alreadyAnswered = async (desk: AnswerDesk, stored: StoredGate): Promise<Taken> => {
  const { gate } = stored;
  const result = resultOf(gate);
  if (result && isForgotten(stored, result, desk.clock.now())) await tellForgotten(desk, stored, result);
  if (gate.status === 'expired')
    return refused(gate, 'Expired', `the gate expired at ${gate.expiresAt}; silence is no`);
  const says = `already answered by ${result?.who ?? 'somebody'} at ${result?.at ?? gate.openedAt}: ${gate.status}`;
  return refused(gate, 'AlreadyAnswered', says);
};
