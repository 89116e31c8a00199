import { peek } from '../lab/support/as-found';
import { type CaseLab, JOBS } from '../lab/support/case-lab';
import { jobsAt } from '../lab/support/jobs';
import { testWithCut } from '../support/network-cut';
import { LATER, recoveredWithout, startOld, stays, untilJobs, untilOneOf } from './support/old-servers';
import { tell } from './support/told';

/*
 * Two servers of five were recovered, and jobs were written since. Then the three others are powered on again with their old
 * disks: a majority of the old configuration by themselves.
 */
const OLD = ['dkron-3', 'dkron-4', 'dkron-5'];
const TOLD = {
  threat: '2 of 5 recovered; all three return with their old data',
  rule: '1: every excluded server is fenced',
};

let world: CaseLab | undefined;
afterEach(() => world?.lab.down());

const allReturn = (lab: CaseLab['lab']): Promise<unknown> => Promise.all(OLD.map((id) => startOld(lab, id)));

test('switched off: both recovered servers are deposed, and what was written since is lost', async () => {
  world = await recoveredWithout(5, OLD, false);
  await allReturn(world.lab);
  const leader = await untilOneOf(world.lab, OLD);
  await untilJobs(leader.address, JOBS);
  tell({ ...TOLD, off: `deposed; ${LATER} jobs lost` });
});

testWithCut('switched on: the leader stands, with both voters and every job', async () => {
  world = await recoveredWithout(5, OLD, true);
  const { lab } = world;
  const leader = await lab.leader();
  await allReturn(lab);
  await stays(lab, leader?.serverId ?? '');
  for (const id of ['dkron-1', 'dkron-2']) {
    expect(await jobsAt(lab.host(id).address)).toBe(JOBS + LATER);
    expect((await peek(lab.host(id).dataDir)).config).toHaveLength(2);
  }
  tell({ ...TOLD, on: 'leads on, 2 voters, every job' });
});
