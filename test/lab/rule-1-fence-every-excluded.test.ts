import { setTimeout as sleep } from 'node:timers/promises';
import { type CaseLab, JOBS, caseLab, recover } from './support/case-lab';
import { jobsAt } from './support/jobs';
import { installSeam } from './support/seam';
import { testWithCut } from '../support/network-cut';

/** E1 takes less than 6 s on a quiet machine (facts/dkron §12). */
const PATIENCE_SECONDS = 60;
const LATER = 2;

/*
 * E1 of facts/dkron §12: one server of three is recovered; one excluded server returns with an empty disk, another with its
 * old data. The empty one votes for anyone, so one old server is enough to depose the recovered one.
 */
describe('rule 1: every excluded server is fenced', () => {
  let world: CaseLab | undefined;
  afterEach(() => world?.lab.down());

  const recovered = async (withoutRule: boolean): Promise<CaseLab> => {
    world = await caseLab({ servers: 3 });
    const { lab, api } = world;
    if (withoutRule) {
      await installSeam(lab, 'fence', {
        'lambdas/fence/secure.ts': 'no-fence.ts',
        'lambdas/fence/look.ts': 'no-fence.ts',
      });
    }
    await lab.terminate('dkron-2');
    await lab.impair('dkron-3');
    await lab.untilLeaderless();
    expect((await recover(api)).report).toMatchObject({ problem: null, outcome: 'recovered', leader: 'dkron-1' });
    await lab.addJobs(LATER);
    return world;
  };

  /** The terminated one is built anew under its old name and address; the silent one comes back with its old disk. */
  const bothReturn = async ({ lab }: CaseLab): Promise<void> => {
    const join = [1, 2, 3].map((n) => lab.address(n));
    const anew = await lab.addHost(2, { serverId: 'dkron-2', join, expect: 3 });
    await lab.boot(anew.instanceId);
    await lab.unimpair('dkron-3');
    if (lab.host('dkron-3').ec2 === 'stopped') await lab.startInstance('dkron-3');
  };

  test('switched off: the recovered leader is deposed, and what was written since is lost', async () => {
    const { lab } = await recovered(true);
    await bothReturn({ ...(world as CaseLab) });
    let leader = await lab.leader();
    for (let s = 0; s < PATIENCE_SECONDS && (leader === null || leader.serverId === 'dkron-1'); s += 1) {
      await sleep(1000);
      leader = await lab.leader();
    }
    expect(leader?.serverId).toMatch(/^dkron-[23]$/);
    expect(await jobsAt(leader?.address ?? '')).toBe(JOBS);
  });

  testWithCut('switched on: it keeps leading with every job', async () => {
    const { lab } = await recovered(false);
    await bothReturn({ ...(world as CaseLab) });
    for (let s = 0; s < PATIENCE_SECONDS / 2; s += 1) {
      await sleep(1000);
      expect((await lab.leader())?.serverId).toBe('dkron-1');
    }
    expect(await jobsAt(lab.address(1))).toBe(JOBS + LATER);
  });
});
