import { decideGate } from '../recovery/gate-decision';
import type { GateDecision } from '../recovery/gate-decision';
import type { Gate } from '../recovery/gate';
import { wayText } from '../recovery/host-choice';
import { html } from './html';
import type { Html, Part } from './html';
import { nameOf, type Viewer } from './viewer';

const FORM = 'answer';

/** What the best possible answer of this person would lead to: said before they press anything. */
export const wouldBe = (gate: Gate, { me, now }: Viewer): GateDecision =>
  decideGate(
    gate,
    {
      planId: gate.planId,
      decision: gate.danger ? 'override' : 'approve',
      countAsLost: gate.countAsLost,
      clusterTyped: gate.cluster,
      reason: 'asked ahead',
    },
    { ...me, now },
  );

const tick = (server: string): Html =>
  html`<label class="tick">
    <input type="checkbox" name="lost" value="${server}" id="lost-${server}" required form="${FORM}" />
    <span
      >I count <b>${server}</b> as lost: what only it has is given up, and it is fenced before anything starts.</span
    >
  </label>`;

const lostPart = ({ countAsLost }: Gate): Part =>
  countAsLost.length === 0
    ? ''
    : html`<section class="card danger" aria-labelledby="lost">
        <h2 id="lost">Unreachable, and not proved gone</h2>
        ${countAsLost.map(tick)}
      </section>`;

const cyclePart = (choice: Gate['choices'][number]): Html =>
  choice.notCycled === null
    ? html`<p class="small">${wayText('power-cycle', choice, 0)}</p>
        <button name="cycle" value="${choice.id}" formnovalidate form="${FORM}" id="cycle-${choice.id}">
          Power-cycle ${choice.id}
        </button>`
    : html`<p class="small">${choice.id} is not power-cycled: ${choice.notCycled}.</p>`;

/** What loses nothing: each puts the plan off and changes nothing by itself, so that one press is enough. */
const putOffPart = ({ choices, waitMinutes }: Gate): Part => {
  const [first] = choices;
  return first === undefined
    ? ''
    : html`<section class="card" aria-labelledby="put-off">
        <h2 id="put-off">Better than counting a server as lost</h2>
        <button hidden formmethod="dialog" formnovalidate tabindex="-1" form="${FORM}"></button>
        <p class="small">${wayText('wait', first, waitMinutes)}</p>
        <button name="decision" value="wait" formnovalidate form="${FORM}" id="wait">Wait, and ask again</button>
        ${choices.map(cyclePart)}
      </section>`;
};

const overridePart = ({ soloOverride, cluster }: Gate): Html =>
  html`<section class="card danger" aria-labelledby="override">
    <h2 id="override">A danger finding is open</h2>
    <p>
      Approving is not possible; an override is.
      ${soloOverride ? '' : 'It counts only when a second person overrides as well.'}
    </p>
    <label class="field"
      ><span>The cluster's name, typed: <b>${cluster}</b></span>
      <input
        name="clusterTyped"
        id="typed"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        required
        pattern="${cluster}"
        title="${cluster}"
        form="${FORM}"
      />
    </label>
    <label class="field"
      ><span>Why this is right all the same</span>
      <textarea name="reason" id="reason" maxlength="500" required form="${FORM}"></textarea>
    </label>
  </section>`;

const reasonPart = (): Html =>
  html`<details class="card">
    <summary>Add a reason</summary>
    <label class="field"
      ><span>It is kept with your answer</span>
      <textarea name="reason" id="reason" maxlength="500" form="${FORM}"></textarea>
    </label>
  </details>`;

/** What an answer carries besides yes or no; its buttons are in the bar. Who can only decline is asked for a reason alone. */
export const answerParts = (gate: Gate, viewer: Viewer): Html =>
  wouldBe(gate, viewer).kind === 'refused'
    ? html`${putOffPart(gate)} ${reasonPart()}`
    : html`${putOffPart(gate)} ${lostPart(gate)} ${gate.danger ? overridePart(gate) : reasonPart()}`;

const LABELS: Readonly<Record<Gate['kind'], string>> = {
  'approve-plan': 'Approve plan',
  'approve-restart': 'Approve restart',
};

/**
 * The bar. A return key in a field presses the first button of its form that is not disabled, and that would decline. So the
 * first one does nothing, here and before the buttons of other parts: `dialog` outside of a dialog sends nothing (HTML, form
 * submission), and needs no script.
 */
export const answerBar = (gate: Gate, viewer: Viewer): Html => {
  const decision = wouldBe(gate, viewer);
  const yes = gate.danger
    ? html`<button class="over" name="decision" value="override" id="yes">Override</button>`
    : html`<button class="yes" name="decision" value="approve" id="yes">${LABELS[gate.kind]}</button>`;
  return html`<div class="bar">
    <div>
      <p>
        ${
          decision.kind === 'refused'
            ? html`<span class="red">${decision.says}.</span> You may decline.`
            : html`You answer as <b>${nameOf(viewer.me)}</b>, for plan <code>${gate.planId}</code> only.`
        }
      </p>
      <form id="${FORM}" method="post" action="/page/gates/${gate.gateId}">
        <button hidden formmethod="dialog" formnovalidate tabindex="-1"></button>
        <input type="hidden" name="csrf" value="${viewer.csrf}" />
        <input type="hidden" name="planId" value="${gate.planId}" />
        <button name="decision" value="decline" formnovalidate id="no">Decline</button>
        ${decision.kind === 'refused' ? '' : yes}
      </form>
    </div>
  </div>`;
};
