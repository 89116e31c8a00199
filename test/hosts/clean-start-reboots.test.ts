import { waitForLeader } from '../../lab/dkron-cluster';
import { HoldResult, ReleaseResult } from '../../lib/recovery/order';
import { HostFacts } from '../../lib/recovery/survey';
import type { BenchHost } from '../lab/support-documents/bench';
import { told } from '../lab/support-documents/clean-bench';
import { get, within } from '../lab/support-documents/looks';
import { cleanOrder, letInOrder, send } from '../lab/support-documents/orders';
import { keepCells } from '../support/table-rows';
import { addJobs, jobsOn } from './support/jobs';
import { Machines } from './support/machines';

const DATA = '/var/lib/dkron';
const JOBS = 3;
/** A silent address in the join list takes ten seconds (E6). */
const JOINED_MS = 40_000;

/*
 * A server whose unit says bootstrap-expect 1 is let in clean, and its host reboots before the leader could fill its log. Told
 * what its operator says it makes a cluster of its own, with an empty log: where gossip brings the two together every job is lost
 * (E3). So what a clean start is told lies where a reboot leaves it.
 */
describe('a clean start whose host reboots before it has a log', () => {
  let machines: Machines;
  let host: BenchHost;
  const leads = async (): Promise<boolean> => (await get(`http://${host.http}/v1/isleader`))?.status === 200;

  beforeEach(async () => {
    machines = await Machines.ready();
    const address = await machines.up('solo', 1);
    host = machines.bench('solo', 1, DATA, 'dkron.service');
    await waitForLeader([address], 30);
    await addJobs(host, JOBS);
    // It leads nobody while its peers are silent.
    await machines.drive('down', 'solo');
    await machines.up('solo', 1, { join: [machines.address(2)] });
    const silentLeader = machines.bench('leader', 2, DATA, 'dkron.service');
    told(HoldResult, await send('hold', host, cleanOrder(host)));
    told(ReleaseResult, await send('release', host, letInOrder(host, silentLeader)));
  });
  afterEach(() => machines.end());

  test('switched off, with the override under /run: it leads a cluster of its own, without any job', async () => {
    await machines.shell(
      'solo',
      'd=system/dkron.service.d; mkdir -p /run/systemd/$d && mv /etc/systemd/$d/zz-requorum-* /run/systemd/$d/ && systemctl daemon-reload',
    );
    await machines.drive('down', 'solo');
    // The operator's own list has it in it by now: else it would wait for a peer that is silent.
    await machines.up('solo', 1);
    expect(await within(JOINED_MS, leads)).toBe(true);
    expect(await jobsOn(host)).toBe(0);
    keepCells(['systemd', 'a clean start reboots, told under /run', 'a cluster of its own, 0 jobs (E3)', '']);
  });

  test('switched on: it waits for the leader, and leads nobody', async () => {
    await machines.drive('down', 'solo');
    await machines.up('solo', 1);
    const facts = HostFacts.parse((await send('inspect', host, { hints: {} })).result);
    expect(facts.bootstrapExpect).toBe(0);
    expect(await within(JOINED_MS, leads)).toBe(false);
    keepCells(['systemd', 'a clean start reboots', 'waits for the leader', '']);
  });
});
