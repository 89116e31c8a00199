import { casePage } from '../../lib/page/case-page';
import { continuePage, homePage, problemPage, signInPage } from '../../lib/page/entry-pages';
import type { Notice } from '../../lib/page/viewer';
import type { CaseView } from '../../lib/recovery/case-record';
import { CASE_ID, GRACE, at, gateOf, view } from '../support/recorded-case';
import type { RecordedView } from '../support/recorded-case';
import { GATE, lostAndRecovered } from '../support/recorded-cases';
import { TWO_OF_FIVE, planOf } from '../support/planned';

const BOB = { door: 'page', who: 'arn:aws:iam::123456789012:user/bob', person: 'bob' } as const;
const shown = async (
  look: RecordedView | undefined,
  { me = BOB, after = 60 }: { me?: object; after?: number } = {},
  notice?: Notice,
) => String(await casePage(look as CaseView, { me: me as typeof BOB, now: at(after), csrf: 'token' }, notice));

const { views, whenApproved, whenDeclined } = lostAndRecovered();
const asking = views.at(-1);
const EVIL = '<script>alert(1)</script>" onload="x';

describe('a gate that is open', () => {
  test('says what a person weighs: verdict, plan, steps, line, loss, hash, who is needed, how long', async () => {
    const page = await shown(asking);
    for (const text of [
      'demo has lost its quorum',
      GATE.planId,
      'point of no return',
      'What may be lost',
      'Can the old servers take over?',
      'sha256',
      'Approvals: 1 needed, 0 given',
      'data-until="' + GATE.expiresAt,
      '>29:07<',
    ])
      expect(page).toContain(text);
  });

  test('the line stands after the last question and before the first start', async () => {
    const page = await shown(asking);
    const [ask, line, start] = ['Approve restart', 'point of no return', 'Await leader'].map((text) =>
      page.indexOf(text),
    );
    expect(ask).toBeLessThan(line ?? 0);
    expect(line).toBeLessThan(start ?? 0);
  });

  test('names every server that is counted as lost by a box that nobody ticked, and without it nothing is sent', async () => {
    const page = await shown(asking);
    const [box = '', ...others] = page.match(/<input[^>]*type="checkbox"[^>]*>/g) ?? [];
    expect(others).toEqual([]);
    expect(box).toContain('value="dkron-3"');
    expect(box).toContain('required');
    expect(box).not.toContain('checked');
  });

  test('a return key in a field answers nothing: the first button of the form sends nothing', async () => {
    const form = /<form id="answer"[^]*?<\/form>/.exec(await shown(asking))?.[0] ?? '';
    expect(form.match(/<button[^>]*>/g)?.[0]).toBe('<button hidden formmethod="dialog" formnovalidate tabindex="-1">');
  });

  test('offers to wait and to power-cycle, one press each, and says why a host is not power-cycled', async () => {
    const choices = [
      { id: 'dkron-2', instanceId: 'i-00000002', notCycled: 'a stop would empty its instance store' },
      { id: 'dkron-3', instanceId: 'i-00000003', notCycled: null },
    ];
    const page = await shown(view({ ...asking, gate: { ...GATE, choices, waitMinutes: 2 } }));
    expect(page).toMatch(/<button[^>]*name="decision"[^>]*value="wait"/);
    expect(page).toMatch(/<button[^>]*name="cycle"[^>]*value="dkron-3"/);
    expect(page).not.toMatch(/name="cycle"[^>]*value="dkron-2"/);
    expect(page).toContain('dkron-2 is not power-cycled: a stop would empty its instance store.');
    const [first] = page.match(/<button[^>]*(form="answer"|formmethod="dialog")[^>]*>/g) ?? [];
    expect(first).toContain('formmethod="dialog"');
  });

  test('danger takes Approve away, and asks for the name of the cluster and a reason', async () => {
    const page = await shown(view({ ...asking, gate: { ...GATE, danger: true } }));
    expect(page).not.toContain('value="approve"');
    expect(page).toContain('value="override"');
    expect(page.match(/<(input|textarea)[^>]*required/g)).toHaveLength(3);
    expect(page).toContain('2 needed, 0 given');
    expect(page).toContain('only when a second person overrides as well');
  });

  test('who may not let it act is told so before they press anything, and may decline', async () => {
    const page = await shown(view({ ...asking, gate: { ...GATE, approvers: ['carol'] } }));
    expect(page).toContain('is not one of carol');
    expect(page).not.toContain('value="approve"');
    expect(page).toContain('value="decline"');
    expect(page).not.toMatch(/<input[^>]*type="checkbox"/);
    expect(page).toContain('name="reason"');
  });

  test('the person who asked and answered is named in red', async () => {
    const answers = [{ decision: 'approve', who: GRACE, person: null, door: 'cli' as const, at: at(30), reason: '' }];
    const page = await shown(view({ ...asking, gate: { ...GATE, approvals: 2, answers } }));
    expect(page).toMatch(/class="small red">the person who asked for this case/);
  });

  test('after its time it asks nobody, and says that silence is no', async () => {
    const page = await shown(asking, { after: 1807 });
    expect(page).not.toContain('name="decision"');
    expect(page).toContain('silence is no');
  });
});

test('the log of two survivors: the freshest is full, the other one says how far behind it is', async () => {
  const five = planOf(TWO_OF_FIVE);
  const page = await shown(view({ planning: five, gate: gateOf(five) }));
  expect(page).toContain('log 2 / 103 · freshest');
  expect(page).toContain('log 2 / 100 · 3 behind');
  expect(page.match(/class="full" width="100"/g)).toHaveLength(1);
  expect(page).toContain('class="behind" width="97"');
});

describe('what happens then', () => {
  test('is followed: phases as they come, the line where it was crossed, no question any more', async () => {
    const page = await shown(whenApproved[1]);
    expect(page).toContain('aria-current="step"');
    expect(page.indexOf('class="line"')).toBeLessThan(page.indexOf('Await leader'));
    expect(page).not.toContain('name="decision"');
    expect(page).toContain(`data-live="/page/cases/${CASE_ID}"`);
    expect(page).toContain('http-equiv="refresh"');
  });

  test('ends with the report; short of its size it is red, and nothing is asked for again', async () => {
    const page = await shown(whenApproved.at(-1));
    expect(page).toMatch(/class="short" role="alert">\s*<p>demo is recovered, no redundancy: 1 of 3 voters/);
    expect(page).toContain('20 before, 20 after');
    expect(page).toContain('by the person who asked for it');
    expect(page).toContain('data-live=""');
    expect(page).not.toContain('http-equiv="refresh"');
  });

  test('the red goes where the sentinel has seen the cluster at full strength since, and not before', async () => {
    const redundancy = { level: 'full', voters: 3, running: 3, size: 3, tolerates: 1 } as const;
    const seen = (when: number) => ({ cluster: 'demo', at: at(when), leader: 'dkron-1', redundancy, says: '' });
    const page = (when: number) =>
      casePage(whenApproved.at(-1) as CaseView, { me: BOB, now: at(600), csrf: 'token', health: seen(when) });
    expect(String(await page(100))).toContain('class="short"');
    expect(String(await page(500))).not.toContain('class="short"');
    expect(String(await page(500))).toContain('At full strength again: 3 of 3 voters, 1 failure is tolerated');
  });

  test('the report names what was tried and not taken, by whom and through which door', async () => {
    const last = whenApproved.at(-1);
    if (!last?.report) throw new Error('no report');
    const tried = { at: at(20), cluster: 'demo', caseId: CASE_ID, gateId: null, planId: null, door: 'page' as const };
    const event = {
      ...tried,
      who: EVIL,
      person: 'bob',
      event: 'refused' as const,
      code: 'AlreadyAnswered',
      says: EVIL,
    };
    const page = await shown({ ...last, report: { ...last.report, audit: [event] } });
    expect(page).toMatch(/<b>bob<\/b> on the page:\s+refused \(AlreadyAnswered\): &lt;script&gt;/);
  });

  test('where a plan was not carried out no server wears what it would have got', async () => {
    const page = await shown(whenDeclined.at(-1));
    expect(page).toContain('declined');
    expect(page).not.toContain('class="fate"');
  });

  test('a live look sees another version only when something changed', async () => {
    const version = async (look: RecordedView | undefined, after: number) =>
      /data-version="([^"]*)"/.exec(await shown(look, { after }))?.[1];
    expect(await version(asking, 60)).toBe(await version(asking, 90));
    expect(await version(asking, 60)).not.toBe(await version(asking, 1807));
    expect(await version(whenApproved[0], 60)).not.toBe(await version(whenApproved[1], 60));
  });
});

describe('whatever a name or a reason holds', () => {
  const planning = asking?.planning;
  if (planning?.kind !== 'planned') throw new Error('no plan');
  const evil = {
    ...planning,
    briefing: {
      ...planning.briefing,
      servers: planning.briefing.servers.map((server) => ({ ...server, id: EVIL, because: EVIL })),
      loss: [EVIL],
      findings: planning.briefing.findings.map((one) => ({ ...one, says: EVIL, evidence: EVIL, nextStep: EVIL })),
      steps: [{ phase: EVIL, says: EVIL }],
    },
    plan: { ...planning.plan, countAsLost: [EVIL], peersJson: EVIL },
  };
  const answers = [{ decision: 'approve', who: EVIL, person: null, door: 'slack' as const, at: at(30), reason: EVIL }];
  const gate = { ...GATE, countAsLost: [EVIL], cluster: EVIL, danger: true, approvers: [EVIL], answers };
  const events = [{ at: at(1), phase: EVIL, says: EVIL, severity: 'danger' as const }];

  test.each([
    [
      'a gate',
      () => shown(view({ planning: evil, gate, events }), {}, { kind: 'refused', says: EVIL, nextStep: EVIL }),
    ],
    ['a report', () => shown(view({ ...whenApproved.at(-1), events, planning: evil }))],
    ['a sign-in', async () => String(await signInPage({ issuer: EVIL, caseId: EVIL }))],
    [
      'a link',
      async () => String(await continuePage({ secret: EVIL, name: EVIL, who: EVIL, expiresAt: at(1), token: EVIL })),
    ],
    ['a problem', async () => String(await problemPage({ says: EVIL, nextStep: EVIL, code: EVIL }))],
    [
      'the clusters',
      async () => String(await homePage([{ name: EVIL, openCase: EVIL, lastCase: null }], { name: EVIL, csrf: EVIL })),
    ],
  ])('%s shows it as text', async (_, make) => {
    const page = await make();
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toContain('<script>alert');
    expect(page).not.toMatch(/" onload="x/);
  });

  test('no page needs what the policy forbids: no style on an element, no handler, nothing from elsewhere', async () => {
    for (const page of [await shown(asking), await shown(whenApproved.at(-1))]) {
      expect(page).not.toMatch(/<[^>]+ style=|<[^>]+ on[a-z]+=|javascript:/);
      expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    }
  });
});
