import { actsAlone, decideGate, GateRule, lookAgain, makePlan, type Answer, type Gate } from '../../lib/recovery';
import type { PlanContext } from '../../lib/recovery';
import { LOST } from '../support/planned';
import { NOW, PINS, QUARANTINE, sha256, surveyOf } from '../support/world';

const { survey, cluster } = surveyOf(LOST);
const CYCLED = survey.fleet.instances.find(({ name }) => name === 'dkron-3')?.instanceId ?? '';
const planWith = (rest: Partial<PlanContext> = {}, seen = survey) =>
  makePlan(seen, cluster, { sha256, documents: PINS, quarantine: QUARANTINE, now: NOW, ...rest });
const choicesIn = (planning: ReturnType<typeof planWith>) => planning.briefing.choices;
const withInstance = (change: Partial<(typeof survey.fleet.instances)[number]>) => ({
  ...survey,
  fleet: {
    ...survey.fleet,
    instances: survey.fleet.instances.map((one) => (one.instanceId === CYCLED ? { ...one, ...change } : one)),
  },
});

test('the plan that counts a silent host as lost offers to power-cycle it', () => {
  expect(choicesIn(planWith())).toEqual([{ id: 'dkron-3', instanceId: CYCLED, notCycled: null }]);
});

test.each([
  ['one-time Spot', { spot: 'one-time' as const }, /one-time Spot/],
  ['stop protection', { stopProtected: true }, /protected/],
  ['an instance store under the data', { instanceStore: true }, /destroys/],
  ['a volume that is not attached', { volumes: [] }, /not attached/],
  ['a host on its way down', { state: 'stopping' as const }, /is stopping/],
])('never with %s: it is not offered, and not planned when it is asked for', (_, change, why) => {
  const seen = withInstance(change);
  const [choice] = choicesIn(planWith({}, seen));
  // Where the host cannot be fenced either there is no plan, and so no choice.
  if (choice) expect(choice.notCycled).toMatch(why);
  const asked = planWith({ powerCycle: ['dkron-3'] }, seen);
  expect(asked.kind === 'planned' && asked.plan.remedy).not.toBe('power-cycle');
});

test('it is not offered twice in a case, nor without the inventory, nor when the case may not be put off', () => {
  const again = planWith({ powerCycle: ['dkron-3'] }, { ...survey, cycled: [{ instanceId: CYCLED, at: NOW }] });
  expect(choicesIn(again)[0]?.notCycled).toMatch(/already/);
  expect(again.briefing.findings.map(({ code }) => code)).toContain('power-cycled');
  expect(choicesIn(planWith({ isPostponable: false }))).toEqual([]);
  expect(choicesIn(planWith({}, { ...survey, inventory: null })).map(({ notCycled }) => notCycled)).not.toContain(null);
});

test('chosen, it is a plan of its own: nobody is excluded or counted as lost, and no policy answers it', () => {
  const chosen = planWith({ powerCycle: ['dkron-3'] });
  if (chosen.kind !== 'planned') throw new Error(chosen.kind);
  expect(chosen.plan).toMatchObject({ remedy: 'power-cycle', excluded: [], countAsLost: [], peersJson: null });
  expect(chosen.plan.powerOn.map(({ id }) => id)).toEqual(['dkron-3']);
  const auto = GateRule.parse({ plan: 'auto' });
  expect(actsAlone(auto, gate, chosen.plan)).toBe(false);
  expect(actsAlone(auto, gate, { ...chosen.plan, remedy: 'power-on' })).toBe(true);
});

test('a host that is back needs no power-cycle: the plan is void', () => {
  const chosen = planWith({ powerCycle: ['dkron-3'] });
  if (chosen.kind !== 'planned') throw new Error(chosen.kind);
  const { inventory, network, openedAt } = survey;
  const look = (fleet: typeof survey.fleet) =>
    lookAgain({ plan: chosen.plan, cluster, inventory, fleet, network, openedAt });
  expect(look(survey.fleet)).toEqual({ kind: 'same' });
  expect(look(withInstance({ agent: 'connected' }).fleet)).toMatchObject({ kind: 'drifted' });
  expect(look(withInstance({ state: 'stopped' }).fleet)).toMatchObject({ kind: 'drifted' });
});

const gate: Gate = {
  ...{ gateId: 'gateidgateidgateidgateid', kind: 'approve-plan', caseId: 'case-1', cluster: 'demo' },
  ...{ planId: '0123456789abcdef', openedAt: NOW, expiresAt: '2026-03-01T04:40:00.000Z', countAsLost: [] },
  choices: [
    { id: 'dkron-2', instanceId: 'i-00000002', notCycled: 'it is protected' },
    { id: 'dkron-3', instanceId: 'i-00000003', notCycled: null },
  ],
  ...{ waitMinutes: 2, danger: false, soloOverride: false, approvers: [], approvals: 1, selfApproval: true },
  ...{ requester: 'ann', requesterPerson: null, status: 'open', answers: [] },
};
const decided = (answer: Partial<Answer>, at: Gate = gate) =>
  decideGate(
    at,
    { planId: gate.planId, decision: 'wait', countAsLost: [], reason: '', clusterTyped: '', ...answer },
    { who: 'bob', person: null, door: 'cli', now: '2026-03-01T04:11:00.000Z' },
  );

test('to wait puts the plan off for so many minutes, to power-cycle for none', () => {
  expect(decided({})).toMatchObject({
    kind: 'accepted',
    gate: { status: 'postponed', answers: [{ decision: 'wait', powerCycle: [] }] },
    result: { decision: 'postponed', until: '2026-03-01T04:13:00.000Z' },
  });
  expect(decided({ decision: 'power-cycle', powerCycle: ['dkron-3'] })).toMatchObject({
    gate: { answers: [{ decision: 'power-cycle', powerCycle: ['dkron-3'] }] },
    result: { decision: 'postponed', until: '2026-03-01T04:11:00.000Z' },
  });
});

test.each([
  ['a host that may not be', ['dkron-2'], 'CannotPowerCycle'],
  ['one of two that may not be', ['dkron-3', 'dkron-2'], 'CannotPowerCycle'],
  ['a server of another kind', ['dkron-1'], 'CannotPowerCycle'],
  ['nobody', [], 'CannotPowerCycle'],
])('%s is not power-cycled', (_, powerCycle, code) => {
  expect(decided({ decision: 'power-cycle', powerCycle })).toMatchObject({ kind: 'refused', code });
});

test('where nothing is offered nothing is put off; and who comes second hears who was first', () => {
  expect(decided({}, { ...gate, choices: [] })).toMatchObject({ kind: 'refused', code: 'NothingToWaitFor' });
  const first = decided({});
  if (first.kind !== 'accepted') throw new Error(first.kind);
  expect(decided({ decision: 'power-cycle', powerCycle: ['dkron-3'] }, first.gate)).toMatchObject({
    code: 'AlreadyAnswered',
  });
});
