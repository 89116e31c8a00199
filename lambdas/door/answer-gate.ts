import type { GateResult } from '../../lib/recovery/boundary';
import { RequorumError } from '../../lib/recovery/errors';
import { decideGate } from '../../lib/recovery/gate-decision';
import { Answer } from '../../lib/recovery/gate';
import type { Gate } from '../../lib/recovery/gate';
import { nowIso } from '../adapters/clock';
import type { StoredGate } from '../adapters/gate-store';
import type { Door } from './door';
import { bodyOf, refuse } from './http';
import type { Reply } from './http';
import type { Request } from './routes';
import { tellMachine, tellMachineAgain } from './tell-machine';

/** How often an answer is weighed again because another person changed the gate in between. */
const TRIES = 3;

/** The result that a settled gate stands for; null for one that is open or expired. */
const resultOf = ({ status, planId, answers }: Gate): GateResult | null => {
  const last = answers.at(-1);
  if (last === undefined || status === 'open' || status === 'expired') return null;
  return { decision: status, planId, who: last.who, at: last.at };
};

/** Seconds after which an answer that the machine was not told is taken for forgotten; no door lives that long. */
const FORGOTTEN_SECONDS = 60;

const isForgotten = ({ delivered }: StoredGate, { at }: GateResult, now: Date): boolean =>
  !delivered && now.getTime() - Date.parse(at) > FORGOTTEN_SECONDS * 1000;

/** The approval is written again as well: it may have been lost on the same way. */
const tellForgotten = async (door: Door, stored: StoredGate, result: GateResult): Promise<void> => {
  const { caseId, planId } = stored.gate;
  const isDead = result.decision === 'approved' && !(await door.cases.approve(caseId, planId));
  if (!isDead) await tellMachineAgain(door, stored, result);
};

/** One effect per gate: who comes later hears who was first. An answer that got lost on its way is told now. */
const alreadyAnswered = async (door: Door, stored: StoredGate): Promise<Reply> => {
  const { gate } = stored;
  const result = resultOf(gate);
  if (result && isForgotten(stored, result, door.clock.now())) await tellForgotten(door, stored, result);
  if (gate.status === 'expired') {
    const says = `the gate expired at ${gate.expiresAt}; silence is no`;
    return refuse(409, 'Expired', says, `open a new case: requorum recover --cluster ${gate.cluster}`);
  }
  const says = `already answered by ${result?.who ?? 'somebody'} at ${result?.at ?? gate.openedAt}: ${gate.status}`;
  return refuse(409, 'AlreadyAnswered', says, `follow the case: requorum watch --case ${gate.caseId}`);
};

/** An approval counts only for the plan the case has now; nothing is told to the machine before it is written down. */
const accept = async (door: Door, settled: StoredGate, result: GateResult): Promise<Reply> => {
  const { gate } = settled;
  if (result.decision === 'approved' && !(await door.cases.approve(gate.caseId, gate.planId))) {
    await door.gates.settle(settled, { ...gate, status: 'expired' });
    const says = `case ${gate.caseId} is closed or has another plan by now`;
    return refuse(409, 'Expired', says, `look again: requorum watch --case ${gate.caseId}`);
  }
  const told = await tellMachine(door, settled, result);
  if (told.status === 'expired') return alreadyAnswered(door, { ...settled, gate: told });
  const says = `${result.decision} by ${result.who}`;
  await door.cases.tell(gate.caseId, {
    phase: gate.kind,
    says,
    severity: result.decision === 'approved' ? 'info' : 'warning',
  });
  return { status: 200, body: { gate: told } };
};

/**
 * Takes an answer to a gate. What it is worth is decided in one pure place; of two answers at once the table lets one
 * through, and only then the machine is woken (design §5).
 */
export const answerGate = async (door: Door, { event, id, who }: Request): Promise<Reply> => {
  const answer = bodyOf(event, Answer);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const stored = await door.gates.find(id);
    if (!stored) throw new RequorumError('UnknownGate', `gate ${id.slice(0, 60)}`);
    if (stored.gate.status !== 'open') return alreadyAnswered(door, stored);
    const decided = decideGate(stored.gate, answer, { who, door: 'cli', now: nowIso(door.clock) });
    if (decided.kind === 'refused') {
      return refuse(
        422,
        decided.code,
        decided.says,
        `look at the plan again: requorum watch --case ${stored.gate.caseId}`,
      );
    }
    const settled = await door.gates.settle(stored, decided.gate);
    if (!settled) continue;
    if (decided.kind === 'accepted') return accept(door, settled, decided.result);
    await door.cases.tell(settled.gate.caseId, {
      phase: settled.gate.kind,
      says: `${who} would override; a second person has to agree`,
      severity: 'warning',
    });
    return { status: 202, body: { gate: settled.gate } };
  }
  throw new RequorumError('StoreUnavailable', `gate ${id} is being changed by others; answer again`);
};
