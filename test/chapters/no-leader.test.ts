import { moveToNewAddress } from '../../lab/breakage';
import { jobsAt } from '../lab/support/jobs';
import { type CaseLab, JOBS, caseLab } from '../lab/support/case-lab';
import { act, codesOf, healed, keepRow, summaryOf } from './support/chapter';
import { untilItKnows, untilItLoops } from './support/until';

/*
 * All three servers come back on other instances, with their data and at new addresses. Dkron 4 needs a gossip that joins;
 * Dkron 3 dials the old addresses for ever.
 */
describe.each([
  { version: 'v4.0.5' as const, remedy: 'restart', knowsNewAddresses: false },
  { version: 'v3.1.7' as const, remedy: 'rewrite', knowsNewAddresses: true },
])('no-leader on Dkron $version: every address changed', ({ version, remedy, knowsNewAddresses }) => {
  let world: CaseLab;
  beforeAll(async () => {
    world = await caseLab({ servers: 3, dkron: version });
  });
  afterAll(() => world.lab.down());

  test(`a ${remedy} brings the leader and every job back`, async () => {
    const { lab, api } = world;
    const old = lab.hosts.map(({ serverId }) => serverId);
    const addresses = old.map((_, at) => lab.address(at + 11));
    // With stale lists every server of Dkron 4 sits in its join loop; with right ones it would have healed by itself.
    const join = knowsNewAddresses ? { join: addresses } : {};
    for (const [at, id] of old.entries()) await moveToNewAddress(lab, id, at + 11, join);
    for (const id of old) await lab.boot(id);
    for (const id of old) await (knowsNewAddresses ? untilItKnows(lab.host(id), old) : untilItLoops(lab.host(id)));
    expect(await lab.leader()).toBeNull();
    const { view, asked } = await act(api);
    keepRow({ version, broken: 'all three addresses changed', view, asked });
    expect(summaryOf(view)).toEqual(healed('no-leader', remedy));
    expect(codesOf(view)).toContain('address-changed');
    for (const id of old) expect(await jobsAt(lab.host(id).address)).toBe(JOBS);
  });
});
