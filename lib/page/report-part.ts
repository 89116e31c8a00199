import { seconds } from '../cli/layout';
import { strengthHeadline } from '../cli/outcome-headline';
import { notTaken } from '../recovery/audit';
import { standStill } from '../recovery/groups-left';
import type { Health } from '../recovery/health';
import { THROUGH } from '../recovery/people';
import { redundancySays } from '../recovery/redundancy';
import type { Report, Rung } from '../recovery/report';
import { html } from './html';
import type { Html, Part } from './html';
import { clockOf } from './times';
import { nameOf } from './viewer';

const SIGNS: Readonly<Record<Rung['state'], string>> = { passed: '✔', pending: '…', failed: '✘' };

const fact = (name: string, says: Html | string): Part =>
  says === ''
    ? ''
    : html`<dt>${name}</dt>
        <dd>${says}</dd>`;

const figure = (value: number | null): string => (value === null ? 'not known' : String(value));

const jobsOf = ({ jobsBefore, jobsAfter }: Report): string =>
  jobsBefore === null && jobsAfter === null ? '' : `${figure(jobsBefore)} before, ${figure(jobsAfter)} after`;

const since = (value: number | null): string => (value === null ? '' : `after ${seconds(value)}`);

const isMended = ({ closedAt }: Report, { at, redundancy }: Health): boolean =>
  redundancy?.level === 'full' && Date.parse(at) > Date.parse(closedAt);

const mended = ({ at, redundancy }: Health): Html =>
  html`<div class="notice done" role="status">
    <p>At full strength again: ${redundancy === null ? '' : redundancySays(redundancy)} (seen at ${clockOf(at)}).</p>
  </div>`;

/** A cluster that is back and short of its size is not well: in red, as long as the report says so (design rule 12). */
export const strengthPart = (report: Report, health: Health | null): Part => {
  const short = strengthHeadline(report);
  const still = report.groupsLeft.map(standStill);
  if (short === null && still.length === 0) return '';
  if (still.length === 0 && health !== null && isMended(report, health)) return mended(health);
  return html`<div class="short" role="alert">
    ${short === null ? '' : html`<p>${short}</p>`} ${still.map((says) => html`<p class="small">${says}</p>`)}
  </div>`;
};

/** Its next step is told once: below, where it is the first of them. */
export const problemPart = ({ problem, nextSteps }: Report): Part =>
  problem === null
    ? ''
    : html`<section class="card danger">
        <h2>${problem.code}</h2>
        <p>${problem.says}</p>
        ${nextSteps.includes(problem.nextStep) ? '' : html`<p class="small">→ ${problem.nextStep}</p>`}
      </section>`;

export const factsPart = (report: Report): Html =>
  html`<section class="card">
    <h2>Report</h2>
    <dl class="facts">
      ${fact('outcome', report.outcome.replaceAll('-', ' '))} ${fact('leader', report.leader ?? '')}
      ${fact('jobs', jobsOf(report))} ${fact('leader seen', since(report.seconds.leader))}
      ${fact('proved', since(report.seconds.proof))}
      ${fact('time', `machine ${seconds(report.seconds.machine)}, waiting for people ${seconds(report.seconds.waiting)}`)}
      ${fact('closed', clockOf(report.closedAt))} ${fact('asked for by', report.requester)}
      ${fact('report', html`<code>reports/${report.cluster}/${report.caseId}.md</code> in the evidence bucket`)}
    </dl>
  </section>`;

const rungOf = ({ says, state, evidence }: Rung): Html =>
  html`<li class="rung ${state}">
    <span class="sign" aria-hidden="true">${SIGNS[state]}</span>
    <div>
      ${says}<span class="hide"> (${state})</span>
      ${state === 'passed' || evidence === '' ? '' : html`<span class="says">${evidence}</span>`}
    </div>
  </li>`;

export const proofPart = ({ rungs }: Report): Part =>
  rungs.length === 0
    ? ''
    : html`<section class="card">
        <h2>Proof</h2>
        <ul class="plain">
          ${rungs.map(rungOf)}
        </ul>
      </section>`;

/** Design rule 9: nobody may overlook that one person asked and answered. */
export const agreedPart = ({ approvals }: Report): Part =>
  approvals.length === 0
    ? ''
    : html`<section class="card">
        <h2>Who answered</h2>
        <ul class="plain">
          ${approvals.map(
            ({ gate, decision, who, person, door, at, reason, selfApproved }) =>
              html`<li class="vote ${decision === 'declined' || decision === 'aborted' ? 'no' : 'given'}">
                <i aria-hidden="true"></i>
                <div>
                  ${gate}: <b>${decision}</b> by ${nameOf({ who, person })} ${THROUGH[door]}, ${clockOf(at)}
                  ${selfApproved ? html`<div class="small red">by the person who asked for it</div>` : ''}
                  ${reason === '' ? '' : html`<div class="small soft">“${reason}”</div>`}
                </div>
              </li>`,
          )}
        </ul>
      </section>`;

export const attemptsPart = ({ audit }: Report): Part => {
  const tried = notTaken(audit);
  return tried.length === 0
    ? ''
    : html`<section class="card">
        <h2>Tried, and not taken</h2>
        <ul class="plain small">
          ${tried.map(
            ({ at, who, person, door, event, code, says }) =>
              html`<li>
                ${clockOf(at)} ${event === 'expired' ? '' : html`<b>${nameOf({ who, person })}</b> ${THROUGH[door]}: `}
                ${event}${code === null ? '' : ` (${code})`}: ${says}
              </li>`,
          )}
        </ul>
      </section>`;
};

export const nextPart = ({ nextSteps }: Report): Part =>
  nextSteps.length === 0
    ? ''
    : html`<section class="card">
        <h2>What to do next</h2>
        <ol class="next">
          ${nextSteps.map((says) => html`<li>${says}</li>`)}
        </ol>
      </section>`;
