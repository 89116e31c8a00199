import { JOBS, type CaseLab } from '../../lab/support/case-lab';
import { leads } from '../../lab/support/leads';
import { untilJobs, untilOneOf } from '../../fencing/support/old-servers';
import { keepCells } from '../../support/table-rows';
import { ledUntil, recoveredBeside, standsAlone, startedInQuarantine } from '../support/after-recovery';
import { knockFrom } from '../support/network';
import { shellOn } from '../support/shell';

/*
 * The quorum, dkron-2 and dkron-3, fell silent to everybody. People counted both as lost, dkron-1 was recovered, and jobs were
 * written since. Then the network heals: the two are a majority of the old configuration by themselves (facts/dkron §8).
 */
const PAST_THE_RECONCILE_SECONDS = 90;
const MAJORITY = ['dkron-2', 'dkron-3'] as const;

describe('a majority that was parted comes back beside the minority that was recovered', () => {
  let world: CaseLab | undefined;
  afterEach(() => world?.lab.down());
  const tell = (what: string, seconds: number) =>
    keepCells(['systemd', 'parted, recovered, healed', what, seconds.toFixed(1)]);

  test('switched off: where nobody was fenced the old pair leads, and what was written since is lost', async () => {
    world = await recoveredBeside(MAJORITY, { fenced: false });
    const { lab } = world;
    const healed = performance.now();
    await Promise.all(MAJORITY.map((id) => lab.unimpair(id)));
    const leader = await untilOneOf(lab, MAJORITY);
    tell('not fenced: the old pair leads after', (performance.now() - healed) / 1000);
    await untilJobs(leader.address, JOBS);
    expect(await leads(lab.address(1))).toBe(false);
  });

  test('switched on: started by somebody, both are cut off from everybody, and the leader stands', async () => {
    world = await recoveredBeside(MAJORITY, { fenced: true });
    const { lab } = world;
    const shell = await shellOn(lab);
    for (const id of MAJORITY) await startedInQuarantine(lab, shell, id);
    expect(await ledUntil(lab.address(1), PAST_THE_RECONCILE_SECONDS)).toBeNull();
    expect(await shell('dkron-2', knockFrom(lab.address(3), 6868))).toBe('124');
    await standsAlone(lab);
    tell('fenced: leads on, looked for', PAST_THE_RECONCILE_SECONDS);
  });
});
