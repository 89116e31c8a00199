import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HEAD = ['threat', 'rule', 'off', 'on'];

describe('the reporter of the long tests', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'rows-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const report = (rows: readonly unknown[], counts: object): string[] => {
    const file = join(home, 'rows.jsonl');
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const seen = { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 0, numPendingTests: 0, testResults: [] };
    const program = `import Reporter from ${JSON.stringify(join(__dirname, 'table-reporter.mjs'))};
      new Reporter({}, ${JSON.stringify({ head: HEAD, keys: 2 })}).onRunComplete([], ${JSON.stringify({ ...seen, ...counts })});`;
    const env = { ...process.env, REQUORUM_ROWS: file };
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], { env, encoding: 'utf8' });
    return out.split('\n').filter((line) => line !== '');
  };

  test('makes one row of what two tests kept, and ends with the counts', () => {
    const rows = [
      ['E1', '1', 'deposed', null],
      ['E1', '1', null, 'leads'],
    ];
    expect(report(rows, { numPassedTests: 2 })).toEqual([
      '| threat | rule | off | on |',
      '| --- | --- | --- | --- |',
      '| E1 | 1 | deposed | leads |',
      '2 passed, 0 failed',
    ]);
  });

  test('names what was skipped, and counts it as such', () => {
    const pending = [{ testResults: [{ status: 'pending', fullName: 'E9 (skipped: no namespace)' }] }];
    expect(report([], { numPassedTests: 1, numPendingTests: 1, testResults: pending })).toEqual([
      'NOT RUN: E9 (skipped: no namespace)',
      '1 passed, 0 failed, 1 skipped',
    ]);
  });

  test('does not call a file that could not be run at all a success', () => {
    expect(report([], { numPassedTests: 3, numFailedTestSuites: 1 }).at(-1)).toBe('3 passed, 1 failed');
  });
});
