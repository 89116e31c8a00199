import * as z from 'zod';
import type { CaseRecord } from '../../lib/recovery/case-record';
import type { Gate } from '../../lib/recovery/gate';
import { callerOf, type Caller } from '../../lib/recovery/people';
import { nowIso } from '../adapters/clock';
import type { StoredGate } from '../adapters/gate-store';
import type { Door } from './door';
import { bodyOf, refuse } from './http';
import type { Reply } from './http';
import type { Request } from './routes';
import { caseIdIn } from './show-case';
import { tellMachine } from './tell-machine';

const Body = z.object({ reason: z.string().max(500).default('') });
type Ask = NonNullable<CaseRecord['abortRequested']>;
interface Refusal {
  readonly error: string;
  readonly says: string;
  readonly nextStep: string;
}
type AbortDesk = Pick<Door, 'cases' | 'gates'>;

/** Why a case can no longer be aborted, in the words of every door. */
export const tooLate = ({ caseId, status, outcome, pointOfNoReturnAt, abortRequested }: CaseRecord): Refusal => {
  if (status === 'closed')
    return {
      error: 'AlreadyClosed',
      says: `case ${caseId} is closed: ${outcome}`,
      nextStep: 'nothing is left to abort',
    };
  if (pointOfNoReturnAt) {
    const says = `case ${caseId} passed the point of no return at ${pointOfNoReturnAt}`;
    return { error: 'PastPointOfNoReturn', says, nextStep: `follow it to its end: requorum watch --case ${caseId}` };
  }
  const says = `${abortRequested?.who ?? 'somebody'} aborted case ${caseId} already`;
  return { error: 'AlreadyAborted', says, nextStep: `follow it: requorum watch --case ${caseId}` };
};

const asAborted = (gate: Gate, { at, reason }: Ask, by: Caller): Gate => ({
  ...gate,
  status: 'aborted',
  answers: [...gate.answers, { decision: 'aborted', ...by, at, reason }],
});

/** An open gate is answered with the abort, or the machine would wait for nobody until its time-out. */
const abortGate = async (door: AbortDesk, stored: StoredGate, ask: Ask, by: Caller): Promise<void> => {
  const settled = await door.gates.settle(stored, asAborted(stored.gate, ask, by));
  if (!settled) return;
  await tellMachine(door, settled, { decision: 'aborted', planId: stored.gate.planId, who: ask.who, at: ask.at });
};

/** True when the case ends before its point of no return; the table decides which of the two comes first. */
export const askToAbort = async (
  door: AbortDesk,
  { caseId, phase }: CaseRecord,
  ask: Ask,
  by: Caller = { door: 'cli', who: ask.who, person: null },
): Promise<boolean> => {
  if (!(await door.cases.requestAbort(caseId, ask))) return false;
  const says = `${ask.who} asked to abort${ask.reason === '' ? '' : `: ${ask.reason}`}`;
  await door.cases.tell(caseId, { phase, says, severity: 'warning' });
  const open = (await door.gates.ofCase(caseId)).filter(({ gate }) => gate.status === 'open');
  for (const stored of open) await abortGate(door, stored, ask, by);
  return true;
};

/** A person's abort: null where the case ends by it, else why it does not. Either way it is an audit event. */
export const abort = async (
  desk: AbortDesk & Pick<Door, 'audits' | 'clock'>,
  record: CaseRecord,
  reason: string,
  by: Caller,
): Promise<Refusal | null> => {
  const at = nowIso(desk.clock);
  const { caseId, cluster, planId } = record;
  const isTaken = await askToAbort(desk, record, { who: by.who, at, reason }, by);
  const late = isTaken ? null : tooLate(await desk.cases.load(caseId));
  const says = (late ? late.says : `aborted case ${caseId}${reason === '' ? '' : `: ${reason}`}`).slice(0, 500);
  const what = late ? { event: 'refused' as const, code: late.error } : { event: 'abort' as const, code: null };
  await desk.audits.tell({ ...by, ...what, at, cluster, caseId, gateId: null, planId, says });
  return late;
};

export const abortCase = async (door: Door, { event, id, who }: Request): Promise<Reply> => {
  const record = await door.cases.load(caseIdIn(id));
  const { reason } = bodyOf(event, Body);
  const late = await abort(door, record, reason, callerOf(door.people, 'cli', who));
  if (late) return refuse(409, late.error, late.says, late.nextStep);
  const { caseId, abortRequested } = await door.cases.load(record.caseId);
  return { status: 202, body: { caseId, abortRequested } };
};
