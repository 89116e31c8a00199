import { styleText } from 'node:util';
import type { Finding } from '../recovery/plan';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Colour as functions, so that text is built once and shown with or without. */
export type Ink = Readonly<Record<Style, (text: string) => string>>;

const each = (paint: (style: Style, text: string) => string): Ink => ({
  bold: (text) => paint('bold', text),
  dim: (text) => paint('dim', text),
  red: (text) => paint('red', text),
  green: (text) => paint('green', text),
  yellow: (text) => paint('yellow', text),
  cyan: (text) => paint('cyan', text),
});

export const plainInk: Ink = each((_style, text) => text);
// We decide about colour ourselves: newer Node would look at stdout even when we print to stderr.
export const colourInk: Ink = each((style, text) => styleText(style, text, { validateStream: false }));

/** https://no-color.org: any non-empty NO_COLOR wins; otherwise colour is for terminals. */
export const inkFor = (isTerminal: boolean, env: NodeJS.ProcessEnv): Ink =>
  isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? colourInk : plainInk;

type Severity = Finding['severity'];
export const GLYPHS: Readonly<Record<Severity, string>> = { info: '·', warning: '!', danger: '✘' };
const COLOURS: Readonly<Record<Severity, Style>> = { info: 'dim', warning: 'yellow', danger: 'red' };

export const bySeverity = (ink: Ink, severity: Severity): ((text: string) => string) => ink[COLOURS[severity]];
