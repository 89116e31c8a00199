import * as z from 'zod';
import type { CaseRecord } from './case-record';
import type { Cluster } from './cluster';
import { CaseId, Instant } from './ids';

/** A person's word that Requorum shall not act on a cluster, until somebody takes it back. */
const SwitchedOff = z.object({ who: z.string(), at: Instant, reason: z.string() });

/** After a case that an alarm opened and that changed a host: alarms open no other one until then (design rule 17). */
const CoolDown = z.object({ until: Instant, caseId: CaseId });

/** What people, and the last case, have said about acting on a cluster at all. */
export const Control = z.object({
  off: SwitchedOff.nullable().default(null),
  coolDown: CoolDown.nullable().default(null),
});
export type Control = z.infer<typeof Control>;

export const FREE: Control = { off: null, coolDown: null };

interface Asking {
  readonly mode: CaseRecord['mode'];
  readonly openedBy: string;
}

export type Permission =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly outcome: 'disabled' | 'cooling-down'; readonly says: string };

/** Looking is always allowed; acting is not while it is switched off, and alarms have to wait out the cool-down. */
export function mayOpen({ off, coolDown }: Control, { mode, openedBy }: Asking, now: string): Permission {
  if (mode === 'plan' || mode === 'tidy') return { kind: 'open' };
  if (off) {
    const why = off.reason === '' ? '' : `: ${off.reason}`;
    return { kind: 'closed', outcome: 'disabled', says: `switched off by ${off.who} at ${off.at}${why}` };
  }
  if (coolDown && isByAlarm(openedBy) && Date.parse(now) < Date.parse(coolDown.until)) {
    const says = `case ${coolDown.caseId} changed hosts; alarms open no other one before ${coolDown.until}`;
    return { kind: 'closed', outcome: 'cooling-down', says };
  }
  return { kind: 'open' };
}

/** The cool-down that a case leaves behind; null where no alarm opened it, or where it touched nothing. */
export function coolDownAfter(record: CaseRecord, { policy }: Cluster, closedAt: string): Control['coolDown'] {
  const touched = record.pointOfNoReturnAt !== null || record.released.length > 0 || isBeyondApproval(record);
  if (!isByAlarm(record.openedBy) || !touched || policy.coolDownMinutes === 0) return null;
  const until = new Date(Date.parse(closedAt) + policy.coolDownMinutes * 60_000).toISOString();
  return { until, caseId: record.caseId };
}

function isBeyondApproval({ fences, approvedPlanId, phase }: CaseRecord): boolean {
  if (Object.keys(fences).length > 0) return true;
  return approvedPlanId !== null && !['make-plan', 'approve-plan', 'look-again'].includes(phase);
}

function isByAlarm(openedBy: string): boolean {
  return openedBy.startsWith('alarm ');
}
