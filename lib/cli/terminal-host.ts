import { OUTCOMES } from '../recovery/case';
import type { Planning } from '../recovery/plan';
import { plainOutcome } from './headline';
import type { About, Host, Question } from './host';
import { hang } from './layout';
import { showCertain } from './show-certain';
import { showGate } from './show-gate';
import { LivePhases } from './live-phases';
import { showPlanning } from './show-plan';
import { showReport } from './show-report';
import { chosen } from './chosen';
import type { Terminal } from './terminal';

const isYes = (typed: string): boolean => /^y(es)?$/i.test(typed);

/** A person at a terminal: sees phases live, reads the plan, is asked, and reads the ending. */
export const terminalHost = (
  terminal: Terminal,
  show: (planning: Planning, about: About) => readonly string[] = (planning, about) =>
    showPlanning(planning, about, terminal),
): Host => {
  const phases = new LivePhases(terminal);
  const asked = async (question: Question, signal: AbortSignal): Promise<string> => {
    const prompt = terminal.ink.bold(question.says);
    if (question.kind === 'text') return terminal.readLine(`${prompt} `, signal);
    if (question.kind === 'choice') return chosen(terminal, question, signal);
    return isYes(await terminal.readLine(`${prompt} [y/N] `, signal)) ? 'yes' : question.default;
  };
  return {
    event: (event) => phases.event(event),
    planning: (planning, about) => phases.say(show(planning, about)),
    gate: (gate, certain) =>
      phases.say([...(certain ? showCertain(certain, terminal) : []), ...showGate(gate, terminal)]),
    note: (says, severity) => phases.note(says, severity),
    ask: async (question, signal) => {
      phases.pause();
      try {
        return await asked(question, signal);
      } finally {
        phases.resume();
      }
    },
    done: (report, view) => {
      phases.end(report === null ? null : Date.parse(report.closedAt));
      if (report !== null) return terminal.say(showReport(report, terminal));
      const { cluster, outcome } = view.case;
      const says = outcome === null ? `${cluster}: the case is closed.` : plainOutcome(cluster, outcome);
      const loud = outcome !== null && OUTCOMES[outcome].class === 'well' ? terminal.ink.green : terminal.ink.red;
      const reason = view.case.says === '' ? [] : hang('  ', view.case.says, terminal.width);
      terminal.say(['', terminal.ink.bold(loud(says)), ...reason, `  no report was found for ${view.case.caseId}`, '']);
    },
  };
};
