import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, EXIT_HELP } from '../../lib/cli/problem';
import { programOf } from '../../lib/cli/program';

/* docs/cli.md is read when nothing else is at hand: what it shows is what is printed. */
const DOCS = readFileSync(join(__dirname, '../../docs/cli.md'), 'utf8');

describe('docs/cli.md', () => {
  const excerpts = [...DOCS.matchAll(/<!-- golden: (\S+) -->\n\n```text\n([^]*?)\n```/g)].map(
    ([, name = '', text = '']) => [name, text] as const,
  );

  test('every excerpt names its golden text', () => {
    expect(excerpts.length).toBeGreaterThan(0);
    expect(DOCS.match(/^```text$/gm)).toHaveLength(excerpts.length);
  });

  test.each(excerpts)('the excerpt of %s has its lines, in their order', (name, text) => {
    const golden = readFileSync(join(__dirname, 'golden', `${name}.txt`), 'utf8').split('\n');
    const lines = text.split('\n').filter((line) => line !== '…' && line !== '');
    const found = lines.map((line) => golden.indexOf(line));
    expect(lines.filter((_line, n) => found[n] === -1)).toEqual([]);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });

  test('every command has a row', () => {
    const commands = programOf(() => () => Promise.resolve()).commands.map((command) => command.name());
    expect(commands).toContain('retire');
    expect(commands.filter((name) => !new RegExp(`^\\| \`${name} `, 'm').test(DOCS))).toEqual([]);
  });

  test('every exit code has a row that begins as in --help', () => {
    for (const code of Object.values(EXIT)) {
      const help = new RegExp(`^ +${code} +([^:;]+)`, 'm').exec(EXIT_HELP)?.[1] ?? 'no help';
      expect(DOCS).toMatch(new RegExp(`^\\| ${code} +\\| ${help}`, 'm'));
    }
  });
});
