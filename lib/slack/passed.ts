import { titleOf } from '../cli/phases';
import type { CaseEvent } from '../recovery/report';
import { plain } from './text';

const SIGNS = { info: ':heavy_check_mark:', warning: ':warning:', danger: ':red_circle:' } as const;
const WEIGHT = { info: 0, warning: 1, danger: 2 } as const;
/** Characters of what a phase said last: one line on a phone. */
const MOST = 160;

interface Passed {
  readonly title: string;
  readonly says: string;
  readonly severity: CaseEvent['severity'];
}

/** Phases that a case went through, a line each with the last that was said there; the one that runs stands last. */
export const passed = (events: readonly CaseEvent[], isAtRest: boolean): string[] => {
  const phases = events.reduce<Passed[]>((before, { phase, says, severity }) => {
    const title = titleOf(phase);
    const last = before.at(-1);
    if (last?.title !== title) return [...before, { title, says, severity }];
    const worst = WEIGHT[severity] >= WEIGHT[last.severity] ? severity : last.severity;
    return [...before.slice(0, -1), { title, says, severity: worst }];
  }, []);
  return phases.map(({ title, says, severity }, at) => {
    const runs = !isAtRest && at === phases.length - 1;
    const words = [...says].length > MOST ? `${[...says].slice(0, MOST - 1).join('')}…` : says;
    return `${runs && severity === 'info' ? ':hourglass_flowing_sand:' : SIGNS[severity]} *${plain(title)}* ${plain(words)}`;
  });
};
