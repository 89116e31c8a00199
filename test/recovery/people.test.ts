import { Gate, People, callerOf, decideGate, needed, ruleFor, samePerson, type Answer } from '../../lib/recovery';
import { cluster } from '../support/lost-quorum';

/* Ann and Bob come through every door; Carl is on no list. */
const ANN = 'arn:aws:iam::000000000000:user/ann';
const BOB = 'arn:aws:sts::000000000000:assumed-role/on-call/bob';
const PEOPLE = People.parse([
  { name: 'ann', iam: [ANN], slack: ['T01/U01'], email: ['Ann@example.com'] },
  { name: 'bob', iam: [BOB], slack: ['T01/U02'] },
]);
const PLAN = '0123456789abcdef';
const AT = '2026-03-01T04:11:00.000Z';
const ann = callerOf(PEOPLE, 'cli', ANN);
const annInSlack = callerOf(PEOPLE, 'slack', 'slack:T01/U01');
const annOnThePage = callerOf(PEOPLE, 'page', 'mail:ann@EXAMPLE.com');
const bob = callerOf(PEOPLE, 'cli', BOB);
const bobInSlack = callerOf(PEOPLE, 'slack', 'slack:T01/U02');
const carl = callerOf(PEOPLE, 'cli', 'arn:aws:iam::000000000000:user/carl');
const carlInSlack = callerOf(PEOPLE, 'slack', 'slack:T01/U09');

const gate = (rest: Partial<Gate> = {}): Gate => ({
  ...Gate.parse({
    gateId: 'gateidgateidgateidgateid',
    kind: 'approve-plan',
    caseId: 'case-1',
    cluster: 'demo',
    planId: PLAN,
    openedAt: '2026-03-01T04:10:00.000Z',
    expiresAt: '2026-03-01T04:40:00.000Z',
    countAsLost: [],
    danger: false,
    soloOverride: false,
    requester: 'alarm',
    status: 'open',
    answers: [],
  }),
  ...rest,
});
const yes: Answer = { planId: PLAN, decision: 'approve', countAsLost: [], reason: '', clusterTyped: '' };
const override: Answer = { ...yes, decision: 'override', reason: 'it burns', clusterTyped: 'demo' };
const inTurn = (open: Gate, answer: Answer, ...callers: (typeof ann)[]) =>
  callers.reduce<{ gate: Gate; ends: string[] }>(
    ({ gate: now, ends }, caller) => {
      const decided = decideGate(now, answer, { ...caller, now: AT });
      const end = decided.kind === 'refused' ? decided.code : decided.kind;
      return { gate: decided.kind === 'refused' ? now : decided.gate, ends: [...ends, end] };
    },
    { gate: open, ends: [] },
  ).ends;

describe('people', () => {
  test('are known by what a door proves of them, mail addresses in any case', () => {
    expect([ann, annInSlack, annOnThePage, bob, carl].map(({ person }) => person)).toEqual([
      ...['ann', 'ann', 'ann', 'bob', null],
    ]);
  });

  test.each([
    ['one person at two doors', ann, annInSlack, 'same'],
    ['two people who are listed', ann, bobInSlack, 'different'],
    ['two ids of one kind', carl, ann, 'different'],
    ['two kinds of id, of which one is on no list', carlInSlack, ann, 'unknown'],
  ] as const)('%s: %s', (_, a, b, same) => {
    expect(samePerson(a, b)).toBe(same);
    expect(samePerson(b, a)).toBe(same);
  });

  test.each([
    ['two people of one name', [{ name: 'ann' }, { name: 'ann' }]],
    [
      'one id of two people',
      [
        { name: 'ann', slack: ['T01/U01'] },
        { name: 'bob', slack: ['T01/U01'] },
      ],
    ],
    [
      'one address of two people',
      [
        { name: 'ann', email: ['a@x.org'] },
        { name: 'bob', email: ['A@x.org'] },
      ],
    ],
    ['a Slack name in place of an id', [{ name: 'ann', slack: ['ann'] }]],
  ])('%s: refused', (_, people) => {
    expect(People.safeParse(people).success).toBe(false);
  });
});

describe('a gate that names who may let it act', () => {
  const named = gate({ approvers: ['ann'] });

  test.each([
    ['one of them, through any door', annOnThePage, 'accepted'],
    ['another one who is listed', bob, 'NotAnApprover'],
    ['somebody on no list', carl, 'NotAnApprover'],
  ])('%s', (_, caller, end) => {
    expect(inTurn(named, yes, caller)).toEqual([end]);
  });

  test('may be declined by anybody: no is never forbidden', () => {
    expect(inTurn(named, { ...yes, decision: 'decline' }, carl)).toEqual(['accepted']);
  });
});

describe('a gate for two', () => {
  const forTwo = gate({ approvals: 2 });

  test('is not satisfied by one person at two doors', () => {
    expect(inTurn(forTwo, yes, ann, ann, annInSlack, annOnThePage)).toEqual([
      ...['pending', 'SecondPersonNeeded', 'SecondPersonNeeded', 'SecondPersonNeeded'],
    ]);
  });

  test('is not satisfied by two ids of which nobody says that they are two people', () => {
    expect(inTurn(forTwo, yes, carlInSlack, ann, bobInSlack)).toEqual(['pending', 'WhoseIsUnknown', 'accepted']);
  });

  test('waits for the second one', () => {
    expect(inTurn(forTwo, yes, ann, bob)).toEqual(['pending', 'accepted']);
  });

  test('a danger needs two, whatever the rule says; a rule may ask for more', () => {
    expect([gate({ danger: true }), gate({ danger: true, approvals: 3 })].map(needed)).toEqual([2, 3]);
    expect(needed(gate({ danger: true, soloOverride: true }))).toBe(1);
    expect(inTurn(gate({ danger: true }), override, ann, annInSlack, bob)).toEqual([
      ...['pending', 'SecondPersonNeeded', 'accepted'],
    ]);
  });
});

describe('a gate that does not take the word of who asked', () => {
  const asked = (requester: string) =>
    gate({ selfApproval: false, requester, requesterPerson: callerOf(PEOPLE, 'cli', requester).person });

  test.each([
    ['the one who asked', ANN, ann, 'SelfApproval'],
    ['the same person at another door', ANN, annInSlack, 'SelfApproval'],
    ['somebody of whom nobody knows whether', ANN, carlInSlack, 'SelfApproval'],
    ['another person', ANN, bobInSlack, 'accepted'],
    ['anybody, where an alarm opened it', 'alarm', ann, 'accepted'],
  ])('%s', (_, requester, caller, end) => {
    expect(inTurn(asked(requester), yes, caller)).toEqual([end]);
  });
});

test('the rule of a verdict goes before that of the cluster, field by field', () => {
  const policy = { approvals: 2, planGateMinutes: 20, verdicts: { 'quorum-lost': { approvals: 3 } } };
  const made = cluster(policy);
  expect(ruleFor(made, 'quorum-lost')).toMatchObject({ approvals: 3, planGateMinutes: 20, restartGateMinutes: 10 });
  expect(ruleFor(made, 'no-leader')).toMatchObject({ approvals: 2, planGateMinutes: 20 });
});
