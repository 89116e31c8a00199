import type { CaseView } from '../../../lib/cli/door';
import { within } from '../../lab/support-documents/looks';
import { type CaseLab, JOBS, caseLab } from '../../lab/support/case-lab';
import { jobsAt } from '../../lab/support/jobs';
import { look } from '../../chapters/support/chapter';
import { HEAL, partFrom } from '../support/parted';
import { shellOn } from '../support/shell';

const PATIENCE_MS = 60_000;
const IDS = ['dkron-1', 'dkron-2', 'dkron-3'];

/**
 * A network that parts and heals. Nothing is lost in it, so nothing may be done, least of all on the side where the quorum is
 * not: there a rewrite would make a second cluster.
 */
describe('a cluster that is parted', () => {
  let world: CaseLab;
  let shell: Awaited<ReturnType<typeof shellOn>>;
  beforeAll(async () => {
    world = await caseLab({ servers: 3, hosts: 'systemd' });
    shell = await shellOn(world.lab);
  });
  afterAll(() => world?.lab.down());

  const address = (id: string) => world.lab.host(id).address;
  const leader = async () => (await world.lab.leader())?.serverId ?? null;
  const names = async (id: string): Promise<boolean> =>
    (await fetch(`http://${address(id)}:8080/v1/leader`, { signal: AbortSignal.timeout(2000) })).status === 200;
  const heal = async (ids: readonly string[]) => {
    for (const id of ids) await shell(id, HEAL);
    const follows = async () => (await Promise.all(IDS.map(names))).every(Boolean);
    expect(await within(PATIENCE_MS, follows)).toBe(true);
  };
  const verdict = async () => seen(await look(world.api));
  const wellAgain = async () => {
    await within(PATIENCE_MS, async () => (await verdict()).verdict === 'healthy');
    expect(await verdict()).toEqual({ verdict: 'healthy', outcome: 'nothing-to-do' });
    for (const id of IDS) expect(await jobsAt(address(id))).toBe(JOBS);
  };

  test('with a follower alone: the others are led, and nobody is touched', async () => {
    const leads = await leader();
    const alone = IDS.find((id) => id !== leads) ?? '';
    await shell(alone, partFrom(IDS.filter((id) => id !== alone).map(address)));
    expect(await within(PATIENCE_MS, async () => !(await names(alone)))).toBe(true);
    expect(await leader()).toBe(leads);
    expect(await verdict()).toEqual({ verdict: 'healthy', outcome: 'nothing-to-do' });
    await heal([alone]);
    await wellAgain();
  });

  test('with the leader alone: the others have one of their own, and nobody is touched', async () => {
    const led = (await leader()) ?? '';
    const others = IDS.filter((id) => id !== led);
    await shell(led, partFrom(others.map(address)));
    const another = async () => others.includes((await leader()) ?? '') && !(await names(led));
    expect(await within(PATIENCE_MS, another)).toBe(true);
    expect(await verdict()).toEqual({ verdict: 'healthy', outcome: 'nothing-to-do' });
    await heal([led]);
    await wellAgain();
  });

  test('with the quorum where the network view does not reach: the minority is not made a cluster of its own', async () => {
    const [minority = '', ...majority] = IDS;
    const prober = world.lab.address(1).replace(/\d+$/, '1');
    for (const id of majority) await shell(id, partFrom([address(minority), prober]));
    expect(await within(PATIENCE_MS, async () => !(await names(minority)))).toBe(true);
    const view = await look(world.api);
    expect(seen(view)).toEqual({ verdict: 'unknown', outcome: 'refused' });
    expect(view.planning?.briefing.findings).toContainEqual(expect.objectContaining({ code: 'no-confirmed-leader' }));
    await heal(majority);
    await wellAgain();
  });

  test('with the quorum silent to everybody, agents too: it is called lost, which only people let anything follow from', async () => {
    const [minority = '', ...majority] = IDS;
    for (const id of majority) await world.lab.impair(id);
    expect(await within(PATIENCE_MS, async () => !(await names(minority)))).toBe(true);
    const view = await look(world.api);
    expect(view.planning?.briefing.verdict.name).toBe('quorum-lost');
    for (const id of majority) await world.lab.unimpair(id);
    expect(await within(PATIENCE_MS, async () => (await Promise.all(IDS.map(names))).every(Boolean))).toBe(true);
    await wellAgain();
  });
});

const seen = ({ planning, case: { outcome } }: CaseView) => ({
  verdict: planning?.briefing.verdict.name,
  outcome,
});
