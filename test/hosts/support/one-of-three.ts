import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseView } from '../../../lib/cli/door';
import type { UpOptions } from '../../../lab/lab';
import { type CaseLab, JOBS, caseLab, recover } from '../../lab/support/case-lab';
import { peek } from '../../lab/support/as-found';
import { jobsAt } from '../../lab/support/jobs';
import { INSTALLED } from './installed';
import { knockAll } from './network';
import { tellPhases } from './phases';
import { shellOn } from './shell';

/** Longer than an old pair needs to depose a recovered server (facts/dkron §8 and §10). */
const DEPOSED_BY_NOW_MS = 20_000;

/** A whole recovery of one server of three on machines, whose two peers are silent: one terminated, one impaired. */
export function recoversOneOfThree(what: string, options: Pick<UpOptions, 'dkron' | 'layout'> = {}): void {
  let world: CaseLab;
  let closed: CaseView;
  beforeAll(async () => {
    world = await caseLab({ servers: 3, hosts: 'systemd', ...options });
    const { lab, api } = world;
    await lab.terminate('dkron-2');
    await lab.impair('dkron-3');
    await lab.untilLeaderless();
    closed = await recover(api);
    await lab.refresh();
  });
  afterAll(() => world?.lab.down());

  test('it is recovered, with its leader and every job', async () => {
    expect(closed.report).toMatchObject({
      outcome: 'recovered',
      leader: 'dkron-1',
      jobsBefore: JOBS,
      jobsAfter: JOBS,
      problem: null,
    });
    expect(await jobsAt(world.lab.address(1))).toBe(JOBS);
    tellPhases(what, closed);
  });

  test('nothing of the case is left in its service manager', async () => {
    const { service } = INSTALLED[options.layout ?? 'packaged'];
    const shell = await shellOn(world.lab);
    expect(await shell('dkron-1', `ls /run/systemd/system; ${service.left}; ${service.state}`)).toBe(service.running);
    expect((await peek(world.lab.host('dkron-1').dataDir)).peers_json).toBe(false);
  });

  test('the old server, started again by somebody, is cut off from its first process on', async () => {
    await world.lab.unimpair('dkron-3');
    await world.lab.startInstance('dkron-3');
    expect(world.lab.host('dkron-3').power).toBe('cut');
    await sleep(DEPOSED_BY_NOW_MS);
    expect(await knockAll(world.lab.address(3))).toEqual(['silent', 'silent', 'silent']);
    expect(await world.lab.leader()).toMatchObject({ serverId: 'dkron-1' });
    expect(await jobsAt(world.lab.address(1))).toBe(JOBS);
  });
}
