import { waitForLeader } from '../../lab/dkron-cluster';
import type { Layout } from '../../lab/lab';
import { DEFAULT_DKRON, type DkronVersion } from '../../lab/prepare';
import { HoldResult, ReleaseResult, UndoResult, VerifyResult } from '../../lib/recovery/order';
import { HostFacts } from '../../lib/recovery/survey';
import { INSTALLED } from './support/installed';
import { addJobs, jobsOn } from './support/jobs';
import { Machines } from './support/machines';
import type { BenchHost } from '../lab/support-documents/bench';
import { told } from '../lab/support-documents/clean-bench';
import { guarded, holdOrder, releaseOrder, send } from '../lab/support-documents/orders';
import { get, within } from '../lab/support-documents/looks';

const PATIENCE_SECONDS = 30;
const JOBS = 3;

interface Row {
  readonly layout: Layout;
  readonly dkron: DkronVersion;
}

/** Where each says its join list. */
const JOINS: Readonly<Record<Layout, 'config' | 'flag' | 'environment'>> = {
  packaged: 'config',
  user: 'config',
  'default-data-dir': 'config',
  flags: 'flag',
  environment: 'environment',
  template: 'config',
  supervisor: 'config',
};
const LAYOUTS = Object.keys(JOINS) as Layout[];
/** Those that differ in how Dkron is told, which may differ by its version. */
const DKRON_3_ON: readonly Layout[] = ['packaged', 'flags', 'environment', 'supervisor'];
const ROWS: readonly Row[] = [
  ...LAYOUTS.map((layout) => ({ layout, dkron: DEFAULT_DKRON })),
  ...DKRON_3_ON.map((layout) => ({ layout, dkron: 'v3.1.7' as const })),
];

/* No tag says anything about these hosts: a survey finds out by itself. */
describe.each(ROWS)('the documents on machines, Dkron $dkron installed as $layout', ({ layout, dkron }) => {
  const { service, dataDir, user } = INSTALLED[layout];
  let machines: Machines;
  let host: BenchHost;
  let dead: string[];
  let operated: string;
  let counter = 7;

  const shell = (script: string): Promise<string> => machines.shell('solo', script);
  const inspected = async (): Promise<HostFacts> =>
    HostFacts.parse((await send('inspect', host, { hints: {} }, { counter })).result);
  const leads = async (): Promise<boolean> => (await get(`http://${host.http}/v1/isleader`))?.status === 200;
  const isRunning = async (): Promise<boolean> => (await shell(service.state)) === service.running;
  const joins = (): unknown => ({ list: dead.map((address) => `${address}:8946`), source: JOINS[layout] });
  /** As its operator configured it, and nothing of ours beside it. */
  const expectAsOperated = async (): Promise<void> => {
    expect(await shell(service.asOperated)).toBe(operated);
    expect(await shell(service.left)).toBe('');
  };

  beforeAll(async () => {
    machines = await Machines.ready(dkron);
    const address = await machines.up('solo', 1, { layout });
    host = machines.bench('solo', 1, layout);
    dead = [machines.address(2), machines.address(3)];
    await waitForLeader([address], PATIENCE_SECONDS);
    await addJobs(host, JOBS);
    // Its peers are silent from now on, and its own address is in no list of its operator.
    await machines.drive('down', 'solo');
    await machines.up('solo', 1, { layout, join: dead });
    await within(20_000, isRunning);
    operated = await shell(service.asOperated);
  });
  afterAll(() => machines.end());

  test('inspect finds the service, its data and what its next start is told', async () => {
    const facts = await inspected();
    expect(facts.manager).toEqual({ ...service.manager, state: 'running' });
    expect(facts.dataDir).toMatchObject({ path: dataDir, raft: 'dir' });
    expect(facts.nodeName.value).toBe('solo');
    expect(facts.joins).toEqual(joins());
    expect(facts.bootstrapExpect).toBe(1);
    expect(facts.version).toBe(dkron.slice(1));
    expect(facts.log?.jobs).toBe(JOBS);
  });

  test('hold stops it for good: whoever starts the service, no Dkron opens the data', async () => {
    const held = told(HoldResult, await send('hold', host, holdOrder(host), { counter }));
    expect(held).toMatchObject({ outcome: 'held', wasRunning: true, leftOver: [] });
    expect(held.log).toMatchObject({ jobs: JOBS });
    expect(await shell(`stat -c '%U %a' ${dataDir}/raft.held-*/peers.json`)).toBe(`${user} 600`);
    expect(await shell(service.state)).toBe(service.stopped);
    expect((await inspected()).manager).toEqual({ ...service.manager, state: 'stopped' });
    await expectAsOperated();
    expect(told(HoldResult, await send('hold', host, holdOrder(host), { counter })).outcome).toBe('already-held');

    await shell(service.start);
    expect(await within(3_000, leads)).toBe(false);
    expect(await shell(`stat -c %F ${dataDir}/raft`)).toBe('regular file');
    expect((await inspected()).dataDir).toMatchObject({ raft: 'file' });
  });

  test('undo puts it back as found: running, enabled, nothing of ours beside it', async () => {
    const undone = told(UndoResult, await send('undo', host, { ...guarded(host), wasRunning: true }, { counter }));
    expect(undone).toMatchObject({ outcome: 'undone', raft: 'dir' });
    expect(await within(20_000, isRunning)).toBe(true);
    await expectAsOperated();
    expect(await shell(`ls ${dataDir}/raft/peers.json 2>&1 || true`)).toContain('No such file');
  });

  test('release starts it past its silent peers, with every job; then the override goes and nothing restarts', async () => {
    counter += 1;
    told(HoldResult, await send('hold', host, holdOrder(host), { counter }));
    const released = told(ReleaseResult, await send('release', host, releaseOrder(host), { counter }));
    expect(released).toMatchObject({ outcome: 'released', consumed: true });
    expect(await within(20_000, leads)).toBe(true);
    expect(await jobsOn(host)).toBe(JOBS);
    expect(await shell(`find ${dataDir} -name .requorum -prune -o ! -user ${user} -print`)).toBe('');
    const pid = await shell(service.pid);
    const look = { ...guarded(host), part: 'look', removeOverride: true };
    expect(told(VerifyResult, await send('verify', host, look, { counter })).overrideRemoved).toBe(true);
    await expectAsOperated();
    expect(await shell(service.pid)).toBe(pid);
    expect((await inspected()).joins).toEqual(joins());
  });
});
