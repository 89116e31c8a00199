import type { Context } from 'hono';
import { casePage } from '../../lib/page/case-page';
import { homePage, signInPage } from '../../lib/page/entry-pages';
import { nameOf } from '../../lib/page/viewer';
import { CaseId } from '../../lib/recovery/ids';
import { RequorumError } from '../../lib/recovery/errors';
import { nowIso } from '../adapters/clock';
import { caseIdIn, viewOf } from '../door/show-case';
import { deny } from './denied';
import type { Page } from './page';
import { denialPage } from './problems';
import { isFromElsewhere, isToken, signedIn, signOut } from './session';

export const askToSignIn = async ({ oidc }: Page, context: Context, caseId: string | null) =>
  context.html(await signInPage({ issuer: oidc && new URL(oidc.issuer).host, caseId }), 401);

/** A case in whatever state it is; looking changes nothing. */
export const showCase = (page: Page) => async (context: Context) => {
  const id = context.req.param('id') ?? '';
  const session = await signedIn(page, context);
  if (session === null) return askToSignIn(page, context, CaseId.safeParse(id).success ? id : null);
  const { me, csrf } = session;
  const view = await viewOf(page, caseIdIn(id));
  const health = view.report === null ? null : await page.healths.find(view.report.cluster);
  return context.html(await casePage(view, { me, csrf, now: nowIso(page.clock), health }));
};

/** A gate is asked about on the page of its case; links carry the id of the gate, which says nothing (design §5). */
export const showGate = (page: Page) => async (context: Context) => {
  const session = await signedIn(page, context);
  if (session === null) return askToSignIn(page, context, null);
  const stored = await page.gates.find(context.req.param('id') ?? '');
  if (!stored) throw new RequorumError('UnknownGate', 'there is no such gate');
  return context.redirect(`/page/cases/${encodeURIComponent(stored.gate.caseId)}`, 303);
};

export const showClusters = (page: Page) => async (context: Context) => {
  const session = await signedIn(page, context);
  if (session === null) return askToSignIn(page, context, null);
  const clusters = await Promise.all(
    page.clusters.map(async ({ name }) => {
      const lease = await page.leases.leaseOf(name);
      const openCase = lease !== null && !lease.released ? lease.caseId : null;
      return { name, openCase, lastCase: lease?.caseId ?? null };
    }),
  );
  return context.html(await homePage(clusters, { name: nameOf(session.me), csrf: session.csrf }));
};

export const leave = (page: Page) => async (context: Context) => {
  const { csrf } = await context.req.parseBody();
  const session = await signedIn(page, context);
  if (session === null) return context.redirect('/page', 303);
  if (isFromElsewhere(context) || !isToken(session.secret, 'answer', csrf))
    return denialPage(context, await deny(page, 'BadToken', session.me));
  await signOut(page, context, session);
  return context.redirect('/page', 303);
};
