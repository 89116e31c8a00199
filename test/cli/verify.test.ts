import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { colourInk, plainInk } from '../../lib/cli/ink';
import { widthOf } from '../../lib/cli/layout';
import { showChecks } from '../../lib/cli/show-checks';
import type { Briefing, Planning } from '../../lib/recovery/plan';
import { QUORUM_LOST } from '../support/chapters';
import { FakeDoor } from '../support/fake-door';
import { planned } from '../support/recorded-cases';
import { runCli } from '../support/run-cli';
import * as seen from '../support/seen';
import { expectGolden } from './golden';

const GOLDEN: readonly (readonly [name: string, briefing: Briefing, width: number])[] = [
  ['healthy', seen.HEALTHY_SEEN, 80],
  ['deposed', seen.DEPOSED, 80],
  ['excluded-alive', seen.EXCLUDED_ALIVE, 80],
  ['lagging', seen.LAGGING, 80],
  ['no-redundancy', seen.NO_REDUNDANCY, 80],
  ['half-seen', seen.HALF_SEEN, 120],
];

describe('what verify shows', () => {
  test.each(GOLDEN)('%s reads as reviewed', (name, briefing, width) => {
    expectGolden(`verify/${name}`, showChecks(briefing, 'demo', { ink: plainInk, width }));
  });

  test('there is no golden text that nobody compares', () => {
    const files = readdirSync(join(__dirname, 'golden', 'verify')).sort();
    expect(files).toEqual(GOLDEN.map(([name]) => `${name}.txt`).sort());
  });

  test.each(GOLDEN)('%s says the same in colour, and no line is too wide', (_name, briefing, width) => {
    const plain = showChecks(briefing, 'demo', { ink: plainInk, width });
    const colour = showChecks(briefing, 'demo', { ink: colourInk, width });
    expect(colour.map(stripVTControlCharacters)).toEqual(plain);
    expect(plain.filter((line) => widthOf(line) > width)).toEqual([]);
  });
});

describe('requorum verify', () => {
  let door: FakeDoor;
  beforeEach(async () => {
    door = await FakeDoor.start();
  });
  afterEach(() => door.stop());

  const verify = async (briefing: Briefing, ...more: string[]) => {
    const planning: Planning = { kind: 'nothing-to-do', briefing };
    door.play('demo', planned(planning, 'nothing-to-do'));
    return runCli(door, ['verify', '--cluster', 'demo', ...more]);
  };

  test('is 0 when every check passed, and says each', async () => {
    const { exit, out } = await verify(seen.HEALTHY_SEEN);
    expect(exit).toBe(0);
    expect(out.match(/✔/g)?.length).toBe(seen.HEALTHY_SEEN.checks.length);
  });

  test.each([
    ['one check failed', seen.LAGGING],
    ['the verdict is healthy and the size is not reached', seen.NO_REDUNDANCY],
    ['something could not be seen', seen.HALF_SEEN],
    ['nothing was asked, by an older version', { ...seen.HEALTHY_SEEN, checks: [] }],
  ])('is 1 where %s', async (_what, briefing) => {
    expect((await verify(briefing)).exit).toBe(1);
  });

  test('--json has the sentence, the next step and every check', async () => {
    const { exit, json } = await verify(seen.DEPOSED, '--json');
    expect(exit).toBe(1);
    expect(json).toMatchObject({
      healthy: false,
      says: expect.stringMatching(/^demo is not healthy: dkron-1 is stranded/) as string,
      nextStep: expect.stringContaining('decide which history counts') as string,
      checks: seen.DEPOSED.checks,
      redundancy: { running: 2, voters: 3, size: 3 },
    });
  });

  test('any other verdict is 1, though the case itself ended well', async () => {
    door.play('demo', planned(QUORUM_LOST, 'planned'));
    const { exit, json } = await runCli(door, ['verify', '--cluster', 'demo', '--json']);
    expect(exit).toBe(1);
    expect(json).toMatchObject({ healthy: false, verdict: { name: 'quorum-lost' } });
  });

  test('opens a case that touches nothing', async () => {
    await verify(seen.HEALTHY_SEEN);
    expect(door.opened).toEqual([{ cluster: 'demo', mode: 'plan' }]);
  });
});
