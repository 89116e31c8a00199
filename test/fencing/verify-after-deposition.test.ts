import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLUSTER, type Lab } from '../../lab/lab';
import { ROOT } from '../../lab/prepare';
import type { HealthCheck } from '../../lib/recovery/health-check';
import { type CaseLab, JOBS, caseLab, recover } from '../lab/support/case-lab';
import { jobsAt } from '../lab/support/jobs';
import { installSeam } from '../lab/support/seam';

/** The old pair leads within seconds (facts/dkron §8); a bound on patience, not a measure of speed. */
const PATIENCE_SECONDS = 90;
const LATER = 2;

interface Verified {
  readonly exit: number;
  readonly says: string;
  readonly nextStep: string;
  readonly checks: readonly HealthCheck[];
}

/** The command as an operator has it, against the deployed stack. */
const verify = (lab: Lab): Promise<Verified> =>
  new Promise((resolve, reject) => {
    const args = ['verify', '--cluster', CLUSTER, '--json'];
    const env = { ...process.env, ...lab.env() };
    execFile(join(ROOT, 'bin', 'requorum'), args, { env, encoding: 'utf8' }, (error, out, err) => {
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      if (exit === null || !out.startsWith('{')) return reject(new Error(`${error?.message ?? ''}\n${out}\n${err}`));
      return resolve({ exit, ...(JSON.parse(out) as Omit<Verified, 'exit'>) });
    });
  });

/** What the sentinel sees when it looks now; its metric is made from the same. */
const healthOf = async (api: CaseLab['api']) => {
  await api.refreshInventory(CLUSTER);
  return (await api.cluster(CLUSTER)).health?.redundancy;
};

const stateOf = ({ checks }: Verified, id: string) => checks.find((check) => check.id === id)?.state;
const troubles = ({ checks }: Verified): string[] =>
  checks.filter(({ state }) => state !== 'passed').map(({ id, evidence }) => `${id}: ${evidence}`);

/*
 * facts/dkron §8: 1 of 3 is recovered without a fence, and the old pair comes back with its data. From then on every check
 * for one leader passes, and what was written since the recovery is gone.
 */
describe('verify tells a leader from a recovery', () => {
  let world: CaseLab | undefined;
  afterAll(() => world?.lab.down());

  const untilDeposed = async (lab: Lab): Promise<string> => {
    for (let s = 0; s < PATIENCE_SECONDS; s += 1) {
      const leader = await lab.leader();
      if (leader !== null && leader.serverId !== 'dkron-1') return leader.serverId;
      await sleep(1000);
    }
    throw new Error(`the old pair did not take over within ${PATIENCE_SECONDS} s`);
  };

  test('good times, recovered alone, deposed: each gets its own word and next step', async () => {
    world = await caseLab({ servers: 3 });
    const { lab, api } = world;
    const good = await verify(lab);
    expect(troubles(good)).toEqual([]);
    expect(good.exit).toBe(0);
    expect(await healthOf(api)).toMatchObject({ level: 'full', voters: 3, running: 3 });

    await installSeam(lab, 'fence', {
      'lambdas/fence/secure.ts': 'no-fence.ts',
      'lambdas/fence/look.ts': 'no-fence.ts',
    });
    await lab.impair('dkron-2');
    await lab.impair('dkron-3');
    await lab.untilLeaderless();
    const { report } = await recover(api);
    expect(report).toMatchObject({
      outcome: 'recovered',
      leader: 'dkron-1',
      redundancy: { level: 'none', voters: 1, running: 1, size: 3, tolerates: 0 },
    });
    await lab.addJobs(LATER);
    expect(await healthOf(api)).toMatchObject({ level: 'none', voters: 1, running: 1, size: 3 });
    const alone = await verify(lab);
    expect(alone.exit).toBe(1);
    expect(stateOf(alone, 'one-timeline')).toBe('passed');
    expect(stateOf(alone, 'full-strength')).toBe('failed');
    expect(troubles(alone).join('\n')).toContain('no redundancy: 1 of 3 voters, no failure is tolerated');

    await lab.unimpair('dkron-2');
    await lab.unimpair('dkron-3');
    const leader = await untilDeposed(lab);
    const deposed = await verify(lab);
    expect(await healthOf(api)).toMatchObject({ level: 'none', voters: 3, running: 2 });
    expect(await jobsAt(lab.host(leader).address)).toBe(JOBS);
    // What "is there one leader" sees, on a cluster that has just lost jobs.
    expect(stateOf(deposed, 'one-leader')).toBe('passed');
    expect(deposed.exit).toBe(1);
    expect(deposed.says).toContain(`${CLUSTER} is not healthy: dkron-1 is stranded in another timeline`);
    expect(deposed.says).toContain('it lists {dkron-1}');
    expect(deposed.nextStep).toContain('back up the data-dir of dkron-1 and decide which history counts');
    expect(stateOf(deposed, 'same-configuration')).toBe('failed');
  });
});
