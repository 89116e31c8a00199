import { partedCluster } from '../support/parted-cluster';

/** As parted.test.ts, of five: two are cut off from three, and the network view reaches all of them. */
describe('a cluster of five, two of which are cut off', () => {
  let cluster: Awaited<ReturnType<typeof partedCluster>>;
  beforeAll(async () => {
    cluster = await partedCluster(5);
  });
  afterAll(() => cluster?.lab.down());

  test('two followers: the three are led as before, and nobody is touched', async () => {
    const { ids, address, leader, names, part, until, verdict, heal, wellAgain } = cluster;
    const leads = (await leader()) ?? '';
    const two = ids.filter((id) => id !== leads).slice(0, 2);
    await part(two, ids.filter((id) => !two.includes(id)).map(address));
    for (const id of two) await until(async () => !(await names(id)));
    expect(await leader()).toBe(leads);
    expect(await verdict()).toEqual({ verdict: 'healthy', outcome: 'nothing-to-do' });
    await heal(two);
    await wellAgain();
  });

  test('the leader and a follower: the three have a leader of their own, and nobody is touched', async () => {
    const { ids, address, leader, names, part, until, verdict, heal, wellAgain, allAreLed } = cluster;
    const led = (await leader()) ?? '';
    const two = [led, ids.find((id) => id !== led) ?? ''];
    const three = ids.filter((id) => !two.includes(id));
    await part(two, three.map(address));
    // Who is cut off with the old leader names it a moment longer, and two leaders that are named are `unknown`.
    for (const id of two) await until(async () => !(await names(id)));
    await until(async () => three.includes((await leader()) ?? ''));
    await allAreLed(three);
    expect(await verdict()).toEqual({ verdict: 'healthy', outcome: 'nothing-to-do' });
    await heal(two);
    await wellAgain();
  });
});
