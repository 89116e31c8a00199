import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A text that was reviewed by eye. When it changes on purpose: run the test with REQUORUM_GOLDEN=write, then read the
 * difference before it is committed.
 */
export const expectGolden = (name: string, lines: readonly string[]): void => {
  const file = join(__dirname, 'golden', `${name}.txt`);
  const shown = `${lines.join('\n')}\n`;
  if (process.env.REQUORUM_GOLDEN === 'write') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, shown);
  }
  expect(shown).toBe(readFileSync(file, 'utf8'));
};
