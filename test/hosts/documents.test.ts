import { waitForLeader } from '../../lab/dkron-cluster';
import type { Layout } from '../../lab/lab';
import { HoldResult, ReleaseResult, UndoResult, VerifyResult } from '../../lib/recovery/order';
import { HostFacts } from '../../lib/recovery/survey';
import { addJobs, jobsOn } from './support/jobs';
import { Machines } from './support/machines';
import type { BenchHost } from '../lab/support-documents/bench';
import { told } from '../lab/support-documents/clean-bench';
import { guarded, holdOrder, releaseOrder, send } from '../lab/support-documents/orders';
import { get, within } from '../lab/support-documents/looks';

const PATIENCE_SECONDS = 30;
const JOBS = 3;

interface Seen {
  readonly unit: string;
  readonly dataDir: string;
  readonly joins: 'config' | 'flag' | 'environment';
}

/** What a survey finds out by itself: no tag says anything about these hosts. */
const LAYOUTS: Readonly<Record<Layout, Seen>> = {
  packaged: { unit: 'dkron.service', dataDir: '/var/lib/dkron', joins: 'config' },
  user: { unit: 'dkron.service', dataDir: '/var/lib/dkron', joins: 'config' },
  'default-data-dir': { unit: 'dkron.service', dataDir: '/dkron.data', joins: 'config' },
  flags: { unit: 'dkron.service', dataDir: '/var/lib/dkron', joins: 'flag' },
  environment: { unit: 'dkron.service', dataDir: '/var/lib/dkron', joins: 'environment' },
  template: { unit: 'dkron@server.service', dataDir: '/var/lib/dkron', joins: 'config' },
};

describe.each(Object.entries(LAYOUTS))('the documents on systemd, Dkron installed as %s', (layout, seen) => {
  let machines: Machines;
  let host: BenchHost;
  let dead: string[];
  let counter = 7;

  const shell = (script: string): Promise<string> => machines.shell('solo', script);
  const show = (property: string): Promise<string> =>
    shell(`systemctl show ${seen.unit} --property ${property} --value`);
  const inspected = async (): Promise<HostFacts> =>
    HostFacts.parse((await send('inspect', host, { hints: {} }, { counter })).result);
  const leads = async (): Promise<boolean> => (await get(`http://${host.http}/v1/isleader`))?.status === 200;
  const asOperated = async (): Promise<unknown> => ({
    enabled: await shell(`systemctl is-enabled ${seen.unit}`),
    dropIns: await show('DropInPaths'),
    left: await shell('find /run/systemd/system -name "*requorum*"; find /run/systemd/system -type d -name "dkron*"'),
    restart: await show('Restart'),
  });

  beforeAll(async () => {
    machines = await Machines.ready();
    const address = await machines.up('solo', 1, { layout: layout as Layout });
    host = machines.bench('solo', 1, seen.dataDir, seen.unit);
    dead = [machines.address(2), machines.address(3)];
    await waitForLeader([address], PATIENCE_SECONDS);
    await addJobs(host, JOBS);
    // Its peers are silent from now on, and its own address is in no list of its operator.
    await machines.drive('down', 'solo');
    await machines.up('solo', 1, { layout: layout as Layout, join: dead });
    await within(20_000, async () => (await show('ActiveState')) === 'active');
  });
  afterAll(() => machines.end());

  test('inspect finds the service, its data and what its next start is told', async () => {
    const facts = await inspected();
    expect(facts.manager).toEqual({ kind: 'systemd', socket: '', unit: seen.unit, state: 'running' });
    expect(facts.dataDir).toMatchObject({ path: seen.dataDir, raft: 'dir' });
    expect(facts.nodeName.value).toBe('solo');
    expect(facts.joins).toEqual({ list: dead.map((address) => `${address}:8946`), source: seen.joins });
    expect(facts.bootstrapExpect).toBe(1);
    expect(facts.log?.jobs).toBe(JOBS);
  });

  test('hold stops it for good: whoever starts the service, no Dkron opens the data', async () => {
    const before = await asOperated();
    const held = told(HoldResult, await send('hold', host, holdOrder(host), { counter }));
    expect(held).toMatchObject({ outcome: 'held', wasRunning: true, leftOver: [] });
    expect(held.log).toMatchObject({ jobs: JOBS });
    expect(await show('ActiveState')).toBe('inactive');
    expect((await inspected()).manager).toMatchObject({ kind: 'systemd', unit: seen.unit, state: 'stopped' });
    expect(await asOperated()).toEqual(before);
    expect(told(HoldResult, await send('hold', host, holdOrder(host), { counter })).outcome).toBe('already-held');

    await shell(`systemctl start ${seen.unit} || true`);
    expect(await within(3_000, leads)).toBe(false);
    expect(await shell(`stat -c %F ${seen.dataDir}/raft`)).toBe('regular file');
    expect((await inspected()).dataDir).toMatchObject({ raft: 'file' });
  });

  test('undo puts it back as found: running, enabled, nothing of ours under /run', async () => {
    const before = await asOperated();
    const undone = told(UndoResult, await send('undo', host, { ...guarded(host), wasRunning: true }, { counter }));
    expect(undone).toMatchObject({ outcome: 'undone', raft: 'dir' });
    expect(await within(20_000, async () => (await show('ActiveState')) === 'active')).toBe(true);
    expect(await asOperated()).toEqual(before);
    expect(await shell(`ls ${seen.dataDir}/raft/peers.json 2>&1 || true`)).toContain('No such file');
  });

  test('release starts it past its silent peers, with every job; then the override goes and nothing restarts', async () => {
    counter += 1;
    told(HoldResult, await send('hold', host, holdOrder(host), { counter }));
    const released = told(ReleaseResult, await send('release', host, releaseOrder(host), { counter }));
    expect(released).toMatchObject({ outcome: 'released', consumed: true });
    expect(await within(20_000, leads)).toBe(true);
    expect(await jobsOn(host)).toBe(JOBS);
    const user = layout === 'user' ? 'dkron' : 'root';
    expect(await shell(`find ${seen.dataDir} -name .requorum -prune -o ! -user ${user} -print`)).toBe('');
    const pid = await show('MainPID');
    const look = { ...guarded(host), part: 'look', removeOverride: true };
    expect(told(VerifyResult, await send('verify', host, look, { counter })).overrideRemoved).toBe(true);
    expect(await asOperated()).toMatchObject({ dropIns: '', left: '', enabled: 'enabled' });
    expect(await show('MainPID')).toBe(pid);
    expect((await inspected()).joins).toEqual({ list: dead.map((address) => `${address}:8946`), source: seen.joins });
  });
});
