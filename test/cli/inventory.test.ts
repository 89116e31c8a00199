import { showInventory, type Known } from '../../lib/cli/show-inventory';
import { plainInk } from '../../lib/cli/ink';
import type { Inventory } from '../../lib/recovery/survey';
import { FakeDoor } from '../support/fake-door';
import { GRACE, at } from '../support/recorded-case';
import { lostAndRecovered } from '../support/recorded-cases';
import { runCli } from '../support/run-cli';
import { expectGolden } from './golden';

const server = (n: number, rest: Partial<Inventory['servers'][number]> = {}): Inventory['servers'][number] => ({
  id: `dkron-${n}`,
  address: `10.0.${n}.1${n}:6868`,
  instanceId: `i-0a1b2c3d4e5f6000${n}`,
  volumeIds: [`vol-0a1b2c3d4e5f6000${n}`],
  interfaceIds: [`eni-0a1b2c3d4e5f6000${n}`],
  launchedAt: '2026-02-01T00:00:00.000Z',
  autoScalingGroup: null,
  ...rest,
});
const inventory: Inventory = {
  cluster: 'demo',
  at: '2026-03-01T03:00:00.000Z',
  servers: [
    server(1, { volumeIds: ['vol-0a1b2c3d4e5f60001', 'vol-0a1b2c3d4e5f6000a'] }),
    server(2, { autoScalingGroup: 'dkron-servers' }),
    server(3),
  ],
};
const declared = {
  serverId: 'dkron-2',
  who: 'arn:aws:iam::123456789012:user/grace',
  at: '2026-03-01T05:03:00.000Z',
  because: 'the rack burnt, and the provider confirmed that its disks are destroyed',
  known: null,
};
const excluded = {
  serverId: 'dkron-3',
  address: '10.0.3.13:6868',
  caseId: 'demo-20260301T041000-7f3a2b',
  since: '2026-03-01T04:14:00.000Z',
  fence: { kind: 'quarantine-stop' as const, instanceId: 'i-0a1b2c3d4e5f60003', interfaceIds: [] },
  groupsBefore: {},
  volumeIds: [],
};
const word = { who: declared.who, at: declared.at, because: declared.because, despite: ['no inventory knows it'] };
const byWord = { ...excluded, serverId: 'dkron-4', fence: { kind: 'gone' as const, declared: word } };

const known: Known = { cluster: 'demo', inventory, exclusions: [], declarations: [] };
const sheet = (now: string, width = 80) => ({ ink: plainInk, width, now: new Date(now) });
const shown = (what: Partial<Known>, now = '2026-03-01T05:05:00.000Z', width = 80) =>
  showInventory({ ...known, ...what }, sheet(now, width));

describe('what is remembered of a cluster', () => {
  test.each<[string, Partial<Known>, string]>([
    ['good-times', {}, '2026-03-01T03:01:00.000Z'],
    ['in-an-outage', { declarations: [declared], exclusions: [excluded, byWord] }, '2026-03-01T05:05:00.000Z'],
    ['never-seen-healthy', { inventory: null, declarations: [declared] }, '2026-03-01T05:05:00.000Z'],
  ])('%s reads as reviewed, within 80 columns', (name, what, now) => {
    const lines = shown(what, now);
    expectGolden(`inventory/${name}`, lines);
    // A command is never torn apart, so that it can be copied.
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test.each([
    ['2026-03-01T03:00:30.000Z', '0 min'],
    ['2026-03-01T04:59:00.000Z', '119 min'],
    ['2026-03-01T05:05:00.000Z', '2 h 5 min'],
    ['2026-03-05T03:00:00.000Z', '4 days'],
  ])('its age at %s is %s', (now, age) => {
    expect(shown({}, now)[0]).toBe(`demo: 3 servers, as seen healthy ${age} ago.`);
  });
});

describe('requorum inventory --gone, --not-gone', () => {
  let door: FakeDoor;
  beforeEach(async () => {
    door = await FakeDoor.start();
    door.play('demo', lostAndRecovered());
    door.inventory = inventory;
  });
  afterEach(async () => {
    await door.stop();
  });
  const INVENTORY = ['inventory', '--cluster', 'demo'];
  const GONE = [...INVENTORY, '--gone', 'dkron-2', '--because', 'the rack burnt'];
  const WORD = { serverId: 'dkron-2', who: GRACE, at: at(0), because: 'the rack burnt', known: null };

  test('declares, and shows what is known now', async () => {
    const { exit, out } = await runCli(door, GONE);
    expect(exit).toBe(0);
    expect(door.declarations).toEqual([WORD]);
    expect(out.replace(/\s+/g, ' ')).toContain(`✘ dkron-2: by ${GRACE} at ${at(0)}: the rack burnt`);
  });

  test('takes it back', async () => {
    await runCli(door, GONE);
    const { exit, out } = await runCli(door, [...INVENTORY, '--not-gone', 'dkron-2']);
    expect(exit).toBe(0);
    expect(door.declarations).toEqual([]);
    expect(out).not.toContain('the rack burnt');
  });

  test('who is seen is not declared: 3, with the sentence and the next step of the look', async () => {
    door.seenOfDeclared = { code: 'NotGone', says: 'dkron-2 is not destroyed: it answers', nextStep: 'requorum plan' };
    const { exit, out } = await runCli(door, GONE);
    expect(exit).toBe(3);
    expect(out).toContain('it answers');
    expect(door.declarations).toEqual([]);
  });

  test('what nobody said cannot be taken back: 5', async () => {
    expect((await runCli(door, [...INVENTORY, '--not-gone', 'dkron-2'])).exit).toBe(5);
  });

  test.each([
    [['--gone', 'dkron-2']],
    [['--gone', 'dkron-2', '--because', ' ']],
    [['--because', 'the rack burnt']],
    [['--gone', 'dkron-2', '--because', 'x', '--not-gone', 'dkron-2']],
  ])('%j is 2, and nobody is asked', async (words) => {
    expect((await runCli(door, [...INVENTORY, ...words])).exit).toBe(2);
    expect(door.declarations).toEqual([]);
  });

  test('without an inventory the words of people are shown all the same', async () => {
    door.inventory = null;
    const { exit, out } = await runCli(door, GONE);
    expect(exit).toBe(0);
    expect(out).toContain('was not seen healthy yet');
    expect(out).toContain('the rack burnt');
  });

  test('--json has everything', async () => {
    door.exclusions = [excluded];
    const { json } = await runCli(door, [...GONE, '--json']);
    expect(json).toMatchObject({ inventory: { at: inventory.at }, declarations: [WORD], exclusions: [excluded] });
  });
});
