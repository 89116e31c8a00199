import { WorkingDay } from '../../support/working-day';
import { auditsOf } from '../support/audits';
import { Browser, linkFor } from '../support/browser';
import { ANN } from '../support/http';

let day: WorkingDay;
let browser: Browser;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  browser = new Browser(day);
});
afterEach(() => day.end());

const denied = () => auditsOf(day, 'nobody').map(({ event, code, who }) => [event, code, who]);

test('without a sign-in nothing of a case is shown, and nobody is accused of anything', async () => {
  expect(await browser.get('/page/cases/case-1')).toBe(401);
  expect(browser.last).toContain('requorum open --case case-1');
  expect(await browser.get('/page')).toBe(401);
  expect(denied()).toEqual([]);
});

test('a link lets in the principal that signed for it, and leads to the case', async () => {
  expect(await browser.get(await linkFor(day, ANN, 'case-1'))).toBe(200);
  expect(browser.last).toContain(ANN);
  expect(await browser.submit(/enter/)).toBe(303);
  expect(browser.location).toBe('/page/cases/case-1');
  expect(await browser.get('/page')).toBe(200);
  expect(browser.last).toContain('ann');
});

test('looking at a link any number of times uses nothing up: scanners and previews may', async () => {
  const link = await linkFor(day);
  for (let n = 0; n < 5; n += 1) expect(await new Browser(day).get(link)).toBe(200);
  await browser.get(link);
  expect(await browser.submit(/enter/)).toBe(303);
});

test('a link works once: whoever comes with it later is kept out, and that is kept in the record', async () => {
  const link = await linkFor(day);
  await browser.get(link);
  const thief = new Browser(day);
  await thief.get(link);
  expect(await browser.submit(/enter/)).toBe(303);
  expect(await thief.submit(/enter/)).toBe(410);
  expect(await thief.get('/page')).toBe(401);
  expect(await thief.get(link)).toBe(410);
  expect(denied()).toEqual([
    ['denied', 'LinkUsed', ANN],
    ['denied', 'LinkUsed', ANN],
  ]);
});

test('of two at once one is let in', async () => {
  const link = await linkFor(day);
  const both = [browser, new Browser(day)];
  for (const one of both) await one.get(link);
  const statuses = await Promise.all(both.map((one) => one.submit(/enter/)));
  expect(statuses.sort()).toEqual([303, 410]);
});

test('after five minutes a link lets nobody in, also where its page was open in time', async () => {
  await browser.get(await linkFor(day));
  day.pass(5 * 60);
  expect(await browser.submit(/enter/)).toBe(410);
  expect(denied()).toEqual([['denied', 'LinkExpired', ANN]]);
});

test.each(['', 'x', 'A'.repeat(43)])('a link that nobody made is refused: "%s"', async (secret) => {
  expect(await browser.get(`/page/enter?link=${secret}`)).toBe(404);
  expect(denied()).toEqual([['denied', 'LinkUnknown', 'nobody']]);
});

test('another site cannot sign a browser in as somebody else: the form belongs to the browser that was shown it', async () => {
  const link = new URL(await linkFor(day), 'https://page.test').searchParams.get('link') ?? '';
  expect(await browser.post('/page/enter', { link, csrf: 'guessed' })).toBe(403);
  await browser.get('/page/enter?link=x');
  expect(await browser.post('/page/enter', { link, csrf: 'guessed' }, { 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await browser.get('/page')).toBe(401);
});

test('a cookie that nobody was given is a failed attempt, and is taken away', async () => {
  await browser.enter();
  const [[name = '', value = ''] = []] = [...browser.cookies].filter(([one]) => !one.includes('visit'));
  browser.cookies.set(name, `${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`);
  expect(await browser.get('/page')).toBe(401);
  expect(browser.cookies.has(name)).toBe(false);
  expect(denied()).toEqual([['denied', 'SessionUnknown', 'nobody']]);
});

test('a sign-in ends with the shift, and when its owner says so', async () => {
  await browser.enter();
  const kept = new Map(browser.cookies);
  expect(await browser.get('/page')).toBe(200);
  expect(await browser.submit(/leave/)).toBe(303);
  for (const [name, value] of kept) browser.cookies.set(name, value);
  expect(await browser.get('/page')).toBe(401);
  const other = new Browser(day);
  await other.enter();
  day.pass(8 * 3600);
  expect(await other.get('/page')).toBe(401);
  expect(denied()).toEqual([]);
});

test('the cookie is for this host over TLS alone, and scripts do not see it', async () => {
  await browser.get(await linkFor(day));
  await browser.submit(/enter/);
  const [cookie = ''] = browser.headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-requorum=[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
});

test('the table has neither a link nor a cookie that would let anybody in', async () => {
  const link = new URL(await linkFor(day), 'https://page.test').searchParams.get('link') ?? 'none';
  await browser.get(`/page/enter?link=${link}`);
  await browser.submit(/enter/);
  const kept = JSON.stringify([...day.table.items]);
  expect(kept).toContain('SESSION#');
  for (const secret of [link, ...browser.cookies.values()]) expect(kept).not.toContain(secret);
});

test('every answer, also a refusal, comes with the strict headers and is kept nowhere', async () => {
  for (const path of ['/page', '/page/enter?link=x', '/page/nothing', '/page/cases/case-1']) {
    await browser.get(path);
    const policy = browser.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(browser.headers.get('referrer-policy')).toBe('no-referrer');
    expect(browser.headers.get('cache-control')).toBe('no-store');
    expect(browser.headers.get('x-frame-options')).toBe('DENY');
    expect(browser.headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
  }
});
