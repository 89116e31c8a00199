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

/** How a case ended, what that means and what to do next (docs/errors.md is made from it). `well`: what was wanted or nothing was needed. `stopped`: nothing changed. `failed`: a person is needed now. */
export const OUTCOMES = {
  recovered: {
    class: 'well',
    means: 'one leader is proved and no job is lost',
    nextStep: 'restore redundancy: add servers with an empty data-dir; keep fenced hosts off their old data',
  },
  planned: {
    class: 'well',
    means: 'the plan was made; nothing was touched',
    nextStep: 'recover by it: requorum recover --cluster <name>',
  },
  'nothing-to-do': {
    class: 'well',
    means: 'the cluster is healthy',
    nextStep: 'nothing; if users see an outage, look at the jobs and the load balancer, not at Raft',
  },
  tidied: {
    class: 'well',
    means: 'an interrupted case was undone',
    nextStep: 'open a new case when you are ready: requorum recover --cluster <name>',
  },
  refused: {
    class: 'stopped',
    means: 'no safe plan can be made from what is seen',
    nextStep: 'do what the findings of the report say, then open a new case',
  },
  declined: {
    class: 'stopped',
    means: 'a person declined the plan',
    nextStep: 'open a new case when you are ready: requorum recover --cluster <name>',
  },
  expired: {
    class: 'stopped',
    means: 'nobody answered the gate in time; silence is no',
    nextStep: 'open a new case and answer its gate in time: requorum recover --cluster <name>',
  },
  aborted: {
    class: 'stopped',
    means: 'a person aborted the case before the point of no return',
    nextStep: 'open a new case when you are ready: requorum recover --cluster <name>',
  },
  drifted: {
    class: 'stopped',
    means: 'the cluster changed since the plan was approved',
    nextStep: 'open a new case; it sees the cluster as it is now',
  },
  blocked: {
    class: 'stopped',
    means: 'a check before the point of no return failed; everything was put back',
    nextStep: 'read what blocked it in the report, mend that, open a new case',
  },
  'already-running': {
    class: 'stopped',
    means: 'another case holds the lease of this cluster',
    nextStep: 'follow the case that runs: requorum watch --cluster <name>',
  },
  disabled: {
    class: 'stopped',
    means: 'acting on this cluster is switched off',
    nextStep: 'look with requorum plan; to let it act again: requorum enable --cluster <name>',
  },
  'cooling-down': {
    class: 'stopped',
    means: 'the last case that an alarm opened changed hosts, and alarms wait until its cool-down is over',
    nextStep: 'look at its report; then requorum acknowledge --cluster <name>, or open a case yourself',
  },
  'bad-request': {
    class: 'stopped',
    means: 'the input names no known cluster or is malformed',
    nextStep: 'correct the input as the message says',
  },
  failed: {
    class: 'failed',
    means: 'something unexpected happened before the point of no return; everything was put back',
    nextStep: 'read the function log under the case id, then open a new case',
  },
  'undo-failed': {
    class: 'failed',
    means: 'putting back failed on at least one host',
    nextStep: 'log on to the hosts named and follow <data-dir>/raft.held-<case>/README',
  },
  'no-leader': {
    class: 'failed',
    means: 'the survivors were released and no leader was seen in time',
    nextStep: 'read the Dkron log on the hosts named; start no fenced host; backups lie in <data-dir>/.requorum/<case>',
  },
  'not-proved': {
    class: 'failed',
    means: 'a leader was seen, but not every rung of the proof held',
    nextStep: 'look at the rung named: requorum verify --cluster <name>; do not close the incident',
  },
  'interrupted-after-release': {
    class: 'failed',
    means: 'the run ended past the point of no return without a proof',
    nextStep: 'look now: requorum verify --cluster <name>; start no fenced host',
  },
} as const satisfies Record<string, { class: 'well' | 'stopped' | 'failed'; means: string; nextStep: string }>;
export const Outcome = z.enum(Object.keys(OUTCOMES) as [keyof typeof OUTCOMES, ...(keyof typeof OUTCOMES)[]]);
export type Outcome = z.infer<typeof Outcome>;
