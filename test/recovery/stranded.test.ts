import type * as z from 'zod';
import { strandedSays } from '../../lib/recovery/stranded';
import type { RaftServer } from '../../lib/recovery/survey';
import type { ServerWorld } from '../support/world';
import { surveyOf } from '../support/world';

type Servers = Readonly<Record<string, z.input<typeof ServerWorld>>>;

/** What is said of the logs of these servers; a log ends at term 2, index 100 by default, membership at index 1. */
const saidOf = (servers: Servers): string[] => {
  const { survey } = surveyOf({ servers });
  const facts = survey.hosts.flatMap((host) => (host.outcome === 'inspected' ? [host.facts] : []));
  expect(facts).toHaveLength(Object.keys(servers).length);
  return strandedSays(facts, []);
};
const configuration = (...ids: readonly string[]): RaftServer[] =>
  ids.map((id) => ({ id, address: `${id}:6868`, suffrage: 'voter' }));
const saidOfAnswers = (...memberships: readonly (readonly string[])[]): string[] =>
  strandedSays(
    [],
    memberships.map((ids) => configuration(...ids)),
  );

const ALONE = ['dkron-1'];
const PAIR = ['dkron-1', 'dkron-2'];
const THREE = ['dkron-1', 'dkron-2', 'dkron-3'];

describe('one history', () => {
  test.each<[string, Servers]>([
    ['one server', { 'dkron-1': {} }],
    ['equal logs', { 'dkron-1': {}, 'dkron-2': {}, 'dkron-3': {} }],
    ['a log that is a prefix of the other', { 'dkron-1': { log: '2/100' }, 'dkron-2': { log: '2/63' } }],
    [
      'a log that ends in an earlier term',
      { 'dkron-1': { log: '3/120', terms: { 1: 1, 2: 40, 3: 101 } }, 'dkron-2': { log: '2/100' } },
    ],
    [
      'a last entry that differs, the tail of a dying leader',
      { 'dkron-1': { log: '3/100', terms: { 1: 1, 2: 40, 3: 100 } }, 'dkron-2': { log: '2/100' } },
    ],
    ['a log that cannot be read', { 'dkron-1': {}, 'dkron-2': { log: null } }],
    ['an empty data-dir', { 'dkron-1': {}, 'dkron-2': { data: 'missing' } }],
    [
      'a log that is compacted where it could be compared',
      { 'dkron-1': { log: '3/130', snapshot: '3/120', terms: { 3: 121 } }, 'dkron-2': { log: '2/100' } },
    ],
  ])('%s', (_, servers) => {
    expect(saidOf(servers)).toEqual([]);
  });
});

describe('two histories', () => {
  test('are terms that differ below both last indexes; who holds which is said with its position', () => {
    const [says, ...more] = saidOf({
      'dkron-2': { log: '2/103' },
      'dkron-1': { log: '3/100', terms: { 1: 1, 3: 60 } },
    });
    expect(more).toEqual([]);
    expect(says).toMatch(/^dkron-1 and dkron-2 hold different histories/);
    expect(says).toContain('term 3, index 100');
    expect(says).toContain('term 2, index 103');
  });

  test('are told for every pair that differs, and only for those', () => {
    const says = saidOf({
      'dkron-1': { log: '3/120', terms: { 1: 1, 3: 60 } },
      'dkron-2': { log: '2/103' },
      'dkron-3': { log: '2/101' },
    });
    expect(says.map((line) => line.slice(0, 19))).toEqual(['dkron-1 and dkron-2', 'dkron-1 and dkron-3']);
  });
});

describe('a membership that changed in the ordinary way', () => {
  test.each<[string, Servers]>([
    [
      'stands at an index that the other log has not got yet',
      {
        'dkron-1': { log: '2/110', configuration: PAIR, configurationIndex: 104 },
        'dkron-2': { log: '2/103', configuration: THREE },
      },
    ],
    [
      'is the last entry of one, which the other has not got',
      {
        'dkron-1': { log: '2/103', configuration: THREE },
        'dkron-2': { log: '2/104', configuration: PAIR, configurationIndex: 104 },
      },
    ],
    [
      'is the last entry of a dead leader, and nobody else ever took it in',
      {
        'dkron-1': { log: '2/103', configuration: PAIR, configurationIndex: 103 },
        'dkron-2': { log: '3/140', terms: { 1: 1, 2: 40, 3: 103 }, configuration: THREE },
      },
    ],
    [
      'is the same everywhere, in another order',
      {
        'dkron-1': { configuration: [...THREE].reverse() },
        'dkron-2': { configuration: THREE },
      },
    ],
    [
      'grew out of a first server alone, whose disk stayed behind',
      {
        'dkron-1': { log: '1/20', terms: { 1: 1 }, configuration: ALONE },
        'dkron-2': { log: '2/100', configuration: THREE, configurationIndex: 45 },
      },
    ],
  ])('%s', (_, servers) => {
    expect(saidOf(servers)).toEqual([]);
  });
});

describe('a part that was recovered alone has its membership back at index 1', () => {
  const OLD = { configuration: THREE, configurationIndex: 50 };
  const RECOVERED = { configuration: ALONE, configurationIndex: 1 };

  test('also where its history cannot be compared any more', () => {
    const [says = '', ...more] = saidOf({
      'dkron-1': { log: '3/130', snapshot: '3/120', terms: { 3: 121 }, ...RECOVERED },
      'dkron-2': { log: '2/118', ...OLD },
    });
    expect(more).toEqual([]);
    expect(says).toMatch(/^dkron-1 and dkron-2 know different memberships/);
    expect(says.indexOf('dkron-1', 8)).toBeLessThan(says.indexOf('against'));
  });

  test.each<[string, z.input<typeof ServerWorld>, z.input<typeof ServerWorld>]>([
    ['the newer log, of the first name', { log: '2/100', ...RECOVERED }, { log: '2/90', ...OLD }],
    ['the newer log, of the last name', { log: '2/90', ...OLD }, { log: '2/100', ...RECOVERED }],
    ['an equal log, of the first name', { ...RECOVERED }, { ...OLD }],
    ['an equal log, of the last name', { ...OLD }, { ...RECOVERED }],
    ['the older log, of the first name', { log: '2/90', ...RECOVERED }, { log: '2/100', ...OLD }],
    ['the older log, of the last name', { log: '2/100', ...OLD }, { log: '2/90', ...RECOVERED }],
  ])('%s', (_, first, last) => {
    const says = saidOf({ 'dkron-1': first, 'dkron-2': last });
    expect(says).toHaveLength(1);
    expect(says[0]).toContain('different memberships');
  });

  test.each<[string, z.input<typeof ServerWorld>]>([
    ['is not the last entry', { log: '2/104', configuration: PAIR, configurationIndex: 103 }],
    ['stands in both', { log: '2/102', configuration: PAIR, configurationIndex: 102 }],
  ])('also where the membership of the older log %s', (_, older) => {
    const newer = { log: '3/140', terms: { 1: 1, 2: 40, 3: 103 }, configuration: THREE };
    expect(saidOf({ 'dkron-1': older, 'dkron-2': newer })).toHaveLength(1);
  });

  test('also where the newer log has nothing yet at the place of that membership', () => {
    const servers = {
      'dkron-1': { log: '2/103', configuration: PAIR, configurationIndex: 103 },
      'dkron-2': { log: '3/102', terms: { 1: 1, 2: 40, 3: 102 }, configuration: THREE },
    };
    expect(saidOf(servers)).toEqual([expect.stringContaining('different memberships')]);
  });

  test('also where the old membership was never changed either', () => {
    expect(
      saidOf({ 'dkron-1': { log: '2/101', ...RECOVERED }, 'dkron-2': { configuration: THREE, configurationIndex: 1 } }),
    ).toHaveLength(1);
  });
});

describe('by the network alone', () => {
  test('one change is on its way and says nothing', () => {
    expect(saidOfAnswers(THREE, THREE, PAIR)).toEqual([]);
    expect(saidOfAnswers(THREE, [...THREE, 'dkron-4'])).toEqual([]);
    expect(saidOfAnswers()).toEqual([]);
    expect(saidOfAnswers(THREE)).toEqual([]);
  });

  test('memberships further apart were made apart, and are told once each', () => {
    const [says = '', ...more] = saidOfAnswers(ALONE, THREE, [...THREE].reverse());
    expect(more).toEqual([]);
    expect(says).toContain('different memberships');
    expect(says.match(/dkron-2/g)).toHaveLength(1);
  });

  test('a server that was replaced under another name is two changes', () => {
    expect(saidOfAnswers(THREE, ['dkron-1', 'dkron-2', 'dkron-4'])).toHaveLength(1);
  });

  test('two clusters that have nobody in common are not one that was split', () => {
    expect(saidOfAnswers(THREE, ['other-1', 'other-2', 'other-3'])).toEqual([]);
  });

  test('a server that knows nobody is none', () => {
    expect(saidOfAnswers(THREE, [])).toEqual([]);
  });
});
