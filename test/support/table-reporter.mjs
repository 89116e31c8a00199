import { readFileSync, rmSync } from 'node:fs';

/**
 * Prints what the tests kept with `keepCells` as one table, names what was skipped, and gives the counts as the last line.
 * `head`: titles of the columns. `keys`: rows whose first so many cells are equal are one row, told by several tests.
 */
export default class TableReporter {
  constructor(_config, { head, keys = head.length }) {
    this.head = head;
    this.keys = keys;
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests, testResults }) {
    const line = (cells) => `| ${cells.map((cell) => cell ?? '–').join(' | ')} |`;
    const rows = merged(readRows(process.env.REQUORUM_ROWS), this.keys);
    if (rows.length > 0) {
      const table = [line(this.head), line(this.head.map(() => '---')), ...rows.map(line)];
      process.stdout.write(`\n${table.join('\n')}\n`);
    }
    const skipped = testResults
      .flatMap((file) => file.testResults)
      .filter(({ status }) => status === 'pending' || status === 'todo');
    for (const { fullName } of skipped) process.stdout.write(`\nNOT RUN: ${fullName}\n`);
    // A file that could not be run at all must not pass for nothing.
    const failed = Math.max(numFailedTests, numFailedTestSuites);
    const counts = [`${numPassedTests} passed`, `${failed} failed`];
    if (numPendingTests > 0) counts.push(`${numPendingTests} skipped`);
    // After everything that Jest itself has to say: the last line is for machines.
    process.once('exit', () => process.stdout.write(`\n${counts.join(', ')}\n`));
  }
}

function merged(rows, keys) {
  const byKey = new Map();
  for (const row of rows) {
    const key = JSON.stringify(row.slice(0, keys));
    const known = byKey.get(key) ?? [];
    byKey.set(
      key,
      row.map((cell, at) => cell ?? known[at] ?? null),
    );
  }
  return [...byKey.values()].sort((a, b) => (a.join() < b.join() ? -1 : 1));
}

function readRows(file) {
  try {
    const rows = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row));
    rmSync(file, { force: true });
    return rows;
  } catch {
    return [];
  }
}
