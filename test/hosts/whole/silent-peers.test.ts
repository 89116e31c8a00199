import { countJobs } from '../../../lab/dkron-cluster';
import { keepCells } from '../../support/table-rows';
import type { Machines } from '../support/machines';
import { recoverByHand } from '../support/recover-by-hand';
import { JOBS, secondsToLead, trio } from '../support/trio';

/**
 * E6 of facts/dkron §12 and ADR 0019: a survivor whose join list holds two servers that are off, started in three ways.
 * From the start of its unit until it leads, by itself.
 */
describe('a survivor whose two peers are silent', () => {
  let machines: Machines;
  let own: string;
  beforeAll(async () => {
    machines = await trio();
    own = machines.address(1);
    for (const name of ['n2', 'n3']) await machines.drive('down', name);
  });
  afterAll(() => machines?.end());

  const tell = (how: string, seconds: number) =>
    keepCells(['systemd', '1 of 3, by hand, two silent peers', `start to leader, ${how}`, seconds.toFixed(1)]);
  const routes = (verb: 'add' | 'del') =>
    machines.shell('n1', [2, 3].map((n) => `ip route ${verb} unreachable ${machines.address(n)}/32`).join('; '));

  test('with the join list as it is, waits 10 s for each', async () => {
    await recoverByHand(machines, 'n1', own);
    const seconds = await secondsToLead(own, 60);
    expect(seconds).toBeGreaterThan(15);
    expect(await countJobs(own)).toBe(JOBS);
    tell('join list as it is', seconds);
  });

  test('with its own address as join override, waits for nobody', async () => {
    await recoverByHand(machines, 'n1', own, `${own}:8946`);
    const seconds = await secondsToLead(own, 60);
    expect(seconds).toBeLessThan(10);
    expect(await countJobs(own)).toBe(JOBS);
    tell('join override', seconds);
  });

  test('with unreachable routes to both, waits for nobody either', async () => {
    await routes('add');
    await recoverByHand(machines, 'n1', own);
    const seconds = await secondsToLead(own, 60);
    expect(seconds).toBeLessThan(10);
    expect(await countJobs(own)).toBe(JOBS);
    tell('unreachable routes', seconds);
    await routes('del');
  });
});
