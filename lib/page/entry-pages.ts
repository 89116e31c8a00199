import { documentOf } from './document';
import { html } from './html';
import type { Html, Part } from './html';
import { clockOf } from './times';
import type { Notice } from './viewer';

const to = (path: string, caseId: string | null): string =>
  caseId === null ? path : `${path}?case=${encodeURIComponent(caseId)}`;

/** How to get in: by the organisation's sign-in, where one is configured, and always by the CLI. */
export const signInPage = (
  { issuer, caseId }: { readonly issuer: string | null; readonly caseId: string | null },
  notice?: Notice,
) => {
  const byIssuer: Part =
    issuer === null
      ? ''
      : html`<section class="card">
          <h2>With your organisation's account</h2>
          <p><a class="button yes" href="${to('/page/oidc', caseId)}">Sign in at ${issuer}</a></p>
        </section>`;
  return documentOf({
    title: 'Sign in · Requorum',
    narrow: true,
    notice,
    body: html`<h1>Sign in to answer</h1>
      <p class="lead">Every answer is kept with the name of who gave it.</p>
      ${byIssuer}
      <section class="card">
        <h2>From a terminal with AWS credentials</h2>
        <p><code>requorum open${caseId === null ? '' : ` --case ${caseId}`}</code></p>
        <p class="small soft">It prints a link for you alone: it works once, within five minutes.</p>
      </section>`,
  });
};

/** Looking at a link changes nothing, so that mail scanners and previews cannot use it up; pressing the button does. */
export const continuePage = (link: {
  readonly secret: string;
  readonly name: string;
  readonly who: string;
  readonly expiresAt: string;
  readonly token: string;
}) =>
  documentOf({
    title: 'Continue · Requorum',
    narrow: true,
    body: html`<h1>Continue as ${link.name}?</h1>
      <p class="lead">This link lets in <code>${link.who}</code>, once, until ${clockOf(link.expiresAt)}.</p>
      <section class="card">
        <form method="post" action="/page/enter">
          <input type="hidden" name="link" value="${link.secret}" />
          <input type="hidden" name="csrf" value="${link.token}" />
          <button class="yes" id="continue">Continue as ${link.name}</button>
        </form>
        <p class="small soft">Not you? Close this page, and ask who sent you the link.</p>
      </section>`,
  });

/** What could not be done, in one sentence, and the next step. */
export const problemPage = (problem: { readonly says: string; readonly nextStep: string; readonly code: string }) =>
  documentOf({
    title: `${problem.code} · Requorum`,
    narrow: true,
    body: html`<h1>${problem.says}</h1>
      <section class="card">
        <p>→ ${problem.nextStep}</p>
        <p class="small soft"><code>${problem.code}</code> · <a href="/page">to all clusters</a></p>
      </section>`,
  });

/** Which case works on each cluster, or was the last to. */
export const homePage = (
  clusters: readonly { readonly name: string; readonly openCase: string | null; readonly lastCase: string | null }[],
  { name, csrf }: { readonly name: string; readonly csrf: string },
) => {
  const caseLink = (caseId: string, says: string): Html =>
    html`<a href="/page/cases/${encodeURIComponent(caseId)}">${says} ${caseId}</a>`;
  return documentOf({
    title: 'Clusters · Requorum',
    narrow: true,
    body: html`<h1>Clusters</h1>
      ${clusters.map(
        ({ name: cluster, openCase, lastCase }) =>
          html`<section class="card">
            <h2>${cluster}</h2>
            <p>
              ${
                openCase !== null
                  ? caseLink(openCase, 'Open case')
                  : lastCase !== null
                    ? caseLink(lastCase, 'Last case')
                    : 'No case yet.'
              }
            </p>
          </section>`,
      )}`,
    footer: html`<footer>
      <span>Signed in as ${name}</span>
      <form method="post" action="/page/leave">
        <input type="hidden" name="csrf" value="${csrf}" />
        <button>Sign out</button>
      </form>
    </footer>`,
  });
};
