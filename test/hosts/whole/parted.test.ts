import { look } from '../../chapters/support/chapter';
import { partedCluster, seen } from '../support/parted-cluster';

/**
 * A network that parts and heals. Nothing is lost in it, so nothing may be done, least of all on the side where the quorum is
 * not: there a rewrite would make a second cluster.
 */
describe('a cluster that is parted', () => {
  let cluster: Awaited<ReturnType<typeof partedCluster>>;
  beforeAll(async () => {
    cluster = await partedCluster(3);
  });
  afterAll(() => cluster?.lab.down());

  test('with a follower alone: the others are led, and nobody is touched', async () => {
    const { ids, address, leader, names, part, until, verdict, heal, wellAgain } = cluster;
    const leads = await leader();
    const alone = ids.find((id) => id !== leads) ?? '';
    await part([alone], ids.filter((id) => id !== alone).map(address));
    await until(async () => !(await names(alone)));
    expect(await leader()).toBe(leads);
    expect(await verdict()).toEqual({ verdict: 'healthy', outcome: 'nothing-to-do' });
    await heal([alone]);
    await wellAgain();
  });

  test('with the leader alone: the others have one of their own, and nobody is touched', async () => {
    const { ids, address, leader, names, part, until, verdict, heal, wellAgain } = cluster;
    const led = (await leader()) ?? '';
    const others = ids.filter((id) => id !== led);
    await part([led], others.map(address));
    await until(async () => others.includes((await leader()) ?? '') && !(await names(led)));
    expect(await verdict()).toEqual({ verdict: 'healthy', outcome: 'nothing-to-do' });
    await heal([led]);
    await wellAgain();
  });

  test('with the quorum where the network view does not reach: the minority is not made a cluster of its own', async () => {
    const { ids, address, names, part, until, heal, wellAgain } = cluster;
    const [minority = '', ...majority] = ids;
    const prober = address(minority).replace(/\d+$/, '1');
    await part(majority, [address(minority), prober]);
    await until(async () => !(await names(minority)));
    const view = await look(cluster.api);
    expect(seen(view)).toEqual({ verdict: 'unknown', outcome: 'refused' });
    expect(view.planning?.briefing.findings).toContainEqual(expect.objectContaining({ code: 'no-confirmed-leader' }));
    await heal(majority);
    await wellAgain();
  });

  test('with the quorum silent to everybody, agents too: it is called lost, which only people let anything follow from', async () => {
    const { ids, names, until, allAreLed, wellAgain } = cluster;
    const [minority = '', ...majority] = ids;
    for (const id of majority) await cluster.lab.impair(id);
    await until(async () => !(await names(minority)));
    const view = await look(cluster.api);
    expect(view.planning?.briefing.verdict.name).toBe('quorum-lost');
    for (const id of majority) await cluster.lab.unimpair(id);
    await allAreLed();
    await wellAgain();
  });
});
