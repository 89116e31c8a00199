import { size } from '../cli/show-certain';
import type { Certain } from '../recovery/certain';
import { html } from './html';
import type { Html } from './html';

type Server = Certain['servers'][number];

const rung = (state: 'passed' | 'pending' | 'failed', says: Html | string, more: readonly string[]): Html => {
  const sign = { passed: '✔', pending: '!', failed: '✘' }[state];
  return html`<li class="rung ${state}">
    <span class="sign" aria-hidden="true">${sign}</span>
    <div>${says}${more.map((one) => html`<span class="says">${one}</span>`)}</div>
  </li>`;
};

const serverOf = ({ id, stopped, says, backup, peersSha256: own }: Server, approved: string | null): Html => {
  const at = stopped === null ? '' : ` at ${stopped.lastTerm} / ${stopped.lastIndex}`;
  const copy =
    backup === null ? [] : [`backup ${size(backup.bytes)} in ${backup.files} files, sha256 ${backup.sha256}`];
  const file = own === null ? [] : [`peers.json ${own}, ${own === approved ? 'as approved' : 'NOT as approved'}`];
  const isSame = says === 'as approved' && (own === null || own === approved);
  return rung(isSame ? 'passed' : 'pending', html`<b>${id}</b> stopped${at}, ${says}`, [...copy, ...file]);
};

/** What cannot change any more, beside what was approved: the facts of the restart gate. */
export const certainPart = ({ servers, fences, peersSha256 }: Certain): Html =>
  html`<section class="card">
    <h2>What is certain now</h2>
    <ul class="plain">
      ${servers.map((server) => serverOf(server, peersSha256))}
      ${fences.map(({ serverId, proved, evidence }) =>
        rung(proved ? 'passed' : 'failed', html`<b>${serverId}</b> ${proved ? 'is fenced' : 'is NOT fenced'}`, [
          evidence,
        ]),
      )}
    </ul>
  </section>`;
