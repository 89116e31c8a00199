import { html, raw } from './html';
import type { Html, Part } from './html';
import { SCRIPT } from './script';
import { STYLE } from './style';
import type { Notice } from './viewer';

export interface Document {
  readonly title: string;
  /** Beside the name of the product: cluster and case. */
  readonly where?: string;
  readonly pill?: { readonly kind: 'waiting' | 'good' | 'bad' | 'plain'; readonly says: Html | string };
  readonly notice?: Notice | undefined;
  readonly body: Html;
  /** Fixed at the lower edge: what a person can do now. */
  readonly bar?: Part;
  readonly footer?: Part;
  /** Where the page is asked for again while the case goes on. */
  readonly live?: { readonly path: string; readonly version: string; readonly now: string } | undefined;
  readonly narrow?: boolean;
}

/* Whole, since a space more would be another text than the one whose hash the policy allows (lambdas/page/headers.ts). */
const STYLED = raw(`<style>${STYLE}</style>`);
const SCRIPTED = raw(`<script>${SCRIPT}</script>`);

const noticeOf = ({ kind, says, nextStep = '' }: Notice): Html =>
  html`<div class="notice ${kind}" role="${kind === 'refused' ? 'alert' : 'status'}">
    <p>${says}</p>
    ${nextStep === '' ? '' : html`<p class="small">→ ${nextStep}</p>`}
  </div>`;

/** Where no script runs, a case that goes on is loaded again; never while a person may be filling in an answer. */
const withoutScript = (live: Document['live'], bar: Part): Part =>
  live === undefined || bar !== ''
    ? ''
    : html`<noscript><meta http-equiv="refresh" content="5;url=${live.path}" /></noscript>`;

/** A whole page of its own: no other file is asked for. `main` is what a live look puts in place. */
export const documentOf = ({ title, where = '', pill, notice, body, bar = '', footer = '', live, narrow }: Document) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${withoutScript(live, bar)} ${STYLED}
      </head>
      <body>
        <a class="hide skip" href="#what">To the content</a>
        <main
          id="what"
          tabindex="-1"
          class="page${bar === '' ? '' : ' asks'}${narrow ? ' narrow' : ''}"
          data-live="${live?.path ?? ''}"
          data-version="${live?.version ?? ''}"
          data-now="${live?.now ?? ''}"
        >
          <header>
            <b>Requorum</b><span class="where">${where}</span>
            ${pill === undefined ? '' : html`<span class="pill ${pill.kind}" role="status">${pill.says}</span>`}
          </header>
          ${notice === undefined ? '' : noticeOf(notice)} ${body} ${footer}${bar}
        </main>
        ${live === undefined ? '' : SCRIPTED}
      </body>
    </html>`;
