import type { Paper } from './paper';

/** A title with its lines; nothing where there are none. What stands beside the title explains the signs in the lines. */
export const section = (title: string, lines: readonly string[], { ink }: Paper, beside = ''): string[] => {
  const explained = beside === '' ? '' : `  ${ink.dim(beside)}`;
  return lines.length === 0 ? [] : ['', `${ink.bold(title)}${explained}`, ...lines];
};
