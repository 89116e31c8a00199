import { BEGINNINGS, POINT_OF_NO_RETURN, titleOf } from '../cli/phases';
import { seconds } from '../cli/layout';
import type { CaseEvent } from '../recovery/report';
import { html } from './html';
import type { Html, Part } from './html';
import { clockOf } from './times';

interface Phase {
  readonly title: string;
  readonly events: CaseEvent[];
}

/** Fence and Hold run side by side: what is told late goes to its phase, as long as the case was not planned again. */
const homeOf = (phases: readonly Phase[], title: string): Phase | undefined => {
  const again = phases.findLastIndex((one) => BEGINNINGS.has(one.title));
  return phases.slice(Math.max(0, again)).findLast((one) => one.title === title);
};

const phasesOf = (events: readonly CaseEvent[]): Phase[] => {
  const phases: Phase[] = [];
  for (const event of events) {
    const title = titleOf(event.phase);
    const home = homeOf(phases, title);
    if (home === undefined) phases.push({ title, events: [event] });
    else home.events.push(event);
  }
  return phases;
};

const startOf = ({ events }: Phase): number => Date.parse(events[0]?.at ?? '');

const row = (phase: Phase, next: Phase | undefined, isOpen: boolean): Html => {
  const isNow = isOpen && next === undefined;
  const last = phase.events.at(-1);
  const mark = isNow ? 'now' : (last?.severity ?? 'info');
  const took = next === undefined ? '' : seconds(Math.max(0, startOf(next) - startOf(phase)) / 1000);
  return html`<li${isNow ? html` aria-current="step"` : ''}>
    <span class="mark ${mark}" aria-hidden="true"></span>
    <div>
      <span class="title">${phase.title}</span>${isNow ? html`<span class="hide"> (now)</span>` : ''}
      ${phase.events.map(({ says, severity }) => html`<span class="says ${severity}">${says}</span>`)}
    </div>
    <span class="took">${took === '' ? clockOf(phase.events[0]?.at ?? '') : took}</span>
  </li>`;
};

/** What has happened, phase by phase, with the line that cannot be crossed back. */
export const phasesPart = (events: readonly CaseEvent[], isOpen: boolean): Part => {
  if (events.length === 0) return '';
  const phases = phasesOf(events);
  return html`<section class="card" aria-label="What has happened">
    <h2>What has happened</h2>
    <ol class="phases">
      ${phases.map((phase, at) => {
        const line = phase.title === POINT_OF_NO_RETURN ? html`<li class="line">point of no return</li>` : '';
        return html`${line}${row(phase, phases[at + 1], isOpen)}`;
      })}
    </ol>
  </section>`;
};
