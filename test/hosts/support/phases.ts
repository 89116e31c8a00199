import type { CaseView } from '../../../lib/cli/door';
import { keepCells } from '../../support/table-rows';

/** Where the time of a case went: seconds from the first word of a phase to the first word of the next. */
export function tellPhases(broken: string, { events, report }: CaseView): void {
  const starts = events.filter(({ phase }, at) => phase !== events[at - 1]?.phase);
  for (const [at, { phase, at: from }] of starts.entries()) {
    const until = starts[at + 1]?.at ?? events[events.length - 1]?.at ?? from;
    const seconds = (Date.parse(until) - Date.parse(from)) / 1000;
    keepCells(['systemd', broken, `${String(at + 1).padStart(2, '0')} ${phase}`, seconds.toFixed(1)]);
  }
  keepCells(['systemd', broken, 'leader, since the case opened', report?.seconds.leader?.toFixed(1) ?? '–']);
  keepCells(['systemd', broken, 'proof, since the case opened', report?.seconds.proof?.toFixed(1) ?? '–']);
}
