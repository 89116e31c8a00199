import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { callerOf, type Caller } from '../../lib/recovery/people';
import { nowIso } from '../adapters/clock';
import { log } from '../adapters/log';
import { SECRET, isSame, newSecret, tokenOf } from '../adapters/secrets';
import { deny } from './denied';
import type { Page } from './page';

/** One shift; whoever stays longer signs in again. */
const SESSION_HOURS = 8;
/** `__Host-`: this host only, over TLS only, from its root (RFC 6265bis §4.1.3). Lax: a link to a case finds its reader signed in. */
const OPTIONS = { prefix: 'host', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' } as const;
const COOKIE = 'requorum';

export interface SignedIn {
  readonly me: Caller;
  readonly csrf: string;
  readonly secret: string;
}

/** Who looks, by their cookie; null where nobody is signed in. A cookie that nobody was given is a failed attempt. */
export const signedIn = async (page: Page, context: Context): Promise<SignedIn | null> => {
  const secret = getCookie(context, COOKIE, 'host');
  if (secret === undefined || secret === '') return null;
  const session = SECRET.test(secret) ? await page.sessions.find(secret) : null;
  if (session === null) {
    deleteCookie(context, COOKIE, OPTIONS);
    await deny(page, 'SessionUnknown');
    return null;
  }
  if (session.endedAt !== null || Date.parse(nowIso(page.clock)) >= Date.parse(session.expiresAt)) return null;
  return { me: callerOf(page.people, 'page', session.who), csrf: tokenOf(secret, 'answer'), secret };
};

/** Always a new secret: one that was known before a sign-in is worth nothing after it. */
export const signIn = async (page: Page, context: Context, who: string): Promise<void> => {
  const secret = newSecret();
  const openedAt = nowIso(page.clock);
  const expiresAt = new Date(Date.parse(openedAt) + SESSION_HOURS * 3_600_000).toISOString();
  await page.sessions.open(secret, { who, openedAt, expiresAt });
  log.info('signed in', { who });
  setCookie(context, COOKIE, secret, { ...OPTIONS, maxAge: SESSION_HOURS * 3600 });
};

export const signOut = async (page: Page, context: Context, { secret }: SignedIn): Promise<void> => {
  await page.sessions.end(secret, nowIso(page.clock));
  deleteCookie(context, COOKIE, OPTIONS);
};

const VISIT = 'requorum-visit';
const VISIT_SECONDS = 600;

export const newVisit = (context: Context, visit = newSecret()): string => {
  setCookie(context, VISIT, visit, { ...OPTIONS, maxAge: VISIT_SECONDS });
  return visit;
};

/** A browser that is not signed in yet: what it is shown now, it alone can send back. */
export const visitOf = (context: Context): string => newVisit(context, visitBefore(context) ?? newSecret());

/** The visit that was begun with `visitOf`; null where there was none. */
export const visitBefore = (context: Context): string | null => {
  const visit = getCookie(context, VISIT, 'host') ?? '';
  return SECRET.test(visit) ? visit : null;
};

export const endVisit = (context: Context): void => {
  deleteCookie(context, VISIT, OPTIONS);
};

export const isToken = (secret: string, purpose: string, sent: unknown): boolean =>
  typeof sent === 'string' && isSame(tokenOf(secret, purpose), sent);

/** Every browser of our day says where a request comes from; `Origin` is null under our referrer policy, and says nothing. */
export const isFromElsewhere = (context: Context): boolean =>
  !['same-origin', undefined].includes(context.req.header('sec-fetch-site'));
