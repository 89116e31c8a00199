import type { Certain } from '../recovery/certain';
import type { Gate } from '../recovery/gate';
import type { Planning } from '../recovery/plan';
import type { CaseEvent, Report } from '../recovery/report';
import type { CaseView } from './door';

/** A question is a message with a default answer; the default is always the harmless one. */
export type Question =
  | {
      readonly kind: 'confirm';
      readonly code: 'count-as-lost' | 'approve';
      readonly says: string;
      readonly default: 'no';
    }
  | { readonly kind: 'text'; readonly code: 'cluster' | 'reason'; readonly says: string; readonly default: '' }
  | {
      readonly kind: 'choice';
      readonly code: 'host';
      readonly says: string;
      /** In the order in which they are shown: what loses nothing first. */
      readonly options: readonly { readonly value: string; readonly says: string }[];
      /** What a yes to everything means. */
      readonly yes: string;
      readonly default: 'no';
    };

/** What a case shows while it is prepared for people: who asks, what about. */
export interface About {
  readonly cluster: string;
  readonly caseId: string;
}

/** Where a followed case speaks to: a terminal, a script, a recording. The engine never prints. */
export interface Host {
  event(event: CaseEvent): void;
  planning(planning: Planning, about: About): void;
  /** A gate has opened: what it wants, until when, how to answer it from elsewhere; before a restart what is certain now. */
  gate(gate: Gate, certain: Certain | null): void;
  /** The answer; `null` leaves the question to somebody else. Aborted when it was answered elsewhere. */
  ask(question: Question, signal: AbortSignal): Promise<string | null>;
  /** Said by the engine itself, beside the case's own events. */
  note(says: string, severity: CaseEvent['severity']): void;
  done(report: Report | null, view: CaseView): void;
}

const answering = (host: Host, ask: Host['ask']): Host => ({
  event: (event) => host.event(event),
  planning: (planning, about) => host.planning(planning, about),
  gate: (gate, certain) => host.gate(gate, certain),
  note: (says, severity) => host.note(says, severity),
  done: (report, view) => host.done(report, view),
  ask,
});

const yesTo = (question: Question): string => {
  if (question.kind === 'text') return question.default;
  return question.kind === 'choice' ? question.yes : 'yes';
};

/** For scripts: says yes to what has a yes. Danger asks for typed words, and gets the default: no. */
export const yesHost = (host: Host): Host =>
  answering(host, (question) => {
    const answer = yesTo(question);
    host.note(`${question.says} ${answer === '' ? 'not answered: this needs a person' : `${answer} (--yes)`}`, 'info');
    return Promise.resolve(answer);
  });

/** Nobody is there to ask: the default, and it says so. */
export const declineHost = (host: Host): Host =>
  answering(host, (question) => {
    host.note(`${question.says} no (no terminal to ask at; --yes answers for scripts)`, 'warning');
    return Promise.resolve(question.default);
  });

/** Looks on and answers nothing; the gate stays open for others. */
export const watchHost = (host: Host): Host => answering(host, () => Promise.resolve(null));
