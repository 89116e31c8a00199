import { needed } from '../recovery/gate-decision';
import type { Gate } from '../recovery/gate';
import { THROUGH } from '../recovery/people';
import { list } from '../recovery/words';
import { html } from './html';
import type { Html } from './html';
import { ago } from './times';
import { nameOf } from './viewer';

type Given = Gate['answers'][number];

const WORDS: Readonly<Record<string, string>> = {
  approve: 'approves',
  override: 'overrides',
  approved: 'approved',
  declined: 'declined',
  aborted: 'aborted',
};

const isSelf = (given: Given, { requester, requesterPerson }: Gate): boolean =>
  given.who === requester || (given.person !== null && given.person === requesterPerson);

const givenOf = (given: Given, gate: Gate, now: string): Html => {
  const no = given.decision === 'declined' || given.decision === 'aborted';
  const own = isSelf(given, gate) && !no;
  return html`<li class="vote ${no ? 'no' : 'given'}">
    <i aria-hidden="true"></i>
    <div>
      <b>${nameOf(given)}</b> ${WORDS[given.decision] ?? given.decision} ${THROUGH[given.door]}, ${ago(given.at, now)}
      ${own ? html`<div class="small red">the person who asked for this case</div>` : ''}
      ${given.reason === '' ? '' : html`<div class="small soft">“${given.reason}”</div>`}
    </div>
  </li>`;
};

const missingOf = ({ approvers }: Gate, isFirst: boolean): Html =>
  html`<li class="vote">
    <i aria-hidden="true"></i>
    <div class="soft">
      one${isFirst ? '' : ' more'} ${approvers.length === 0 ? 'of those who may sign in' : `of ${list(approvers)}`}
    </div>
  </li>`;

/** Who has answered, and how many are still needed: nobody should wait for a person who waits for them. */
export const approvalsPart = (gate: Gate, now: string): Html => {
  const missing = gate.status === 'open' ? Math.max(0, needed(gate) - gate.answers.length) : 0;
  return html`<section class="card">
    <h2>Approvals: ${needed(gate)} needed, ${gate.answers.length} given</h2>
    <ul class="plain">
      ${gate.answers.map((given) => givenOf(given, gate, now))}
      ${Array.from({ length: missing }, (_, at) => missingOf(gate, at === 0 && gate.answers.length === 0))}
    </ul>
  </section>`;
};
