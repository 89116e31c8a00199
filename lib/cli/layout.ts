import { stripVTControlCharacters } from 'node:util';

/** Columns a text takes, colours not counted. All our glyphs are one column wide. */
export const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length;

export const pad = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - widthOf(text)));

/** Plain text cut to the width of a line, with an ellipsis where something is missing. */
export const cut = (text: string, columns: number): string => {
  const signs = [...text];
  return signs.length <= columns ? text : `${signs.slice(0, Math.max(0, columns - 1)).join('')}…`;
};

/** Plain text as lines of at most `columns`; a word longer than that stands alone and whole, so that it can be copied. */
export const wrap = (text: string, columns: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
};

/** A bullet with its text hanging beside it. */
export const hang = (bullet: string, text: string, columns: number, paint = (line: string) => line): string[] => {
  const indent = ' '.repeat(widthOf(bullet));
  return wrap(text, columns - widthOf(bullet)).map((line, at) => `${at === 0 ? bullet : indent}${paint(line)}`);
};

/** Parts that are never torn apart, as many to a line as fit. */
export const flow = (parts: readonly string[], columns: number): string[] =>
  parts.reduce<string[]>((lines, part) => {
    const last = lines.at(-1);
    if (last === undefined || widthOf(last) + 3 + widthOf(part) > columns) return [...lines, part];
    return [...lines.slice(0, -1), `${last} · ${part}`];
  }, []);

/** A line across with words in it. */
export const rule = (title: string, columns: number): string => {
  const left = '─'.repeat(6);
  return `${left} ${title} ${'─'.repeat(Math.max(0, columns - widthOf(title) - 8))}`;
};

/** Seconds as people say them: 0.4 s, 41 s, 2 min 11 s. */
export const seconds = (value: number): string => {
  if (value < 9.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
};
