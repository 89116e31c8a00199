/** Slack's three control characters; without them no text can mention a channel, link, or break out (its formatting rules). */
export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Marks of mrkdwn that a name could carry; broken by a space that nobody sees. */
const MARKS = /[*_~`]/g;
const ZERO_WIDTH = '\u200b';

/** Characters of one piece of text: however it is escaped, a section holds it. */
const LONGEST = 500;

/** What people copy, commands above all: nothing in it links or mentions, and nothing invisible is put into it. */
export const copied = (text: string): string => escape(cut(text.replace(/\s+/g, ' '), LONGEST));

/** What hosts and people wrote, as text among our own marks: nothing in it formats, links or mentions. */
export const plain = (text: string): string =>
  copied(text).replace(MARKS, (mark) => `${ZERO_WIDTH}${mark}${ZERO_WIDTH}`);

/** An id in a code span. */
export const code = (text: string): string =>
  `\`${escape(cut(text, LONGEST).replaceAll('`', "'").replace(/\s+/g, ' '))}\``;

/** Text cut to a limit of Slack's, before it is escaped. */
export const cut = (text: string, most: number): string => {
  const signs = [...text];
  return signs.length <= most ? text : `${signs.slice(0, most - 1).join('')}…`;
};

/** Lines as one text within a limit; what does not fit is counted. */
export const lines = (all: readonly string[], most = 2900): string => {
  let text = '';
  for (const [at, line] of all.entries()) {
    const next = at === 0 ? line : `${text}\n${line}`;
    if (next.length > most) return `${text}\n… and ${all.length - at} more`;
    text = next;
  }
  return text;
};

/** The newest lines within a limit. */
export const lastLines = (all: readonly string[], most: number): string => {
  for (let from = 0; from < all.length; from += 1) {
    const text = [...(from === 0 ? [] : ['…']), ...all.slice(from)].join('\n');
    if (text.length <= most) return text;
  }
  return '';
};

/** A moment in the reader's own time zone; Slack shows the fallback where it cannot. */
export const moment = (instant: string): string =>
  `<!date^${Math.floor(Date.parse(instant) / 1000)}^{time_secs}|${instant.slice(11, 19)}Z>`;

/** `12 min`, `40 s`: how long until then. */
export const until = (instant: string, now: Date): string => {
  const seconds = Math.max(0, Math.round((Date.parse(instant) - now.getTime()) / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
};
