import type { Question } from './host';
import { hang } from './layout';
import type { Terminal } from './terminal';

type Choice = Extract<Question, { kind: 'choice' }>;

/** How often a mistyped letter may be typed again before it counts as no. */
const TRIES = 3;

const isMeant = (value: string, typed: string): boolean => typed === value || typed === value.slice(0, 1);

/** Options with the letter that stands for each, and the letter a person types; nothing, or nonsense, is the default. */
export const chosen = async (terminal: Terminal, question: Choice, signal: AbortSignal): Promise<string> => {
  const { ink, width } = terminal;
  const letters = question.options.map(({ value }) => value.slice(0, 1)).join('/');
  terminal.say([
    ...hang('', question.says, width, ink.bold),
    ...question.options.flatMap(({ value, says }) => hang(`  ${ink.bold(value.slice(0, 1))}  `, says, width)),
  ]);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const typed = (await terminal.readLine(`${ink.bold(`${letters}, or return to decline:`)} `, signal)).toLowerCase();
    const meant = question.options.find(({ value }) => isMeant(value, typed));
    if (meant !== undefined) return meant.value;
    if (typed === '') break;
    terminal.say([ink.yellow(`"${typed}" is none of ${letters}`)]);
  }
  return question.default;
};
