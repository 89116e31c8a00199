import { countJobs } from '../../lab/dkron-cluster';
import { summaryOf } from '../chapters/support/chapter';
import { type CaseLab, JOBS, caseLab } from '../lab/support/case-lab';
import { testWithCut } from '../support/network-cut';
import { tell } from './support/told';
import { letBackIn, recoverWithout } from './support/way-back';

/* 5 → 2 → 5 with every job: three fell silent and were fenced, and come back one after the other. */
let world: CaseLab | undefined;
afterAll(() => world?.lab.down());

testWithCut('two of five are left, and the three others come back one after the other with every job', async () => {
  world = await caseLab({ servers: 5 });
  const closed = await recoverWithout(world, ['dkron-3', 'dkron-4', 'dkron-5']);
  expect(summaryOf(closed)).toMatchObject({ remedy: 'rewrite', outcome: 'recovered', jobs: [JOBS, JOBS] });
  const by = ['power-on', 'readmit'];
  await letBackIn(world, 'dkron-3', { by, voters: 3, level: 'reduced' });
  await letBackIn(world, 'dkron-4', { by, voters: 4, level: 'reduced' });
  await letBackIn(world, 'dkron-5', { by, voters: 5, level: 'full' });
  for (const { address } of world.lab.hosts) expect(await countJobs(address)).toBe(JOBS);
  tell({ threat: '5 → 2 → 5', rule: '1: the way back', on: `full strength, ${JOBS} of ${JOBS} jobs on all five` });
});
