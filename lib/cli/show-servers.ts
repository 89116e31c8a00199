import type { Briefing, Plan } from '../recovery/plan';
import type { Ink } from './ink';
import { hang, pad, widthOf } from './layout';
import { freshestOf, logCell } from './log-cell';
import { roleCell } from './role-cell';

type Server = Briefing['servers'][number];

interface Sign {
  readonly glyph: string;
  readonly means: string;
  readonly ink: 'green' | 'yellow' | 'red' | 'dim';
}

/** What a glyph says that the reason beneath does not: whether the server answers. */
const SIGNS = {
  answers: { glyph: '●', means: 'answers', ink: 'green' },
  restartable: { glyph: '◐', means: 'silent, has its data', ink: 'yellow' },
  unreachable: { glyph: '?', means: 'unreachable', ink: 'red' },
  gone: { glyph: '✕', means: 'gone', ink: 'dim' },
} as const satisfies Record<string, Sign>;

const signOf = (server: Server): keyof typeof SIGNS => (server.answers ? 'answers' : server.class);

/** The glyphs that are used below, and no others. */
export const legendOf = (servers: readonly Server[]): string => {
  const used = new Set(servers.map(signOf));
  return Object.entries(SIGNS)
    .filter(([name]) => used.has(name as keyof typeof SIGNS))
    .map(([, { glyph, means }]) => `${glyph} ${means}`)
    .join('  ');
};

/** One row per server where the terminal is wide enough, else the log on a line of its own; the reason beneath. */
export const showServers = (
  servers: readonly Server[],
  plan: Plan | null,
  { ink, width }: { readonly ink: Ink; readonly width: number },
): string[] => {
  const freshest = freshestOf(servers);
  const rows = servers.map((server) => ({
    server,
    cells: [ink.bold(server.id), server.address, roleCell(server, plan, ink)],
    log: logCell(server, freshest, ink),
  }));
  const columns = [0, 1, 2].map((at) => Math.max(0, ...rows.map(({ cells }) => widthOf(cells[at] ?? ''))));
  const head = columns.reduce((sum, column) => sum + (column === 0 ? 0 : column + 2), 4);
  const oneLine = rows.every(({ log }) => head + widthOf(log) <= width);
  return rows.flatMap(({ server, cells, log }) => {
    const sign = SIGNS[signOf(server)];
    const line = cells.map((cell, at) => (columns[at] === 0 ? '' : `${pad(cell, columns[at] ?? 0)}  `)).join('');
    const first = `  ${ink[sign.ink](sign.glyph)} ${line}`;
    const beneath = hang('    ', `${server.class}: ${server.because}`, width, ink.dim);
    return oneLine ? [`${first}${log}`.trimEnd(), ...beneath] : [first.trimEnd(), `    ${log}`, ...beneath];
  });
};
