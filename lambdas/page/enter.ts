import type { Context } from 'hono';
import { continuePage } from '../../lib/page/entry-pages';
import { nameOf } from '../../lib/page/viewer';
import { callerOf } from '../../lib/recovery/people';
import { nowIso } from '../adapters/clock';
import type { Link } from '../adapters/link-store';
import { SECRET, tokenOf } from '../adapters/secrets';
import { deny, type Denial } from './denied';
import type { Page } from './page';
import { denialPage } from './problems';
import { isFromElsewhere, isToken, signIn, visitBefore, visitOf } from './session';

type Found =
  | { readonly kind: 'link'; readonly link: Link; readonly secret: string }
  | { readonly kind: 'denied'; readonly code: Denial };

const findLink = async (page: Page, sent: unknown): Promise<Found> => {
  const secret = typeof sent === 'string' && SECRET.test(sent) ? sent : null;
  const link = secret !== null ? await page.links.find(secret) : null;
  if (secret === null || link === null) return { kind: 'denied', code: await deny(page, 'LinkUnknown') };
  const owner = callerOf(page.people, 'page', link.who);
  if (link.usedAt !== null) return { kind: 'denied', code: await deny(page, 'LinkUsed', owner) };
  if (Date.parse(nowIso(page.clock)) >= Date.parse(link.expiresAt)) {
    return { kind: 'denied', code: await deny(page, 'LinkExpired', owner) };
  }
  return { kind: 'link', link, secret };
};

/** Looking at a link does nothing: previews, scanners and prefetching browsers may, as often as they like. */
export const showLink = (page: Page) => async (context: Context) => {
  const secret = context.req.query('link') ?? '';
  const found = await findLink(page, secret);
  if (found.kind === 'denied') return denialPage(context, found.code);
  const { who, expiresAt } = found.link;
  const token = tokenOf(visitOf(context), 'enter');
  const name = nameOf(callerOf(page.people, 'page', who));
  return context.html(await continuePage({ secret, name, who, expiresAt, token }));
};

/** Lets in whom the link was made for, once: of two at once the table picks the winner. */
export const useLink = (page: Page) => async (context: Context) => {
  const { link, csrf } = await context.req.parseBody();
  if (isFromElsewhere(context)) return denialPage(context, await deny(page, 'FromElsewhere'));
  const visit = visitBefore(context);
  if (visit === null || !isToken(visit, 'enter', csrf)) return denialPage(context, await deny(page, 'BadToken'));
  const found = await findLink(page, link);
  if (found.kind === 'denied') return denialPage(context, found.code);
  const used = await page.links.use(found.secret, nowIso(page.clock));
  if (!used) return denialPage(context, await deny(page, 'LinkUsed', callerOf(page.people, 'page', found.link.who)));
  await signIn(page, context, used.who);
  return context.redirect(used.caseId === null ? '/page' : `/page/cases/${encodeURIComponent(used.caseId)}`, 303);
};
