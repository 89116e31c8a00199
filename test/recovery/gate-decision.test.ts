import { decideGate, nextCounter, type Answer, type Gate } from '../../lib/recovery';

const PLAN = '0123456789abcdef';
const AT = '2026-03-01T04:11:00.000Z';
const gate = (rest: Partial<Gate> = {}): Gate => ({
  gateId: 'gateidgateidgateidgateid',
  kind: 'approve-plan',
  caseId: 'case-1',
  cluster: 'demo',
  planId: PLAN,
  openedAt: '2026-03-01T04:10:00.000Z',
  expiresAt: '2026-03-01T04:40:00.000Z',
  countAsLost: ['dkron-3'],
  choices: [],
  waitMinutes: 2,
  danger: false,
  soloOverride: false,
  approvers: [],
  approvals: 1,
  selfApproval: true,
  requester: 'ann',
  requesterPerson: null,
  status: 'open',
  answers: [],
  ...rest,
});
const yes = (rest: Partial<Answer> = {}): Answer => ({
  planId: PLAN,
  decision: 'approve',
  countAsLost: ['dkron-3'],
  reason: '',
  clusterTyped: '',
  ...rest,
});
const override = (rest: Partial<Answer> = {}): Answer =>
  yes({ decision: 'override', reason: 'the disk is gone', clusterTyped: 'demo', ...rest });
const by = (who: string, now = AT) => ({ who, person: null, door: 'cli' as const, now });

test('an approval that names plan and lost servers is accepted, and kept with who and when', () => {
  expect(decideGate(gate(), yes(), by('bob'))).toMatchObject({
    kind: 'accepted',
    result: { decision: 'approved', planId: PLAN, who: 'bob', at: AT },
    gate: { status: 'approved', answers: [{ decision: 'approved', who: 'bob', door: 'cli', at: AT }] },
  });
});

test('a refusal is accepted without naming anybody', () => {
  const answer = yes({ decision: 'decline', countAsLost: [], reason: 'power is back soon' });
  expect(decideGate(gate(), answer, by('bob'))).toMatchObject({ kind: 'accepted', result: { decision: 'declined' } });
});

test.each([
  ['another plan', gate(), yes({ planId: 'fedcba9876543210' }), AT, 'OtherPlan'],
  ['also a refusal of another plan', gate(), yes({ planId: 'fedcba9876543210', decision: 'decline' }), AT, 'OtherPlan'],
  ['a lost server that is not named', gate(), yes({ countAsLost: [] }), AT, 'LostServersDiffer'],
  ['one lost server too many', gate(), yes({ countAsLost: ['dkron-3', 'dkron-1'] }), AT, 'LostServersDiffer'],
  ['another lost server', gate(), yes({ countAsLost: ['dkron-2'] }), AT, 'LostServersDiffer'],
  ['an answer at the very end', gate(), yes(), '2026-03-01T04:40:00.000Z', 'Expired'],
  ['an answer after the end, in another notation', gate(), yes(), '2026-03-01T04:40:00Z', 'Expired'],
  ['a plain approval of a danger', gate({ danger: true }), yes(), AT, 'DangerNeedsOverride'],
  ['an override of nothing', gate(), override(), AT, 'NothingToOverride'],
  ['an override without the name', gate({ danger: true }), override({ clusterTyped: '' }), AT, 'ClusterNotTyped'],
  ['an override with another name', gate({ danger: true }), override({ clusterTyped: 'Demo' }), AT, 'ClusterNotTyped'],
  ['an override without a reason', gate({ danger: true }), override({ reason: '  ' }), AT, 'ReasonMissing'],
  [
    'an override without the lost server',
    gate({ danger: true }),
    override({ countAsLost: [] }),
    AT,
    'LostServersDiffer',
  ],
] as const)('%s is not taken', (_, open, answer, now, code) => {
  expect(decideGate(open, answer, by('bob', now))).toMatchObject({ kind: 'refused', code });
});

test('a second answer changes nothing and hears who was first', () => {
  const first = decideGate(gate(), yes(), by('bob'));
  if (first.kind !== 'accepted') throw new Error(first.kind);
  const second = decideGate(first.gate, yes({ decision: 'decline' }), by('carol', '2026-03-01T04:12:00.000Z'));
  expect(second).toMatchObject({ kind: 'refused', code: 'AlreadyAnswered', says: `already approved by bob at ${AT}` });
});

test('a danger needs two people: the first override waits, the same person again is not enough, another one is', () => {
  const first = decideGate(gate({ danger: true }), override(), by('bob'));
  if (first.kind !== 'pending') throw new Error(first.kind);
  expect(first.gate.status).toBe('open');
  expect(decideGate(first.gate, override(), by('bob'))).toMatchObject({ kind: 'refused', code: 'SecondPersonNeeded' });
  expect(decideGate(first.gate, yes({ decision: 'decline' }), by('carol'))).toMatchObject({
    result: { decision: 'declined' },
  });
  const second = decideGate(first.gate, override(), by('carol'));
  expect(second).toMatchObject({ kind: 'accepted', result: { decision: 'approved', who: 'carol' } });
  expect(second.kind === 'accepted' && second.gate.answers.map(({ who }) => who)).toEqual(['bob', 'carol']);
});

test('the policy may let one person override alone', () => {
  const solo = gate({ danger: true, soloOverride: true });
  expect(decideGate(solo, override(), by('bob'))).toMatchObject({ kind: 'accepted', result: { decision: 'approved' } });
});

test('the counter of the lease only grows, also in a table made anew', () => {
  expect(nextCounter(null, 1000.7)).toBe(1000);
  expect(nextCounter(999, 1000)).toBe(1000);
  expect(nextCounter(1000, 1000)).toBe(1001);
  expect(nextCounter(5000, 1000)).toBe(5001);
});
