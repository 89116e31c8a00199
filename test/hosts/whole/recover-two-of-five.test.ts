import type { CaseView } from '../../../lib/cli/door';
import { type CaseLab, JOBS, caseLab, recover } from '../../lab/support/case-lab';
import { jobsAt } from '../../lab/support/jobs';
import { tellPhases } from '../support/phases';

describe('two servers of five are left under systemd, and their three peers are silent', () => {
  let world: CaseLab;
  let closed: CaseView;
  beforeAll(async () => {
    world = await caseLab({ servers: 5, hosts: 'systemd' });
    const { lab, api } = world;
    for (const id of ['dkron-3', 'dkron-4']) await lab.terminate(id);
    await lab.impair('dkron-5');
    await lab.untilLeaderless();
    closed = await recover(api);
  });
  afterAll(() => world?.lab.down());

  test('both lead and follow, with every job', async () => {
    expect(closed.report).toMatchObject({ outcome: 'recovered', jobsBefore: JOBS, jobsAfter: JOBS, problem: null });
    for (const n of [1, 2]) expect(await jobsAt(world.lab.address(n))).toBe(JOBS);
    tellPhases('2 of 5, three silent peers', closed);
  });
});
