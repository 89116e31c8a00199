import { OUTCOMES } from './case';
import { ERROR_TABLE } from './errors';
import { GATE_REFUSALS } from './gate-decision';
import { HOST_CODES } from './host-codes';

type Table = Readonly<Record<string, { readonly means: string; readonly nextStep: string }>>;

/** The text of docs/errors.md: every name that a person can meet, what it means and what to do next, from the tables. */
export function errorsMarkdown(): string {
  return [
    '# Outcomes, errors and refusals',
    '',
    'Made from the tables in `lib/recovery`; a test compares. Change a table, not this page.',
    '',
    ...chapter('Outcomes', 'How a case ends. Every ending writes a report.', OUTCOMES),
    ...chapter('Errors', 'The unexpected. The name is the one in logs and in Step Functions.', ERROR_TABLE),
    ...chapter('Refusals by a host', 'That command changed nothing there, save where the text says so.', HOST_CODES),
    ...chapter('Refusals at a gate', 'The answer was not taken; the gate stays as it was.', GATE_REFUSALS),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function chapter(title: string, says: string, table: Table): string[] {
  const lines = Object.entries(table).map(
    ([name, { means, nextStep }]) => `- \`${name}\`: ${inline(means)}. **Next:** ${inline(nextStep)}.`,
  );
  return [`## ${title}`, '', says, '', ...lines, ''];
}

/** Placeholders become code where they are not inside code already: a page must not take them for mark-up. */
function inline(text: string): string {
  return text
    .split('`')
    .map((part, at) => (at % 2 === 0 ? part.replaceAll(/[^\s;,]*<[\w-]+>[^\s;,]*/g, (word) => `\`${word}\``) : part))
    .join('`');
}
