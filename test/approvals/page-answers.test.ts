import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { CLUSTER } from '../../lab/lab';
import { decline, untilClosed } from '../lab/support/case-lab';
import { keepCells } from '../support/table-rows';
import { DARK, PHONE, picture } from './support/browsers';
import { type PageLab, auditsIn, caseAtGate, endPageLab, pageLab, tickLost, violationsOn } from './support/page-lab';

/** Long enough to answer on a slow machine, short enough to wait for. */
const GATE_MINUTES = 1.5;
const WITHOUT_SCRIPT = { javaScriptEnabled: false };

/* One outage of one cluster, and its page in real browsers: dkron-2 is terminated, dkron-3 runs and is silent. */
describe('the page', () => {
  let world: PageLab;

  beforeAll(async () => {
    world = await pageLab({ planGateMinutes: GATE_MINUTES }, async (lab) => {
      await lab.terminate('dkron-2');
      await lab.impair('dkron-3');
    });
  });
  afterAll(() => endPageLab(world));

  test('shows the question on a phone and in the dark, whole, and nothing reaches out of the window', async () => {
    const { api, ann, browsers } = world;
    const gate = await caseAtGate(world);
    for (const [name, options] of [
      ['gate', {}],
      ['gate-phone', PHONE],
      ['gate-dark', DARK],
    ] as const) {
      const page = await browsers.signedIn(ann, gate.caseId, options);
      const refused = violationsOn(page);
      await page.reload();
      const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      expect(wide).toBe(0);
      expect(await page.locator('.server').count()).toBe(3);
      expect(await page.locator('.pill').innerText()).toMatch(/waiting for people · [01]:\d\d left/);
      await picture(page, name);
      expect(refused).toEqual([]);
    }
    await api.answer(gate.gateId, decline(gate));
    await untilClosed(api, gate.caseId);
    keepCells(['shown on a phone, light and dark', 'whole, no scroll to the side, no refusal by the policy']);
  });

  test('is answered by keyboard alone; a return key in a field answers nothing', async () => {
    const { api, ann, browsers } = world;
    const gate = await caseAtGate(world);
    const page = await browsers.signedIn(ann, gate.caseId);
    await tabTo(page, 'lost-dkron-3');
    await page.keyboard.press('Enter');
    await sleep(1000);
    expect(await page.locator('.notice').count()).toBe(0);
    await tabTo(page, 'no', 'details');
    expect((await api.case(gate.caseId)).gate?.status).toBe('open');
    await page.keyboard.press('Enter');
    const { report } = await untilClosed(api, gate.caseId);
    expect(report).toMatchObject({ outcome: 'declined' });
    expect(await auditsIn(world, gate.caseId)).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ event: 'decline', door: 'page', who: ann.who })]),
    );
    await page.getByText('declined', { exact: true }).first().waitFor();
    await picture(page, 'declined');
    keepCells(['decline, by keyboard alone', 'declined, nothing touched']);
  });

  test('shows that the time is over without being loaded again; an answer that comes then is refused', async () => {
    const { api, ann, bob, browsers } = world;
    const gate = await caseAtGate(world);
    const page = await browsers.signedIn(ann, gate.caseId);
    const stale = await browsers.signedIn(bob, gate.caseId, WITHOUT_SCRIPT);
    await tickLost(stale);
    await page.locator('#yes').waitFor({ state: 'detached', timeout: GATE_MINUTES * 60_000 + 30_000 });
    await page
      .getByText(/silence is no|expired/)
      .first()
      .waitFor();
    await stale.click('#yes');
    expect(await stale.locator('.notice').innerText()).toMatch(/Your answer was not taken/);
    await picture(stale, 'expired');
    const { report } = await untilClosed(api, gate.caseId);
    expect(report).toMatchObject({ outcome: 'expired' });
    expect(await auditsIn(world, gate.caseId)).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ event: 'refused', who: bob.who, door: 'page' })]),
    );
    keepCells(['expiry', 'closed as expired; the late answer refused and kept']);
  });

  test('an answer from a page that is out of date does nothing to the plan that is open now', async () => {
    const { api, ann, bob, browsers } = world;
    const before = await caseAtGate(world);
    const stale = await browsers.signedIn(bob, before.caseId, WITHOUT_SCRIPT);
    await tickLost(stale);
    await api.answer(before.gateId, decline(before));
    await untilClosed(api, before.caseId);
    const now = await caseAtGate(world);
    await stale.click('#yes');
    expect(await stale.locator('.notice').innerText()).toMatch(/already answered by .* declined/);
    await picture(stale, 'already-answered');
    expect((await api.case(now.caseId)).gate?.status).toBe('open');
    await ann.api.answer(now.gateId, decline(now));
    await untilClosed(api, now.caseId);
    keepCells(['stale after a new plan', 'refused; the new gate stays open']);
  });

  test('links: looking uses nothing up; used once; replayed, tampered and forged ones let nobody in, and are kept', async () => {
    const { ann, browsers } = world;
    const { url } = await ann.api.link(null);
    const scanner = await browsers.someone(WITHOUT_SCRIPT);
    for (let n = 0; n < 3; n += 1) expect((await scanner.goto(url))?.status()).toBe(200);
    await picture(scanner, 'continue');
    const page = await browsers.someone();
    await page.goto(url);
    await page.click('#continue');
    await page.getByRole('heading', { name: 'Clusters' }).waitFor();
    await scanner.click('#continue');
    expect(await scanner.locator('h1').innerText()).toBe('This link has been used.');
    await picture(scanner, 'link-used');
    const tampered = `${url.slice(0, -1)}${url.endsWith('A') ? 'B' : 'A'}`;
    expect((await scanner.goto(tampered))?.status()).toBe(404);
    const cookies = (await page.context().cookies()).filter(({ name }) => name === '__Host-requorum');
    expect(cookies).toMatchObject([{ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' }]);
    await page.context().addCookies(cookies.map((one) => ({ ...one, value: `${one.value.slice(0, -1)}_` })));
    expect((await page.goto('/page'))?.status()).toBe(401);
    const codes = (await auditsIn(world, 'nobody')).map(({ event, code }) => `${event} ${code}`);
    expect(codes).toEqual(expect.arrayContaining(['denied LinkUsed', 'denied LinkUnknown', 'denied SessionUnknown']));
    keepCells(['links prefetched, replayed, tampered; a forged session', 'one sign-in; every failed attempt kept']);
  });

  test('two people press at once: one effect; then both pages follow the case to its report, red as long as it is alone', async () => {
    const { api, ann, bob, browsers } = world;
    const gate = await caseAtGate(world);
    const both = [await browsers.signedIn(ann, gate.caseId), await browsers.signedIn(bob, gate.caseId)];
    for (const page of both) await tickLost(page);
    await Promise.all(both.map((page) => page.click('#yes')));
    const notices = await Promise.all(both.map((page) => page.locator('.notice').first().innerText()));
    expect(notices.filter((text) => text.includes('You approved'))).toHaveLength(1);
    expect(notices.filter((text) => /already answered by arn:\S+ at /.test(text))).toHaveLength(1);
    const { gate: answered } = await api.case(gate.caseId);
    expect(answered).toMatchObject({ status: 'approved', answers: [expect.anything()] });

    const page = both[0];
    if (page === undefined) throw new Error('no page');
    await page.evaluate('window.sameDocument = true');
    await page.locator('.phases').getByText('Verify', { exact: true }).waitFor({ timeout: 120_000 });
    await picture(page, 'follow');
    await page.getByRole('heading', { name: 'What to do next' }).waitFor({ timeout: 240_000 });
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    expect(await page.locator('.short').innerText()).toContain(`${CLUSTER} is recovered, no redundancy: 1 of 3 voters`);
    await picture(page, 'report');
    await picture(await browsers.signedIn(bob, gate.caseId, PHONE), 'report-phone');
    const { report } = await untilClosed(api, gate.caseId);
    expect(report).toMatchObject({ outcome: 'recovered' });
    expect(report?.approvals.filter(({ decision }) => decision === 'approved')).toHaveLength(1);
    keepCells(['approve, from two browsers at once', 'one approval, recovered; followed live to the report']);
  });
});

/** Presses Tab until the element with that id has the focus; on the way opens what is closed, where told so. */
async function tabTo(page: Page, id: string, open?: 'details'): Promise<void> {
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press('Tab');
    const focused = String(await page.evaluate('document.activeElement.id || document.activeElement.tagName'));
    if (focused === id) return;
    if (open === 'details' && focused === 'SUMMARY') {
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await page.keyboard.type('not tonight');
    }
  }
  throw new Error(`Tab never came to ${id}`);
}
