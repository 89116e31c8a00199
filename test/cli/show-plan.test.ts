import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { colourInk, plainInk } from '../../lib/cli/ink';
import { widthOf } from '../../lib/cli/layout';
import { showPlanning } from '../../lib/cli/show-plan';
import type { Planning } from '../../lib/recovery/plan';
import * as chapters from '../support/chapters';
import { CASE_ID } from '../support/recorded-case';
import { expectGolden } from './golden';

const about = { cluster: 'demo', caseId: CASE_ID };
const FOLDER = join(__dirname, 'golden', 'plan');

/** Name of the golden text; what the world is planned as, so that a changed verdict is never reviewed as a changed text. */
const GOLDEN: readonly (readonly [name: string, as: string, planning: Planning, width: number])[] = [
  ['healthy', 'healthy: nothing-to-do', chapters.HEALTHY, 120],
  ['started-beside-the-leader', 'down-with-quorum: restart', chapters.STARTED_BESIDE_LEADER, 80],
  ['started-and-left-out', 'down-with-quorum: restart', chapters.STARTED_AND_LEFT_OUT, 120],
  ['removed-and-counted-as-lost', 'down-with-quorum: remove', chapters.COUNTED_AS_LOST, 80],
  ['two-removed', 'down-with-quorum: remove', chapters.TWO_REMOVED, 80],
  ['retired', 'healthy: remove', chapters.RETIRED, 80],
  ['three-started', 'quorum-restartable: restart', chapters.THREE_STARTED, 80],
  ['readmitted', 'healthy: readmit', chapters.READMITTED, 80],
  ['launched', 'healthy: launch', chapters.LAUNCHED, 80],
  ['powered-on', 'quorum-restartable: power-on', chapters.POWERED_ON, 80],
  ['let-in', 'quorum-restartable: restart', chapters.LET_IN, 80],
  ['only-server-started', 'single-server-down: restart', chapters.ONLY_SERVER, 80],
  ['only-server-without-data', 'single-server-down: refused', chapters.ONLY_SERVER_EMPTY, 80],
  ['moved-on-dkron-3', 'no-leader: rewrite', chapters.MOVED_ON_DKRON_3, 80],
  ['wrong-id', 'no-leader: rewrite', chapters.WRONG_ID, 80],
  ['one-of-three-is-left', 'quorum-lost: rewrite', chapters.QUORUM_LOST, 80],
  ['two-of-five-are-left', 'quorum-lost: rewrite', chapters.TWO_OF_FIVE, 120],
  ['log-unread', 'quorum-lost: rewrite', chapters.UNREAD_LOG, 80],
  ['stranded', 'stranded: refused', chapters.STRANDED, 80],
  ['all-lost', 'all-lost: refused', chapters.ALL_LOST, 80],
  ['too-little-seen', 'unknown: refused', chapters.TOO_LITTLE_SEEN, 80],
];

const plain = (planning: Planning, width: number): string[] => showPlanning(planning, about, { ink: plainInk, width });

describe('a plan in the terminal', () => {
  test.each(GOLDEN)('%s reads as reviewed', (name, as, planning, width) => {
    const what = planning.kind === 'planned' ? planning.plan.remedy : planning.kind;
    expect(`${planning.briefing.verdict.name}: ${what}`).toBe(as);
    expectGolden(`plan/${name}`, plain(planning, width));
  });

  test('there is no golden text that nobody compares', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(GOLDEN.map(([name]) => `${name}.txt`).sort());
  });

  test.each(GOLDEN)('%s says the same in colour', (_name, _as, planning, width) => {
    const colour = showPlanning(planning, about, { ink: colourInk, width });
    expect(colour.join('\n')).toContain('\u001b[');
    expect(colour.map(stripVTControlCharacters)).toEqual(plain(planning, width));
  });

  test.each([80, 120])('no line but peers.json is wider than %d columns', (width) => {
    const lines = GOLDEN.flatMap(([, , planning]) => plain(planning, width));
    expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
  });

  test.each(GOLDEN)('%s speaks of peers.json only where one is written', (_name, _as, planning) => {
    const isWritten = planning.kind === 'planned' && planning.plan.peersJson !== null;
    expect(plain(planning, 80).join('\n').includes('peers.json')).toBe(isWritten);
  });

  test('every server of peers.json stands on a line of its own, with the hash of the exact bytes', () => {
    const { peersJson, peersSha256 } = chapters.TWO_OF_FIVE.plan;
    const lines = plain(chapters.TWO_OF_FIVE, 120);
    const shown = lines.slice(lines.indexOf('peers.json') + 1, lines.indexOf('What may be lost') - 1);
    expect(shown.at(-1)).toBe(`  sha256 ${peersSha256}`);
    expect(JSON.parse(shown.slice(0, -1).join('\n'))).toEqual(JSON.parse(peersJson ?? ''));
    expect(shown).toHaveLength(2 + 2 + 1);
  });

  test('a next step that several findings share is said once, below them', () => {
    const text = plain(chapters.STRANDED, 120).join('\n');
    expect(chapters.STRANDED.briefing.findings).toHaveLength(2);
    expect(text.match(/→ start and stop nothing/g)).toHaveLength(1);
    expect(text).toMatch(/dkron-3 know different memberships[^→]*→ start and stop nothing/);
  });
});
