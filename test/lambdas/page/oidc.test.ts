import { Issuer } from '../../../lab/issuer';
import { WorkingDay } from '../../support/working-day';
import { auditsOf } from '../support/audits';
import { Browser } from '../support/browser';

const ANN = 'ann@example.com';
let day: WorkingDay;
let issuer: Issuer;
let browser: Browser;
let made = 0;

beforeEach(async () => {
  made += 1;
  // What an issuer says of itself is kept: each test has one of its own.
  issuer = new Issuer(`https://issuer-${made}.test`);
  day = new WorkingDay({}, [{ name: 'ann', iam: [], slack: [], email: [ANN] }], {
    issuer: issuer.url,
    clientId: 'requorum',
  });
  await day.withInventory();
  const before = globalThis.fetch;
  globalThis.fetch = (url, init) => {
    const request = new Request(url, init);
    return request.url.startsWith(issuer.url) ? issuer.answer(request) : before(url, init);
  };
  browser = new Browser(day);
});
afterEach(() => day.end());

/** Through the issuer as `mail`: the path on our side with which it sends the browser back. */
const throughIssuer = async (mail = ANN, path = '/page/oidc?case=case-1'): Promise<string> => {
  if ((await browser.get(path)) !== 302) throw new Error(browser.last);
  const there = new URL(browser.location);
  there.searchParams.set('mail', mail);
  const back = (await issuer.answer(new Request(there))).headers.get('location') ?? '';
  return back.replace(/^https:\/\/[^/]*/, '');
};
const denied = () => auditsOf(day, 'nobody').map(({ code }) => code);

test('the address that the issuer has verified is who signed in, and the reader comes to the case they wanted', async () => {
  expect(await browser.get('/page/cases/case-1')).toBe(401);
  expect(browser.last).toContain(`href="/page/oidc?case=case-1"`);
  expect(await browser.get(await throughIssuer('Ann@Example.com'))).toBe(303);
  expect(browser.location).toBe('/page/cases/case-1');
  await browser.get('/page');
  expect(browser.last).toContain('Signed in as ann');
  const [[, session] = []] = [...day.table.items].filter(([key]) => key.startsWith('SESSION#'));
  expect(session).toMatchObject({ who: `mail:${ANN}` });
});

test('the issuer is asked with PKCE, state and nonce, for a code that comes back here', async () => {
  await browser.get('/page/oidc');
  const { searchParams: asked } = new URL(browser.location);
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: 'code',
    client_id: 'requorum',
    code_challenge_method: 'S256',
    redirect_uri: 'https://page.test/page/oidc/back',
    scope: 'openid email',
  });
  for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)?.length).toBeGreaterThan(42);
});

test.each([
  ['an address that is not verified', { email_verified: false }],
  ['the nonce of another sign-in', { nonce: 'another' }],
  ['a token for another client', { aud: 'another' }],
  ['a token signed by somebody else', { forged: true as const }],
])('%s lets nobody in, and is kept', async (_, lies) => {
  const back = await throughIssuer();
  issuer.lies = lies;
  expect(await browser.get(back)).toBe(403);
  expect(await browser.get('/page')).toBe(401);
  expect(denied()).toEqual(['SignInFailed']);
});

test('an address that the issuer has verified and nobody has listed lets nobody in, and is kept with who it was', async () => {
  expect(await browser.get(await throughIssuer('eve@example.com'))).toBe(403);
  expect(browser.last).toContain('nobody in `people`');
  expect(await browser.get('/page')).toBe(401);
  expect(auditsOf(day, 'nobody')).toMatchObject([{ code: 'NotListed', who: 'mail:eve@example.com' }]);
});

test('what came back to one browser is worth nothing in another, nor a second time', async () => {
  const back = await throughIssuer();
  expect(await new Browser(day).get(back)).toBe(403);
  expect(await browser.get(back)).toBe(303);
  expect(await browser.get(back)).toBe(403);
  expect(denied()).toEqual(['SignInFailed', 'SignInFailed']);
});

test('a state that was changed on its way, also in where it leads, is refused', async () => {
  const back = await throughIssuer();
  expect(await browser.get(back.replace('.case-1', '.case-2'))).toBe(403);
});

test('a reader is never sent elsewhere', async () => {
  const back = await throughIssuer(ANN, '/page/oidc?case=https%3A%2F%2Fevil.test');
  expect(await browser.get(back)).toBe(303);
  expect(browser.location).toBe('/page');
});

test('without an issuer there is no such way', async () => {
  day.end();
  day = await new WorkingDay().withInventory();
  browser = new Browser(day);
  expect(await browser.get('/page/oidc')).toBe(404);
  expect(await browser.get('/page/oidc/back?code=x&state=y')).toBe(404);
  await browser.get('/page');
  expect(browser.last).not.toContain('/page/oidc');
});
