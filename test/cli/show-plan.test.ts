import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { colourInk, plainInk } from '../../lib/cli/ink';
import { widthOf } from '../../lib/cli/layout';
import { showPlanning } from '../../lib/cli/show-plan';
import type { Planning } from '../../lib/recovery/plan';
import { GATE, HEALTHY, QUORUM_LOST, RESTARTABLE } from '../support/recorded-cases';

/*
 * The golden texts are reviewed by eye. When the text changes on purpose:
 * REQUORUM_GOLDEN=write npx jest test/cli/show-plan, then read the difference.
 */
const about = { cluster: 'demo', caseId: GATE.caseId };
const GOLDEN: readonly (readonly [string, Planning, number])[] = [
  ['one-of-three-is-left', QUORUM_LOST, 80],
  ['two-can-be-started-again', RESTARTABLE, 80],
  ['healthy', HEALTHY, 120],
];

describe('a plan in the terminal', () => {
  test.each(GOLDEN)('%s reads as reviewed', (name, planning, width) => {
    const file = join(__dirname, 'golden', `${name}.txt`);
    const shown = `${showPlanning(planning, about, { ink: plainInk, width }).join('\n')}\n`;
    if (process.env.REQUORUM_GOLDEN === 'write') {
      mkdirSync(join(__dirname, 'golden'), { recursive: true });
      writeFileSync(file, shown);
    }
    expect(shown).toBe(readFileSync(file, 'utf8'));
  });

  test.each(GOLDEN)('%s says the same in colour', (_name, planning, width) => {
    const colour = showPlanning(planning, about, { ink: colourInk, width });
    expect(colour.join('\n')).toContain('\u001b[');
    expect(colour.map(stripVTControlCharacters)).toEqual(showPlanning(planning, about, { ink: plainInk, width }));
  });

  test.each([80, 120])('no line but peers.json is wider than %d columns', (width) => {
    const lines = GOLDEN.flatMap(([, planning]) => showPlanning(planning, about, { ink: plainInk, width }));
    expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
  });

  test('the bar of a server that lacks one entry of a long log is not full', () => {
    const position = (id: string, lastIndex: number) => ({ id, lastTerm: 2, lastIndex, jobs: null });
    const servers = RESTARTABLE.briefing.servers.map((server) => ({
      ...server,
      position: position(server.id, server.id === 'dkron-3' ? 999_999 : 1_000_000),
    }));
    const lines = showPlanning({ ...RESTARTABLE, briefing: { ...RESTARTABLE.briefing, servers } }, about, {
      ink: plainInk,
      width: 120,
    });
    expect(lines.find((line) => line.includes('dkron-3 '))).toContain('█████████░ log 2:999999, 1 behind');
    expect(lines.find((line) => line.includes('dkron-1 '))).toContain('██████████ log 2:1000000');
  });

  test('a shorter log of a later term is the freshest', () => {
    const terms = { 'dkron-1': [3, 10], 'dkron-2': [2, 500], 'dkron-3': [2, 500] } as const;
    const servers = RESTARTABLE.briefing.servers.map((server) => {
      const [lastTerm, lastIndex] = server.id === 'dkron-1' ? terms['dkron-1'] : terms['dkron-2'];
      return { ...server, position: { id: server.id, lastTerm, lastIndex, jobs: null } };
    });
    const lines = showPlanning({ ...RESTARTABLE, briefing: { ...RESTARTABLE.briefing, servers } }, about, {
      ink: plainInk,
      width: 120,
    });
    expect(lines.find((line) => line.includes('dkron-1 '))).toContain('██████████ log 3:10');
    expect(lines.find((line) => line.includes('dkron-2 '))).toContain('░ log 2:500');
  });
});
