import { showControl } from '../../lib/cli/show-control';
import { FREE } from '../../lib/recovery/control';
import type { Control } from '../../lib/recovery/control';
import { FakeDoor } from '../support/fake-door';
import { CASE_ID, GRACE, at } from '../support/recorded-case';
import { lostAndRecovered } from '../support/recorded-cases';
import { runCli } from '../support/run-cli';
import { expectGolden } from './golden';

const OFF = { who: GRACE, at: at(0), reason: 'power works until noon' };
const waitingUntil = (until: string): Control => ({ ...FREE, coolDown: { until, caseId: CASE_ID } });
const COOLING = waitingUntil('2999-01-01T00:00:00.000Z');
const OVER = waitingUntil('2020-01-01T00:00:00.000Z');
const FREE_SAYS =
  'demo may be acted on: people and alarms may open its next case.\n  → how it is now: requorum verify --cluster demo\n';

describe('who may act on a cluster', () => {
  test.each([
    ['switched-off', { ...FREE, off: OFF }],
    ['switched-off-while-cooling-down', { ...waitingUntil(at(60)), off: OFF }],
    ['cooling-down', waitingUntil(at(60))],
    ['free', FREE],
  ])('%s reads as reviewed', (name, control) => {
    expectGolden(`control/${name}`, showControl('demo', control, { now: new Date(at(0)), width: 80 }));
  });

  test('where no reason was given, the sentence goes on without one', () => {
    const said = showControl('demo', { ...FREE, off: { ...OFF, reason: '' } }, { now: new Date(at(0)), width: 120 });
    expect(said.join(' ')).toContain(`at ${OFF.at}; plans can be made`);
  });

  test('a cool-down is over at its very instant', () => {
    const said = (seconds: number) =>
      showControl('demo', waitingUntil(at(60)), { now: new Date(at(seconds)), width: 80 }).join(' ');
    expect(said(59)).toContain('alarms open no case before');
    expect(said(60)).toContain('people and alarms may open');
  });
});

describe('requorum disable, enable, acknowledge', () => {
  let door: FakeDoor;
  beforeEach(async () => {
    door = await FakeDoor.start();
    door.play('demo', lostAndRecovered());
  });
  afterEach(async () => {
    await door.stop();
  });
  const DISABLE = ['disable', '--cluster', 'demo', '--reason', OFF.reason];

  test('disable carries the reason, and says who switched it off, why, and how that is undone', async () => {
    const { exit, out } = await runCli(door, DISABLE);
    expect(exit).toBe(0);
    expect(door.controls.get('demo')).toEqual({ ...FREE, off: OFF });
    expect(out.replace(/\s+/g, ' ')).toContain(`demo is switched off by ${GRACE} at ${OFF.at}: ${OFF.reason};`);
    expect(out).toMatch(/\n {2}→ to let it act again: requorum enable --cluster demo\n$/);
  });

  test.each([[['disable', '--cluster', 'demo']], [['disable', '--cluster', 'demo', '--reason', ' ']]])(
    'nothing is switched off without a reason: %j is 2',
    async (args) => {
      expect((await runCli(door, args)).exit).toBe(2);
      expect(door.controls.size).toBe(0);
    },
  );

  test('enable switches on and leaves the cool-down alone, which is told', async () => {
    door.controls.set('demo', { ...COOLING, off: OFF });
    const { exit, out } = await runCli(door, ['enable', '--cluster', 'demo']);
    expect(exit).toBe(0);
    expect(door.controls.get('demo')).toEqual(COOLING);
    expect(out).toContain('demo may be acted on by people; alarms open no case before 2999-01-01T00:00:00.000Z');
  });

  test('enable tells nothing of a cool-down that is over', async () => {
    door.controls.set('demo', { ...OVER, off: OFF });
    expect((await runCli(door, ['enable', '--cluster', 'demo'])).out).toBe(FREE_SAYS);
  });

  test('acknowledge ends the cool-down', async () => {
    door.controls.set('demo', COOLING);
    const { exit, out } = await runCli(door, ['acknowledge', '--cluster', 'demo']);
    expect(exit).toBe(0);
    expect(door.controls.get('demo')).toEqual(FREE);
    expect(out).toBe(FREE_SAYS);
  });

  test('acknowledge switches nothing on, and says that the cluster is still off', async () => {
    door.controls.set('demo', { ...COOLING, off: OFF });
    const { out } = await runCli(door, ['acknowledge', '--cluster', 'demo']);
    expect(door.controls.get('demo')).toEqual({ ...FREE, off: OFF });
    expect(out).toContain('demo is switched off by');
  });

  test('--json prints the control on stdout, and the sentence goes to stderr', async () => {
    door.controls.set('demo', COOLING);
    const { exit, json, err } = await runCli(door, [...DISABLE, '--json']);
    expect(exit).toBe(0);
    expect(json).toEqual({ cluster: 'demo', control: { ...COOLING, off: OFF } });
    expect(err).toContain('demo is switched off by');
  });

  test.each(['enable', 'acknowledge'])('%s --json prints the control too', async (word) => {
    const { json } = await runCli(door, [word, '--cluster', 'demo', '--json']);
    expect(json).toEqual({ cluster: 'demo', control: FREE });
  });

  test.each([[['disable', '--reason', 'x']], [['enable']], [['acknowledge']]])(
    '%j of an unknown cluster is 5',
    async (words) => {
      expect((await runCli(door, [...words, '--cluster', 'prod'])).exit).toBe(5);
    },
  );

  test('they open no case', async () => {
    for (const args of [DISABLE, ['enable', '--cluster', 'demo'], ['acknowledge', '--cluster', 'demo']]) {
      await runCli(door, args);
    }
    expect(door.opened).toEqual([]);
    expect(door.controls.size).toBe(1);
  });
});
