import type { CaseView } from '../../lib/cli/door';
import { peek } from './support/as-found';
import { type CaseLab, JOBS, caseLab, recover } from './support/case-lab';

const LATE_JOBS = 5;

describe('two servers of five are left, and one of them has an older log', () => {
  let world: CaseLab;
  let closed: CaseView;

  beforeAll(async () => {
    world = await caseLab({ servers: 5 });
    const { lab, api } = world;
    const leader = await lab.leader();
    const followers = lab.hosts.map((host) => host.serverId).filter((id) => id !== leader?.serverId);
    const [fresh = '', stale = '', ...others] = followers;
    // The stale one misses the late jobs; everything that could teach it dies before it wakes.
    await lab.impair(stale);
    await lab.addJobs(LATE_JOBS);
    await lab.terminate(leader?.serverId ?? '');
    for (const id of others) await lab.terminate(id);
    await lab.unimpair(stale);
    await lab.untilLeaderless();
    const [freshLog, staleLog] = await Promise.all([fresh, stale].map((id) => peek(lab.host(id).dataDir)));
    expect(freshLog?.last_index).toBeGreaterThan(staleLog?.last_index ?? Infinity);
    closed = await recover(api);
  });
  afterAll(() => world?.lab.down());

  test('both survive in the plan, and it says what only the fresher one has', () => {
    expect(closed.planning).toMatchObject({ kind: 'planned', plan: { survivors: [{}, {}], countAsLost: [] } });
    expect(closed.planning?.briefing.loss.join('\n')).toMatch(/only on dkron-\d/);
  });

  test('it is recovered with the late jobs of the fresher log', () => {
    expect(closed.report).toMatchObject({
      outcome: 'recovered',
      jobsBefore: JOBS + LATE_JOBS,
      jobsAfter: JOBS + LATE_JOBS,
    });
  });

  test('both survivors have the same configuration of two and the same log in the end', async () => {
    const ids = closed.planning?.kind === 'planned' ? closed.planning.plan.survivors.map(({ id }) => id) : [];
    const [one, other] = await Promise.all(ids.map((id) => peek(world.lab.host(id).dataDir)));
    expect(one?.config).toHaveLength(2);
    expect(other?.config).toEqual(one?.config);
    expect(Math.abs((other?.last_index ?? 0) - (one?.last_index ?? Infinity))).toBeLessThanOrEqual(2);
  });
});
