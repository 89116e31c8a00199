import { wipe } from '../../lab/breakage';
import { peek } from '../lab/support/as-found';
import { type CaseLab, JOBS } from '../lab/support/case-lab';
import { jobsAt } from '../lab/support/jobs';
import { untilLeads } from '../lab/support/leads';
import { testWithCut } from '../support/network-cut';
import { type Disks, keepDisks } from './support/disks';
import { LATER, recoveredWithout, startOld, stays, untilJobs, untilOneOf } from './support/old-servers';
import { tell } from './support/told';

const RULE = '1: every excluded server is fenced';
const ALL = ['dkron-1', 'dkron-2', 'dkron-3'];

/*
 * One server of three was recovered, and jobs were written since. Then the two others are powered on again: with their old
 * disks, or one of them with an empty one (E1 of facts/dkron §12), one after the other or together.
 */
const RETURNS = [
  { returns: 'dkron-2, then dkron-3, with their old data', first: ['dkron-2'], then: ['dkron-3'], wiped: null },
  { returns: 'dkron-3, then dkron-2, with their old data', first: ['dkron-3'], then: ['dkron-2'], wiped: null },
  { returns: 'both together, with their old data', first: ['dkron-2', 'dkron-3'], then: [], wiped: null },
  { returns: 'E1: dkron-2 empty, then dkron-3 old', first: ['dkron-2'], then: ['dkron-3'], wiped: 'dkron-2' },
  { returns: 'E1: dkron-3 old, then dkron-2 empty', first: ['dkron-3'], then: ['dkron-2'], wiped: 'dkron-2' },
] as const;
const threatOf = (returns: string): string => `1 of 3 recovered; ${returns}`;

async function comeBack({ lab }: CaseLab, { first, then, wiped }: (typeof RETURNS)[number]): Promise<void> {
  if (wiped !== null) await wipe(lab, wiped);
  for (const together of [first, then]) await Promise.all(together.map((id) => startOld(lab, id)));
}

describe('switched off: nobody was fenced', () => {
  let world: CaseLab;
  let disks: Disks;
  beforeAll(async () => {
    world = await recoveredWithout(3, ['dkron-2', 'dkron-3'], false);
    await world.lab.stopInstance('dkron-1');
    disks = await keepDisks(world.lab, ALL);
  });
  afterAll(() => world?.lab.down());
  beforeEach(async () => {
    await disks.restore();
    await world.lab.startInstance('dkron-1');
    await untilLeads(world.lab.address(1));
    await untilJobs(world.lab.address(1), JOBS + LATER);
  });
  afterEach(async () => {
    for (const id of ALL) await world.lab.stopInstance(id);
  });

  test.each(RETURNS)('$returns: the recovered leader is deposed, and what was written since is lost', async (row) => {
    await comeBack(world, row);
    const leader = await untilOneOf(world.lab, ['dkron-2', 'dkron-3']);
    await untilJobs(leader.address, JOBS);
    tell({ threat: threatOf(row.returns), rule: RULE, off: `deposed; ${LATER} jobs lost` });
  });
});

describe('switched on: both are stopped in quarantine', () => {
  let world: CaseLab;
  beforeAll(async () => {
    world = await recoveredWithout(3, ['dkron-2', 'dkron-3'], true);
  });
  afterAll(() => world?.lab.down());
  afterEach(async () => {
    for (const id of ['dkron-2', 'dkron-3']) await world.lab.stopInstance(id);
  });

  for (const row of RETURNS) {
    testWithCut(`${row.returns}: the recovered leader stands, with its configuration and every job`, async () => {
      const { lab } = world;
      await comeBack(world, row);
      await lab.refresh();
      expect([lab.host('dkron-2').power, lab.host('dkron-3').power]).toEqual(['cut', 'cut']);
      await stays(lab, 'dkron-1');
      expect(await jobsAt(lab.address(1))).toBe(JOBS + LATER);
      expect((await peek(lab.host('dkron-1').dataDir)).config).toEqual([expect.objectContaining({ id: 'dkron-1' })]);
      tell({ threat: threatOf(row.returns), rule: RULE, on: 'leads on, 1 voter, every job' });
    });
  }
});
