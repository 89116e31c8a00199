import { titleOf } from '../cli/phases';
import type { Briefing, Finding, Plan, Planning } from '../recovery/plan';
import { quorumOf } from '../recovery/signs';
import { list } from '../recovery/words';
import { html } from './html';
import type { Html, Part } from './html';

type Step = Briefing['steps'][number];
const LINE = 'point-of-no-return';

/** Steps of one phase that follow each other are one number: a person counts what happens, not sentences. */
const byPhase = (steps: readonly Step[]): { phase: string; says: string[] }[] =>
  steps.reduce<{ phase: string; says: string[] }[]>((groups, { phase, says }) => {
    const last = groups.at(-1);
    if (last?.phase !== phase) return [...groups, { phase, says: [says] }];
    last.says.push(says);
    return groups;
  }, []);

export const stepsPart = ({ steps }: Briefing): Part => {
  if (steps.length === 0) return '';
  let n = 0;
  const step = ({ phase, says }: { phase: string; says: string[] }): Html => {
    if (phase === LINE) return html`<li class="line">point of no return</li>`;
    n += 1;
    return html`<li>
      <span class="n" aria-hidden="true">${n}</span>
      <div>${titleOf(phase)}${says.map((one) => html`<span class="says">${one}</span>`)}</div>
    </li>`;
  };
  return html`<section class="card">
    <h2>What will happen</h2>
    <ol class="steps">
      ${byPhase(steps).map(step)}
    </ol>
  </section>`;
};

export const lossPart = ({ loss }: Briefing): Part =>
  loss.length === 0
    ? ''
    : html`<section class="card loss">
        <h2>What may be lost</h2>
        ${loss.map((says) => html`<p>${says}</p>`)}
      </section>`;

/** The exact bytes, with the hash that every host reads back before the first release (design rule 4). */
export const peersJsonPart = (planning: Planning | null): Part => {
  if (planning?.kind !== 'planned' || planning.plan.peersJson === null) return '';
  const { peersJson, peersSha256 } = planning.plan;
  const oneLineEach = peersJson.trimEnd().replaceAll(/\{[^{}]*\}/g, (server) => server.replaceAll(/\s+/g, ' '));
  return html`<section class="card">
    <h2>peers.json</h2>
    <pre tabindex="0">${oneLineEach}</pre>
    <p class="small soft">sha256 <code>${peersSha256 ?? ''}</code></p>
  </section>`;
};

const SEVERITIES: readonly Finding['severity'][] = ['danger', 'warning', 'info'];

const findingOf = ({ severity, says, evidence, nextStep }: Finding): Html =>
  html`<li class="finding ${severity}">
    <span class="tag">${severity}</span> <b>${says}</b>
    ${evidence === '' ? '' : html`<span class="says">${evidence}</span>`}
    ${nextStep === '' ? '' : html`<span class="says">→ ${nextStep}</span>`}
  </li>`;

/** Worst first, each with what to do about it. */
export const findingsPart = ({ findings }: Briefing): Part =>
  findings.length === 0
    ? ''
    : html`<section class="card${findings.some(({ severity }) => severity === 'danger') ? ' danger' : ''}">
        <h2>Findings</h2>
        <ul class="plain">
          ${SEVERITIES.flatMap((severity) => findings.filter((one) => one.severity === severity)).map(findingOf)}
        </ul>
      </section>`;

export const becausePart = ({ verdict }: Briefing): Part =>
  html`<section class="card">
    <h2>Verdict: ${verdict.name}</h2>
    <p>${verdict.means}</p>
    <ul class="plain small soft">
      ${verdict.because.map((says) => html`<li>${says}</li>`)}
    </ul>
  </section>`;

/** The arithmetic of the old configuration: shown, it does not decide (design rule 1). */
export const oldServersPart = ({ membership, excluded, keptOut }: Plan): Part => {
  if (excluded.length + keptOut.length === 0) return '';
  const voters = membership.filter(({ suffrage }) => suffrage === 'voter').length;
  const byWord = [
    ...excluded.filter(({ fence }) => fence.kind === 'gone' && fence.declared !== null).map(({ id }) => id),
    ...keptOut.filter(({ fence }) => fence.kind === 'gone' && fence.declared !== null).map(({ serverId }) => serverId),
  ];
  const fenced = excluded.length + keptOut.length - byWord.length;
  const answer =
    byWord.length === 0
      ? html`They cannot.`
      : html`<span class="red">Only as far as a person's word on ${list(byWord)} holds.</span>`;
  return html`<section class="card">
    <h2>Can the old servers take over?</h2>
    <p>
      Old configuration: ${voters} voters, a majority is ${quorumOf(voters)}. Left out: ${fenced + byWord.length},
      proved gone or fenced with proof before anything starts: ${fenced}. With old data and no fence:
      <b class="${byWord.length === 0 ? '' : 'red'}">${byWord.length}</b>. ${answer}
    </p>
  </section>`;
};
