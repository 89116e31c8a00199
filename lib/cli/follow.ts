import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Gate } from '../recovery/gate';
import type { Planning } from '../recovery/plan';
import type { CaseEvent } from '../recovery/report';
import { answerGate } from './answer-gate';
import type { Api } from './api';
import type { CaseView } from './door';
import type { Host } from './host';
import { CliProblem } from './problem';
import { assertShown } from './shown-plan';

export interface FollowOptions {
  /** Milliseconds between two looks. @default 1000 */
  readonly pollMs?: number;
  /** How long a case may not be readable (just opened, network away) before the follower gives up. @default 60 s */
  readonly patienceMs?: number;
}

/** Looks back this far at each poll: events are written by several functions, whose clocks differ. */
const OVERLAP_MS = 5000;
/** How often an answer is sent before the question is put anew. */
const DELIVERIES = 10;
/** Looks at a closed case that has no report yet: it is written in the same breath. */
const REPORT_LOOKS = 10;

interface Asked {
  readonly gateId: string;
  readonly controller: AbortController;
}

/** A case may be planned again: a plan with another id is another one, however soon it comes. */
const keyOf = (planning: Planning): string =>
  `${planning.kind === 'planned' ? planning.planId : planning.kind} ${planning.briefing.at}`;

class Follower {
  private readonly seen = new Set<string>();
  private lastAt: string | undefined;
  private shownPlanning: string | undefined;
  private asked: Asked | null = null;
  private goneSince: number | null = null;
  private failure: Error | null = null;

  constructor(
    private readonly api: Api,
    private readonly caseId: string,
    private readonly host: Host,
    private readonly options: Required<FollowOptions>,
  ) {}

  async run(): Promise<CaseView> {
    try {
      for (let closedLooks = 0; ;) {
        const view = await this.look();
        if (view !== null) {
          this.show(view);
          if (view.case.status === 'closed') closedLooks += 1;
          if (view.case.status === 'closed' && (view.report !== null || closedLooks >= REPORT_LOOKS)) {
            this.host.done(view.report, view);
            return view;
          }
          this.attend(view);
        }
        await sleep(this.options.pollMs);
        if (this.failure !== null) throw this.failure;
      }
    } finally {
      this.asked?.controller.abort();
    }
  }

  /** The case as it is now, or null while it cannot be read: just opened, or the network is away for a moment. */
  private async look(): Promise<CaseView | null> {
    const since = this.lastAt === undefined ? undefined : new Date(Date.parse(this.lastAt) - OVERLAP_MS).toISOString();
    try {
      const view = await this.api.case(this.caseId, since);
      this.goneSince = null;
      return view;
    } catch (thrown) {
      if (!this.maybePassing(thrown)) throw thrown;
      const now = performance.now();
      if (this.goneSince === null && this.lastAt !== undefined) {
        this.host.note('Requorum cannot be reached at the moment; the case goes on, trying again', 'warning');
      }
      this.goneSince ??= now;
      if (now - this.goneSince >= this.options.patienceMs) throw thrown;
      return null;
    }
  }

  private maybePassing(thrown: unknown): boolean {
    if (!(thrown instanceof CliProblem)) return false;
    return thrown.passing || (thrown.code === 'UnknownCase' && this.lastAt === undefined);
  }

  private show(view: CaseView): void {
    for (const event of view.events) this.showEvent(event);
    const { planning } = view;
    const key = planning === null ? undefined : keyOf(planning);
    if (planning !== null && key !== this.shownPlanning) {
      this.shownPlanning = key;
      this.host.planning(planning, view.case);
    }
  }

  private showEvent(event: CaseEvent): void {
    const key = `${event.at} ${event.phase} ${event.says}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    if (this.lastAt === undefined || event.at > this.lastAt) this.lastAt = event.at;
    this.host.event(event);
  }

  /** Asks an open gate once, beside the polling; takes the question back when it was answered elsewhere. */
  private attend({ gate, certain, planning, case: { status } }: CaseView): void {
    const open = gate !== null && gate.status === 'open' && status === 'open' ? gate : null;
    if (this.asked !== null && this.asked.gateId !== open?.gateId) this.asked.controller.abort();
    if (open === null || this.asked?.gateId === open.gateId) return;
    const asked = { gateId: open.gateId, controller: new AbortController() };
    this.asked = asked;
    this.host.gate(open, certain);
    this.ask(open, planning, asked.controller.signal).catch((thrown: unknown) => {
      if (asked.controller.signal.aborted) return;
      // The answer did not arrive: the gate is asked again at the next look.
      if (thrown instanceof CliProblem && thrown.passing) this.asked = null;
      else this.failure = thrown instanceof Error ? thrown : new Error(String(thrown));
    });
  }

  private async ask(gate: Gate, planning: Planning | null, signal: AbortSignal): Promise<void> {
    const answer = await answerGate(gate, this.host, signal);
    if (answer === null || signal.aborted) return;
    if (answer.decision !== 'decline') assertShown(planning, gate);
    try {
      const after = await this.deliver(gate, answer);
      if (after.status === 'open') this.host.note('noted; a second person has to agree before it counts', 'warning');
    } catch (thrown) {
      if (!(thrown instanceof CliProblem) || thrown.passing || thrown.exit !== 3) throw thrown;
      // Answered elsewhere, or not ours to answer: the case goes on, and so does the watching.
      this.host.note(thrown.nextStep === '' ? thrown.says : `${thrown.says} → ${thrown.nextStep}`, 'warning');
    }
  }

  /** An answer that was given must not get lost on the way: it is sent again, and the door counts it once. */
  private async deliver(gate: Gate, answer: Answer): Promise<Gate> {
    for (let left = DELIVERIES; ; left -= 1) {
      try {
        return await this.api.answer(gate.gateId, answer);
      } catch (thrown) {
        if (!(thrown instanceof CliProblem) || !thrown.passing || left <= 1) throw thrown;
        if (left === DELIVERIES) this.host.note(`${thrown.says} Sending the answer again until it arrives.`, 'warning');
        await sleep(this.options.pollMs * 10);
      }
    }
  }
}

/**
 * Follows a case to its end: tells the host every event once, shows each plan, puts each gate to it, and gives the case
 * as it was closed. Ends early only when the case cannot be read for `patienceMs`.
 */
export const followCase = (api: Api, caseId: string, host: Host, options: FollowOptions = {}): Promise<CaseView> =>
  new Follower(api, caseId, host, { pollMs: 1000, patienceMs: 60_000, ...options }).run();
