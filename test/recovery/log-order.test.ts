import { compareLogs, relation, termAt } from '../../lib/recovery';
import { logAt } from '../support/planned';

const terms = (...begins: [term: number, firstIndex: number][]) =>
  begins.map(([term, firstIndex]) => ({ term, firstIndex }));
const two = logAt(2, 100, { terms: terms([1, 1], [2, 40]) });

test.each([
  ['the same end is the same log', two, two, 'equal'],
  ['a shorter log of the same history lags', logAt(2, 90, { terms: terms([1, 1], [2, 40]) }), two, 'prefix'],
  ['a longer one is ahead', logAt(2, 120, { terms: terms([1, 1], [2, 40]) }), two, 'ahead'],
  ['a later term beats a longer log', two, logAt(3, 80, { terms: terms([1, 1], [2, 40], [3, 80]) }), 'prefix'],
  ['an unconfirmed last entry lags', two, logAt(3, 101, { terms: terms([1, 1], [2, 40], [3, 100]) }), 'prefix'],
  ['the other way round it is ahead', logAt(3, 101, { terms: terms([1, 1], [2, 40], [3, 100]) }), two, 'ahead'],
  [
    'terms that differ below both ends are two timelines',
    two,
    logAt(3, 110, { terms: terms([1, 1], [3, 60]) }),
    'another-timeline',
  ],
  ['also when one is shorter by much', two, logAt(4, 300, { terms: terms([1, 1], [3, 45]) }), 'another-timeline'],
  [
    'what was compacted away cannot be compared, so the older end lags',
    two,
    logAt(2, 150, { terms: terms([2, 141]), snapshot: { index: 140, term: 2 } }),
    'prefix',
  ],
] as const)('%s', (_, a, b, expected) => {
  expect(relation(a, b)).toBe(expected);
});

test('the relation read from the other side is its mirror', () => {
  const mirror = { equal: 'equal', prefix: 'ahead', ahead: 'prefix', 'another-timeline': 'another-timeline' } as const;
  const logs = [two, logAt(2, 90), logAt(3, 80), logAt(3, 110, { terms: terms([1, 1], [3, 60]) })];
  for (const a of logs) for (const b of logs) expect(relation(b, a)).toBe(mirror[relation(a, b)]);
});

test('the last term goes before the last index, and CurrentTerm counts for nothing', () => {
  const inflated = logAt(2, 100, { currentTerm: 99 });
  expect(compareLogs(logAt(3, 1), logAt(2, 999))).toBeGreaterThan(0);
  expect(compareLogs(inflated, logAt(2, 101, { currentTerm: 3 }))).toBeLessThan(0);
});

test('the term at an index is null where the log does not reach or was compacted', () => {
  const log = logAt(3, 150, { terms: terms([3, 145]), snapshot: { index: 140, term: 2 } });
  expect([termAt(log, 151), termAt(log, 150), termAt(log, 146), termAt(log, 140), termAt(log, 139)]).toEqual([
    null,
    3,
    3,
    2,
    null,
  ]);
});
