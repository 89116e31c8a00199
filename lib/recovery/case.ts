import * as z from 'zod';
import { CaseId, ClusterName, Instant, PlanId } from './ids';

/** `plan` stops after the plan; `recover` may act after its gates; `tidy` takes an interrupted case over (janitor). */
export const Mode = z.enum(['plan', 'recover', 'tidy']);
export type Mode = z.infer<typeof Mode>;

/** The small item that flows through the machine; everything large lies in the evidence bucket under its id. */
export const CaseRef = z.object({
  caseId: CaseId,
  cluster: ClusterName,
  mode: Mode,
  /** Lease counter: only grows; hosts refuse a lower one (design rule 10). */
  counter: z.number().int().positive(),
  openedAt: Instant,
  planId: PlanId.nullable(),
});
export type CaseRef = z.infer<typeof CaseRef>;

/** How a case ended. `well`: what was wanted or nothing was needed. `stopped`: nothing changed. `failed`: a person is needed now. */
export const OUTCOMES = {
  recovered: { class: 'well', means: 'one leader is proved and no job is lost' },
  planned: { class: 'well', means: 'the plan was made; nothing was touched' },
  'nothing-to-do': { class: 'well', means: 'the cluster is healthy' },
  tidied: { class: 'well', means: 'an interrupted case was undone' },
  refused: { class: 'stopped', means: 'no safe plan can be made from what is seen' },
  declined: { class: 'stopped', means: 'a person declined the plan' },
  expired: { class: 'stopped', means: 'nobody answered the gate in time; silence is no' },
  aborted: { class: 'stopped', means: 'a person aborted the case before the point of no return' },
  drifted: { class: 'stopped', means: 'the cluster changed since the plan was approved' },
  blocked: { class: 'stopped', means: 'a check before the point of no return failed; everything was put back' },
  'already-running': { class: 'stopped', means: 'another case holds the lease of this cluster' },
  'bad-request': { class: 'stopped', means: 'the input names no known cluster or is malformed' },
  failed: {
    class: 'failed',
    means: 'something unexpected happened before the point of no return; everything was put back',
  },
  'undo-failed': { class: 'failed', means: 'putting back failed on at least one host' },
  'no-leader': { class: 'failed', means: 'the survivors were released and no leader was seen in time' },
  'not-proved': { class: 'failed', means: 'a leader was seen, but not every rung of the proof held' },
  'interrupted-after-release': { class: 'failed', means: 'the run ended past the point of no return without a proof' },
} as const satisfies Record<string, { class: 'well' | 'stopped' | 'failed'; means: string }>;
export const Outcome = z.enum(Object.keys(OUTCOMES) as [keyof typeof OUTCOMES, ...(keyof typeof OUTCOMES)[]]);
export type Outcome = z.infer<typeof Outcome>;
