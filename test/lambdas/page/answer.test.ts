import { createHash } from 'node:crypto';
import type { CaseRef } from '../../../lib/recovery/case';
import { asked, opened, planned } from '../../support/case-walk';
import { WorkingDay } from '../../support/working-day';
import { auditsOf } from '../support/audits';
import { Browser } from '../support/browser';
import { ANN, BOB, askDoor } from '../support/http';

let day: WorkingDay;
afterEach(() => day.end());

const atTheGate = async (policy = {}): Promise<{ ref: CaseRef; gateId: string }> => {
  day = await new WorkingDay(policy).withInventory();
  const ref = await planned(day, await opened(day));
  return { ref, gateId: await asked(day, ref) };
};

/** A person at the page of the case. */
const readerOf = async (who = ANN): Promise<Browser> => {
  const browser = new Browser(day);
  await browser.enter(who, 'case-1');
  if ((await browser.get('/page/cases/case-1')) !== 200) throw new Error(browser.last);
  return browser;
};

const YES = { decision: 'approve', lost: 'dkron-3' };
const GATE = /\/page\/gates\//;
const gateOf = async (gateId: string) => (await day.page.gates.find(gateId))?.gate;
const audit = (caseId = 'case-1') =>
  auditsOf(day, caseId).map(({ event, door, who, code }) => [event, door, who, code]);

test('an approval wakes the machine once, by name and door, and is kept in the record', async () => {
  const { ref, gateId } = await atTheGate();
  const browser = await readerOf();
  expect(await browser.submit(GATE, YES)).toBe(303);
  expect(browser.location).toBe('/page/cases/case-1');
  expect(day.answersToMachine).toMatchObject([{ output: { decision: 'approved', planId: ref.planId, who: ANN } }]);
  expect(await gateOf(gateId)).toMatchObject({ status: 'approved', answers: [{ who: ANN, door: 'page' }] });
  expect(audit()).toEqual([['approve', 'page', ANN, null]]);
  await browser.get(browser.location);
  expect(browser.last).toContain('You approved at');
  expect(browser.last).not.toContain('value="approve"');
});

test('a decline needs nothing but the button, and its reason is kept', async () => {
  const { gateId } = await atTheGate();
  const browser = await readerOf();
  expect(await browser.submit(GATE, { decision: 'decline', reason: 'power is back' })).toBe(303);
  expect(await gateOf(gateId)).toMatchObject({ status: 'declined', answers: [{ reason: 'power is back' }] });
});

test.each([
  ['waits', { decision: 'wait' }, { decision: 'wait', powerCycle: [] }],
  ['power-cycles', { cycle: 'dkron-3' }, { decision: 'power-cycle', powerCycle: ['dkron-3'] }],
])('who %s by one press puts the plan off, and is asked again', async (_, pressed, kept) => {
  const { ref, gateId } = await atTheGate();
  const browser = await readerOf();
  expect(await browser.submit(GATE, pressed)).toBe(303);
  expect(await gateOf(gateId)).toMatchObject({ status: 'postponed', answers: [{ who: ANN, door: 'page', ...kept }] });
  expect(day.answersToMachine).toMatchObject([{ output: { decision: 'postponed', planId: ref.planId } }]);
});

test('no page that is looked at decides anything', async () => {
  const { gateId } = await atTheGate();
  const browser = await readerOf();
  for (const query of ['', '?decision=approve&lost=dkron-3', '?decision=decline']) {
    await browser.get(`/page/gates/${gateId}${query}`);
    await browser.get(`/page/cases/case-1${query}`);
  }
  expect((await gateOf(gateId))?.status).toBe('open');
  expect(audit()).toEqual([]);
});

test('two browsers at once have one effect, and the other one reads who was first and when', async () => {
  const { gateId } = await atTheGate();
  const both = [await readerOf(ANN), await readerOf(BOB)];
  const statuses = await Promise.all(both.map((one) => one.submit(GATE, YES)));
  expect([...statuses].sort()).toEqual([303, 409]);
  expect(day.answersToMachine).toHaveLength(1);
  const [first] = (await gateOf(gateId))?.answers ?? [];
  const late = both[statuses.indexOf(409)];
  expect(late?.last).toContain(`already answered by ${first?.who} at ${first?.at}`);
});

test.each([
  ['nobody named as lost', { ...YES, lost: [] }],
  ['too many named as lost', { ...YES, lost: ['dkron-2', 'dkron-3'] }],
  ['an override where no danger is', { ...YES, decision: 'override', clusterTyped: 'demo', reason: 'x' }],
  ['another plan than the one that is asked about', { ...YES, planId: '0123456789abcdef' }],
])('%s is refused on the page of the case, and the gate stays open', async (_, wrong) => {
  const { gateId } = await atTheGate();
  const browser = await readerOf();
  expect(await browser.submit(GATE, wrong)).toBe(422);
  expect(browser.last).toContain('Your answer was not taken');
  expect((await gateOf(gateId))?.status).toBe('open');
  expect(audit()).toMatchObject([['refused', 'page', ANN, expect.any(String)]]);
  expect(await browser.submit(GATE, YES)).toBe(303);
});

test('after its time a gate asks nobody, and an answer that comes then is refused', async () => {
  await atTheGate();
  const browser = await readerOf();
  day.pass(30 * 60);
  expect(await browser.submit(GATE, YES)).toBe(409);
  expect(browser.last).toContain('silence is no');
  await browser.get('/page/cases/case-1');
  expect(browser.last).toContain('Nobody answered in time.');
  expect(browser.last).not.toContain('name="decision"');
  expect(day.answersToMachine).toEqual([]);
});

test.each([
  ['no token', { csrf: '' }, {}],
  ['a token of another sign-in', { csrf: 'A'.repeat(43) }, {}],
  ['another site', {}, { 'sec-fetch-site': 'cross-site' }],
])('a form with %s decides nothing, and is kept as a failed attempt', async (_, fields, headers) => {
  const { ref, gateId } = await atTheGate();
  const browser = await readerOf();
  const csrf = /name="csrf" value="([^"]+)"/.exec(browser.last)?.[1] ?? '';
  const sent = { ...YES, planId: ref.planId ?? '', csrf, ...fields };
  expect(await browser.post(`/page/gates/${gateId}`, sent, headers)).toBe(403);
  expect((await gateOf(gateId))?.status).toBe('open');
  expect(audit('nobody')).toMatchObject([['denied', 'page', ANN, expect.any(String)]]);
  expect(await browser.post(`/page/gates/${gateId}`, { ...sent, csrf })).toBe(303);
});

test('who is not signed in answers nothing, whatever is sent', async () => {
  const { ref, gateId } = await atTheGate();
  expect(await new Browser(day).post(`/page/gates/${gateId}`, { ...YES, planId: ref.planId ?? '' })).toBe(401);
  expect((await gateOf(gateId))?.status).toBe('open');
});

test('where two are needed the first one waits, is told so, and cannot answer for the second', async () => {
  const { gateId } = await atTheGate({ approvals: 2 });
  const ann = await readerOf(ANN);
  expect(await ann.submit(GATE, YES)).toBe(303);
  await ann.get(ann.location);
  expect(ann.last).toContain('It counts when another person agrees.');
  expect(ann.last).not.toContain('value="approve"');
  expect(day.answersToMachine).toEqual([]);
  const bob = await readerOf(BOB);
  expect(bob.last).toContain('2 needed, 1 given');
  expect(await bob.submit(GATE, YES)).toBe(303);
  expect((await gateOf(gateId))?.status).toBe('approved');
});

test('a person who answered by CLI is the same one on the page', async () => {
  const { ref, gateId } = await atTheGate({ approvals: 2 });
  const body = { planId: ref.planId, decision: 'approve', countAsLost: ['dkron-3'] };
  expect((await askDoor(day, 'POST', `/gates/${gateId}/answer`, { body })).status).toBe(202);
  const browser = await readerOf(ANN);
  expect(browser.last).toContain('has answered already');
  expect(await browser.submit(GATE, YES)).toBe(422);
  expect(day.answersToMachine).toEqual([]);
});

test.each([
  ['a form that says nothing', 400, {}],
  ['a gate that is not there', 404, { gate: 'none' }],
])('%s gets a page with a next step', async (_, status, { gate }: { gate?: string }) => {
  const { ref, gateId } = await atTheGate();
  const browser = await readerOf();
  const csrf = /name="csrf" value="([^"]+)"/.exec(browser.last)?.[1] ?? '';
  const fields = gate === undefined ? {} : { ...YES, planId: ref.planId ?? '' };
  expect(await browser.post(`/page/gates/${gate ?? gateId}`, { csrf, ...fields })).toBe(status);
  expect(browser.last).toContain('→');
});

test('the id of a gate leads to its case', async () => {
  const { gateId } = await atTheGate();
  const browser = await readerOf();
  expect(await browser.get(`/page/gates/${gateId}`)).toBe(303);
  expect(browser.location).toBe('/page/cases/case-1');
});

test('a case that is not there is a page, too', async () => {
  await atTheGate();
  const browser = await readerOf();
  expect(await browser.get('/page/cases/none')).toBe(404);
  expect(await browser.get('/page/cases/%3Cscript%3E')).toBe(404);
  expect(browser.last).not.toContain('<script>x');
});

test('the policy of a page allows its style and its script, byte by byte, and the script looks for what comes', async () => {
  await atTheGate();
  const browser = await readerOf();
  const policy = browser.headers.get('content-security-policy') ?? '';
  for (const tag of ['style', 'script']) {
    const [, text = ''] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(browser.last) ?? [];
    const hash = createHash('sha256').update(text).digest('base64');
    expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
  }
});
