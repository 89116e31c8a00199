import type { Context } from 'hono';
import * as oidc from 'openid-client';
import * as z from 'zod';
import type { Oidc } from '../../lib/page/oidc';
import { CaseId } from '../../lib/recovery/ids';
import { callerOf } from '../../lib/recovery/people';
import { RequorumError } from '../../lib/recovery/errors';
import { log } from '../adapters/log';
import { tokenOf } from '../adapters/secrets';
import { secretOf } from '../adapters/secrets-manager';
import { deny } from './denied';
import type { Page } from './page';
import { denialPage, unknownPage } from './problems';
import { endVisit, newVisit, signIn, visitBefore } from './session';

const BACK = '/page/oidc/back';
const Claims = z.object({ email: z.email(), email_verified: z.literal(true) });

const known = new Map<string, Promise<oidc.Configuration>>();

/** What the issuer says of itself, asked once; ID tokens are believed by their signature, and not by the way they came. */
const providerOf = (settings: Oidc): Promise<oidc.Configuration> => {
  const found = known.get(settings.issuer) ?? discover(settings);
  known.set(settings.issuer, found);
  found.catch(() => known.delete(settings.issuer));
  return found;
};

const discover = async ({ issuer, clientId, clientSecretArn }: Oidc): Promise<oidc.Configuration> => {
  const how = clientSecretArn === undefined ? oidc.None() : bySecret(await secretOf(clientSecretArn));
  try {
    const execute = [oidc.enableNonRepudiationChecks];
    return await oidc.discovery(new URL(issuer), clientId, undefined, how, { execute });
  } catch (thrown) {
    throw new RequorumError('Unexpected', `the issuer ${issuer} does not answer: ${String(thrown)}`, { cause: thrown });
  }
};

/** As the issuer wants it; who says nothing wants it in the header (OpenID Connect Discovery 1.0 §3). */
const bySecret =
  (secret: string): oidc.ClientAuth =>
  (server, ...request) => {
    const wanted = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const how = wanted.includes('client_secret_basic') ? oidc.ClientSecretBasic : oidc.ClientSecretPost;
    how(secret)(server, ...request);
  };

/** The secret may have been changed: whoever comes next is let in with the new one, as soon as that is read again. */
const isSecretRefused = (thrown: unknown): boolean =>
  thrown instanceof oidc.ResponseBodyError && thrown.error === 'invalid_client';

/** Where the reader wanted to go travels inside the state, which only this browser can have begun. */
const stateOf = (visit: string, caseId: string): string => `${tokenOf(visit, `state ${caseId}`)}.${caseId}`;

const caseIn = (text: string): string => (CaseId.safeParse(text).success ? text : '');

/** To the issuer. Everything that has to come back is made from a secret that stays in a cookie of this browser. */
export const goToIssuer = (page: Page) => async (context: Context) => {
  if (page.oidc === null) return unknownPage(context);
  const provider = await providerOf(page.oidc);
  const visit = newVisit(context);
  const there = oidc.buildAuthorizationUrl(provider, {
    redirect_uri: new URL(BACK, context.req.url).href,
    scope: 'openid email',
    code_challenge: await oidc.calculatePKCECodeChallenge(tokenOf(visit, 'verifier')),
    code_challenge_method: 'S256',
    state: stateOf(visit, caseIn(context.req.query('case') ?? '')),
    nonce: tokenOf(visit, 'nonce'),
  });
  return context.redirect(there.href, 302);
};

/** Whose address the issuer has verified: the person, as rules and people of the configuration name them. */
const addressFrom = async (page: Page, context: Context, visit: string, caseId: string): Promise<string | null> => {
  if (page.oidc === null) return null;
  const provider = await providerOf(page.oidc);
  try {
    const tokens = await oidc.authorizationCodeGrant(provider, new URL(context.req.url), {
      pkceCodeVerifier: tokenOf(visit, 'verifier'),
      expectedState: stateOf(visit, caseId),
      expectedNonce: tokenOf(visit, 'nonce'),
      idTokenExpected: true,
    });
    const claims = Claims.safeParse(tokens.claims());
    return claims.success ? claims.data.email : null;
  } catch (thrown) {
    if (isSecretRefused(thrown)) known.delete(page.oidc.issuer);
    log.warn('the issuer let nobody in', { why: thrown instanceof Error ? thrown.name : 'unknown' });
    return null;
  }
};

export const comeFromIssuer = (page: Page) => async (context: Context) => {
  if (page.oidc === null) return unknownPage(context);
  const visit = visitBefore(context);
  const caseId = caseIn((context.req.query('state') ?? '').split('.')[1] ?? '');
  const address = visit === null ? null : await addressFrom(page, context, visit, caseId);
  endVisit(context);
  if (address === null) return denialPage(context, await deny(page, 'SignInFailed'));
  // An issuer may be open to the whole world: only people of the configuration are let in.
  const who = `mail:${address.toLowerCase()}`;
  if (callerOf(page.people, 'page', who).person === null) {
    return denialPage(context, await deny(page, 'NotListed', { who, person: null }));
  }
  await signIn(page, context, who);
  return context.redirect(caseId === '' ? '/page' : `/page/cases/${encodeURIComponent(caseId)}`, 303);
};
