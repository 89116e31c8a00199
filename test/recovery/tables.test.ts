import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  ERROR_TABLE,
  GATE_REFUSALS,
  HOST_CODES,
  OUTCOMES,
  RequorumError,
  VERDICTS,
  VerdictName,
  canonicalJson,
  errorsMarkdown,
  signsOf,
} from '../../lib/recovery';
import { surveyOf } from '../support/world';

const root = join(__dirname, '../..');

describe.each([
  ['outcome', OUTCOMES],
  ['error', ERROR_TABLE],
  ['refusal of a host', HOST_CODES],
  ['refusal of a gate', GATE_REFUSALS],
] as const)('every %s', (_, table) => {
  test.each(Object.entries(table))('%s says what it means and what to do next', (_name, { means, nextStep }) => {
    expect(means).toMatch(/^[a-z'`][^\n]{5,}[^.]$/i);
    expect(nextStep).toMatch(/^[a-z'`][^\n]{5,}[^.]$/i);
  });
});

test('docs/errors.md is the text made from the tables', () => {
  expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(errorsMarkdown());
});

test('an error bears its code as name, and any thrown value becomes one', () => {
  const error = new RequorumError('UnknownCase', 'case-9');
  expect([error.name, error.nextStep]).toEqual(['UnknownCase', ERROR_TABLE.UnknownCase.nextStep]);
  expect(RequorumError.from(error)).toBe(error);
  expect(RequorumError.from(new TypeError('x is not y'))).toMatchObject({
    code: 'Unexpected',
    detail: 'TypeError: x is not y',
  });
  expect(RequorumError.from('nothing').detail).toBe('nothing');
});

describe('the table of verdicts', () => {
  const worlds = {
    healthy: { 'dkron-1': { leads: true }, 'dkron-2': { names: 'dkron-1' }, 'dkron-3': { names: 'dkron-1' } },
    stranded: {
      'dkron-1': { told: ['dkron-1'] },
      'dkron-2': { names: 'dkron-3' },
      'dkron-3': { leads: true },
    },
    'down-with-quorum': {
      'dkron-1': { leads: true },
      'dkron-2': { names: 'dkron-1' },
      'dkron-3': { host: 'terminated' as const },
    },
    'single-server-down': { 'dkron-1': { running: false, answers: false } },
    'quorum-restartable': {
      'dkron-1': {},
      'dkron-2': { host: 'stopped' as const },
      'dkron-3': { host: 'terminated' as const },
    },
    'no-leader': { 'dkron-1': {}, 'dkron-2': {}, 'dkron-3': { host: 'terminated' as const } },
    'quorum-lost': {
      'dkron-1': {},
      'dkron-2': { host: 'impaired' as const },
      'dkron-3': { host: 'terminated' as const },
    },
    'all-lost': { 'dkron-1': { host: 'terminated' as const }, 'dkron-2': { host: 'terminated' as const } },
    unknown: { 'dkron-1': { host: 'impaired' as const } },
  };
  const holding = Object.values(worlds).map((servers) => {
    const { survey } = surveyOf({ servers });
    return VERDICTS.filter(({ when }) => when(signsOf(survey)));
  });

  test('has a world for every row: no row is dead, and the last holds always', () => {
    expect(holding.map(([first]) => first?.name)).toEqual(Object.keys(worlds));
    expect(VERDICTS.map(({ name }) => name)).toEqual(Object.keys(worlds));
    for (const rows of holding) expect(rows[rows.length - 1]?.name).toBe('unknown');
  });

  test('each row says which rows below it goes before', () => {
    for (const [first, ...others] of holding) {
      const below = new Set<VerdictName>(first?.beats);
      expect(others.filter(({ name }) => !below.has(name))).toEqual([]);
    }
    expect(VERDICTS.map(({ name }) => VerdictName.parse(name))).toHaveLength(
      new Set(VERDICTS.map(({ name }) => name)).size,
    );
  });
});

test('equal values give equal bytes, and different ones different bytes', () => {
  expect(canonicalJson({ b: [1, { d: 2, c: undefined }], a: 'é' })).toBe('{"a":"é","b":[1,{"d":2}]}');
  expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test('ring 0 is pure: zod and itself only, no clock, no randomness', () => {
  const folder = join(root, 'lib/recovery');
  const files = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const);
  expect(files.length).toBeGreaterThan(30);
  const foreign = files.flatMap(([file, text]) =>
    [...text.matchAll(/from '([^']+)'/g)]
      .filter(([, from]) => from !== 'zod' && !/^\.\/[a-z-]+$/.test(from ?? ''))
      .map(([line]) => `${file}: ${line}`),
  );
  expect(foreign).toEqual([]);
  const impure = files.filter(([, text]) =>
    /Date\.now|new Date\(\)|Math\.random|process\.|setTimeout|\bfetch\(/.test(text),
  );
  expect(impure.map(([file]) => file)).toEqual([]);
});
