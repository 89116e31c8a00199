import { HoldResult, ReleaseResult } from '../../lib/recovery/order';
import { HostFacts } from '../../lib/recovery/survey';
import type { BenchHost } from '../lab/support-documents/bench';
import { told } from '../lab/support-documents/clean-bench';
import { within } from '../lab/support-documents/looks';
import { cleanOrder, letInOrder, send } from '../lab/support-documents/orders';
import { keepCells } from '../support/table-rows';
import { jobsOn } from './support/jobs';
import { Solo } from './support/solo';

/** A silent address in the join list takes ten seconds (E6). */
const JOINED_MS = 40_000;

/*
 * A server whose unit says bootstrap-expect 1 is let in clean, and its host reboots before the leader could fill its log. Told
 * what its operator says it makes a cluster of its own, with an empty log: where gossip brings the two together every job is lost
 * (E3). So what a clean start is told lies where a reboot leaves it.
 */
describe('a clean start whose host reboots before it has a log', () => {
  let solo: Solo;
  let host: BenchHost;

  beforeEach(async () => {
    solo = await Solo.ready();
    ({ host } = solo);
    const silentLeader = solo.machines.bench('leader', 2);
    told(HoldResult, await send('hold', host, cleanOrder(host)));
    told(ReleaseResult, await send('release', host, letInOrder(host, silentLeader)));
  });
  afterEach(() => solo?.end());

  test('switched off, with the override under /run: it leads a cluster of its own, without any job', async () => {
    await solo.shell(
      'd=system/dkron.service.d; mkdir -p /run/systemd/$d && mv /etc/systemd/$d/zz-requorum-* /run/systemd/$d/ && systemctl daemon-reload',
    );
    await solo.machines.drive('down', 'solo');
    // The operator's own list has it in it by now: else it would wait for a peer that is silent.
    await solo.machines.up('solo', 1);
    expect(await within(JOINED_MS, solo.leads)).toBe(true);
    expect(await jobsOn(host)).toBe(0);
    keepCells(['systemd', 'a clean start reboots, told under /run', 'a cluster of its own, 0 jobs (E3)', '']);
  });

  test('switched on: it waits for the leader, and leads nobody', async () => {
    await solo.machines.drive('down', 'solo');
    await solo.machines.up('solo', 1);
    const facts = HostFacts.parse((await send('inspect', host, { hints: {} })).result);
    expect(facts.bootstrapExpect).toBe(0);
    expect(await within(JOINED_MS, solo.leads)).toBe(false);
    keepCells(['systemd', 'a clean start reboots', 'waits for the leader', '']);
  });
});
