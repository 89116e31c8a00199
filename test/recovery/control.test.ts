import { CaseRecord } from '../../lib/recovery/case-record';
import { Cluster } from '../../lib/recovery/cluster';
import type { Control } from '../../lib/recovery/control';
import { FREE, coolDownAfter, mayOpen } from '../../lib/recovery/control';
import { alarmNameOf } from '../../lib/recovery/incident';

const NOW = '2026-03-01T04:10:00.000Z';
const ALARM = `alarm ${alarmNameOf('demo')}`;
const OFF: Control = { ...FREE, off: { who: 'ann', at: '2026-03-01T03:00:00.000Z', reason: 'power works' } };
const COOLING: Control = { ...FREE, coolDown: { until: '2026-03-01T05:00:00.000Z', caseId: 'case-0' } };
const BOTH: Control = { ...OFF, coolDown: COOLING.coolDown };
const until = (instant: string): Control => ({ ...FREE, coolDown: { until: instant, caseId: 'case-0' } });

describe('a case may open', () => {
  test.each([
    ['to plan, by a person, while switched off', OFF, 'plan', 'cli'],
    ['to plan, by an alarm, while switched off and cooling down', BOTH, 'plan', ALARM],
    ['to tidy up, while switched off and cooling down', BOTH, 'tidy', 'janitor'],
    ['to recover, by an alarm, where nothing was said', FREE, 'recover', ALARM],
    ['to recover, by a person, where nothing was said', FREE, 'recover', 'cli'],
    ['to recover, by a person at the CLI, while cooling down', COOLING, 'recover', 'cli'],
    ['to recover, by a person at the console, while cooling down', COOLING, 'recover', 'console'],
    ['by an alarm, at the very instant at which the cool-down is over', until(NOW), 'recover', ALARM],
    ['by an alarm, at that instant in another notation', until('2026-03-01T04:10:00Z'), 'recover', ALARM],
    ['by an alarm, after the cool-down', until('2026-03-01T04:09:59.999Z'), 'recover', ALARM],
  ] as const)('%s', (_, control, mode, openedBy) => {
    expect(mayOpen(control, { mode, openedBy }, NOW)).toEqual({ kind: 'open' });
  });
});

describe('no case may open', () => {
  const OFF_SAYS = 'switched off by ann at 2026-03-01T03:00:00.000Z: power works';
  const COOLING_SAYS = 'case case-0 changed hosts; alarms open no other one before 2026-03-01T05:00:00.000Z';
  const OFF_UNEXPLAINED: Control = { ...FREE, off: { who: 'ann', at: NOW, reason: '' } };

  test.each([
    ['by a person, while switched off: who, when and why', OFF, 'cli', 'disabled', OFF_SAYS],
    ['by an alarm, while switched off', OFF, ALARM, 'disabled', OFF_SAYS],
    ['by an alarm, while switched off and cooling down: the word of a person first', BOTH, ALARM, 'disabled', OFF_SAYS],
    ['while switched off without a reason', OFF_UNEXPLAINED, 'cli', 'disabled', `switched off by ann at ${NOW}`],
    ['by an alarm, while cooling down: until when, and after which case', COOLING, ALARM, 'cooling-down', COOLING_SAYS],
  ] as const)('to recover %s', (_, control, openedBy, outcome, says) => {
    expect(mayOpen(control, { mode: 'recover', openedBy }, NOW)).toEqual({ kind: 'closed', outcome, says });
  });

  test('by an alarm one millisecond before the cool-down is over', () => {
    const permission = mayOpen(until('2026-03-01T04:10:00.001Z'), { mode: 'recover', openedBy: ALARM }, NOW);
    expect(permission).toMatchObject({ kind: 'closed', outcome: 'cooling-down' });
  });
});

describe('the cool-down that a case leaves behind', () => {
  const PLAN = '0123456789abcdef';
  const cluster = (coolDownMinutes?: number): Cluster =>
    Cluster.parse({ name: 'demo', selector: { role: 'dkron' }, size: 3, policy: { coolDownMinutes } });
  const record = (rest: Partial<CaseRecord>): CaseRecord =>
    CaseRecord.parse({
      caseId: 'case-1',
      cluster: 'demo',
      mode: 'recover',
      counter: 1000,
      openedAt: '2026-03-01T04:00:00.000Z',
      executionArn: 'arn:execution:case-1',
      requester: 'unknown',
      openedBy: ALARM,
      status: 'open',
      phase: 'approve-plan',
      ...rest,
    });
  const fences: CaseRecord['fences'] = {
    'i-00000003': {
      instanceId: 'i-00000003',
      groupsBefore: { 'eni-1': ['sg-1'] },
      stateBefore: 'running',
      quarantinedAt: NOW,
      stopAskedAt: null,
      startAskedAt: null,
      kept: false,
    },
  };
  const leftBy = (rest: Partial<CaseRecord>, minutes = 60) => coolDownAfter(record(rest), cluster(minutes), NOW);
  const LEFT = { until: '2026-03-01T05:10:00.000Z', caseId: 'case-1' };
  const PAST: Partial<CaseRecord> = { approvedPlanId: PLAN, phase: 'verify', pointOfNoReturnAt: NOW };

  test.each<[string, Partial<CaseRecord>]>([
    ['past its point of no return', { phase: 'await-leader', pointOfNoReturnAt: NOW }],
    ['that fenced a host and put it back', { phase: 'approve-plan', fences }],
    ['that was released before its second plan', { phase: 'survey', released: [{ planId: PLAN, at: NOW }] }],
    ['that went on to fence and hold', { phase: 'secure', approvedPlanId: PLAN }],
    ['that went on to power on', { phase: 'power-on', approvedPlanId: PLAN }],
    ['that was blocked at its check', { phase: 'check', approvedPlanId: PLAN }],
    ['that was declined at the gate of its restart', { phase: 'approve-restart', approvedPlanId: PLAN }],
  ])('an alarm opened it: one %s leaves an hour', (_, rest) => {
    expect(leftBy(rest)).toEqual(LEFT);
  });

  test.each<[string, Partial<CaseRecord>]>([
    ['had no plan', { phase: 'survey' }],
    ['made a plan', { phase: 'make-plan', planId: PLAN }],
    ['was declined, or never answered', { phase: 'approve-plan', planId: PLAN }],
    ['drifted between approval and the first change', { phase: 'approve-plan', planId: PLAN, approvedPlanId: PLAN }],
    ['broke off while it looked again', { phase: 'look-again', planId: PLAN, approvedPlanId: PLAN }],
  ])('an alarm opened it: one that %s leaves none', (_, rest) => {
    expect(leftBy(rest)).toBeNull();
  });

  test.each(['cli', 'console', 'janitor'])('one that was opened by %s leaves none, whatever it changed', (openedBy) => {
    expect(leftBy({ ...PAST, fences, openedBy })).toBeNull();
  });

  test('it is as long as the policy says, from the end of the case; with 0 minutes there is none', () => {
    expect(leftBy(PAST, 0.5)).toEqual({ ...LEFT, until: '2026-03-01T04:10:30.000Z' });
    expect(leftBy(PAST, 1440)).toEqual({ ...LEFT, until: '2026-03-02T04:10:00.000Z' });
    expect(leftBy(PAST, 0)).toBeNull();
  });

  test('a policy that says nothing means an hour', () => {
    expect(coolDownAfter(record(PAST), cluster(), NOW)).toEqual(LEFT);
  });
});
