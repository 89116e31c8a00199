import { HoldResult, ReleaseResult, UndoResult } from '../../lib/recovery/order';
import { HostFacts } from '../../lib/recovery/survey';
import type { BenchHost } from '../lab/support-documents/bench';
import { told } from '../lab/support-documents/clean-bench';
import { within } from '../lab/support-documents/looks';
import { CASE, guarded, holdOrder, releaseOrder, send, type Answer } from '../lab/support-documents/orders';
import { keepCells } from '../support/table-rows';
import type { Layout } from '../../lab/lab';
import { INSTALLED } from './support/installed';
import { jobsOn } from './support/jobs';
import { DATA, JOBS, Solo } from './support/solo';

interface Elsewhere {
  readonly what: string;
  readonly kind: 'link' | 'mount';
  readonly make: string;
  readonly unmake: string;
  /** What stands in place of the data while it is held, and where that is. */
  readonly barred: string;
}

const ROWS: readonly Elsewhere[] = [
  {
    what: 'a link to another disk',
    kind: 'link',
    make: `mkdir /elsewhere && mount -t tmpfs tmpfs /elsewhere && cp -a ${DATA}/raft /elsewhere/raft && rm -r ${DATA}/raft && ln -s /elsewhere/raft ${DATA}/raft`,
    unmake: 'umount -l /elsewhere; rmdir /elsewhere',
    barred: `regular file ${DATA}/raft`,
  },
  {
    what: 'a mount of its own',
    kind: 'mount',
    make: `mkdir /kept && cp -a ${DATA}/raft/. /kept && mount -t tmpfs tmpfs ${DATA}/raft && chmod 755 ${DATA}/raft && cp -a /kept/. ${DATA}/raft && mkdir ${DATA}/raft/lost+found`,
    unmake: `umount -l ${DATA}/raft; rm -r /kept`,
    barred: `directory ${DATA}/raft/raft.db`,
  },
];

const MANAGERS: readonly { manager: string; layout: Layout }[] = [
  { manager: 'systemd', layout: 'packaged' },
  { manager: 'supervisord', layout: 'supervisor' },
];
const EACH = MANAGERS.flatMap((one) => ROWS.map((row) => ({ ...one, ...row })));

/* `raft` on a disk of its own, behind a link or mounted: held, put back and released as every other (ADR 0021). */
describe.each(EACH)('under $manager, where raft is $what', ({ manager, layout, what, kind, make, unmake, barred }) => {
  const { service } = INSTALLED[layout];
  let solo: Solo;
  let host: BenchHost;
  const shell = (script: string): Promise<string> => solo.shell(script);
  const hold = (counter = 7): Promise<Answer> => send('hold', host, holdOrder(host), { counter });
  const inspected = async (): Promise<HostFacts> =>
    HostFacts.parse((await send('inspect', host, { hints: {} }, { counter: 7 })).result);
  /** Names, kinds, inodes and owners of everything, wherever it lies; our own folder left out. */
  const asFound = (): Promise<string> =>
    shell(
      `cd ${DATA} && find . raft/ -not -path "./.requorum*" -not -name "*.lock" -printf "%p %y %i %m %u\\n" | sort -u`,
    );

  beforeAll(async () => {
    solo = await Solo.ready(layout);
    ({ host } = solo);
  });
  afterAll(() => solo?.end());
  beforeEach(async () => {
    await solo.reset();
    // Something beside the log: it belongs to the log wherever that goes, as a snapshot does.
    await shell(`${service.kill}; ${make}; mkdir -p ${DATA}/raft/snapshots; touch ${DATA}/raft/snapshots/kept`);
    await shell(service.restart);
    await within(20_000, async () => (await inspected()).pids.length > 0);
  });
  afterEach(() => shell(`${service.kill}; ${unmake}`));

  test('it is found, held so that nobody can start on it, and put back as it was', async () => {
    const before = await asFound();
    expect((await inspected()).dataDir).toMatchObject({ path: DATA, raft: kind, heldBy: null });
    const held = told(HoldResult, await hold());
    expect(held).toMatchObject({ outcome: 'held', leftOver: [], log: { jobs: JOBS } });
    expect(await shell(`stat -c '%F %n' ${DATA}/raft ${DATA}/raft/raft.db 2>/dev/null || true`)).toContain(barred);
    const files = await shell(`cd ${DATA}/.requorum/${CASE}/backup && find . -type f`);
    for (const name of ['./raft/raft.db', './raft/snapshots/kept', './manifest.json']) expect(files).toContain(name);
    expect((await inspected()).dataDir).toMatchObject({ path: DATA, raft: 'file', heldBy: CASE });
    expect((await inspected()).log).toMatchObject({ jobs: JOBS });

    await shell(service.start);
    expect(await within(3_000, solo.leads)).toBe(false);
    expect(told(HoldResult, await hold()).log).toEqual(held.log);

    const undone = told(UndoResult, await send('undo', host, { ...guarded(host), wasRunning: true }, { counter: 7 }));
    expect(undone).toMatchObject({ outcome: 'undone', raft: kind });
    expect(await within(20_000, solo.isActive)).toBe(true);
    expect(await asFound()).toEqual(before);
    keepCells([manager, `raft is ${what}: hold and undo`, 'held, put back', '']);
  });

  test('it is released with every job, on its own disk', async () => {
    told(HoldResult, await hold());
    const release = (): Promise<Answer> => send('release', host, releaseOrder(host), { counter: 7 });
    if (kind === 'mount') {
      // Where the held log lies beside it, somebody else's file is found at the last look, and the next hold puts it right.
      await shell(`echo '[]' > ${DATA}/raft/peers.json`);
      expect((await release()).result).toMatchObject({ code: 'PeersHashDiffers' });
      told(HoldResult, await hold());
    }
    const released = told(ReleaseResult, await release());
    expect(released).toMatchObject({ outcome: 'released', consumed: true });
    expect(await within(20_000, solo.leads)).toBe(true);
    expect(await jobsOn(host)).toBe(JOBS);
    expect((await inspected()).log?.configuration.map(({ address }) => address)).toEqual([`${host.address}:6868`]);
    expect(await shell(`find ${DATA} ${DATA}/raft/ -name '*held-*' -o -path ${DATA}/raft/README`)).toBe('');
    // By the file that is open now, which lies on another disk.
    expect((await inspected()).dataDir).toMatchObject({ path: DATA, evidence: 'process', raft: kind });
    keepCells([manager, `raft is ${what}: release`, 'leads, every job', '']);
  });

  test('its README puts it back by hand', async () => {
    const before = await asFound();
    told(HoldResult, await hold());
    const readme = await shell(`cat ${DATA}/raft.held-*/README ${DATA}/raft/raft.held-*/README 2>/dev/null || true`);
    const steps = readme.slice(readme.indexOf('TO GO BACK')).split('\n').slice(1);
    await shell(`set -e\n${steps.join('\n')}\nrm ${DATA}/raft/README`);
    expect(await within(20_000, solo.isActive)).toBe(true);
    expect(await asFound()).toEqual(before);
    keepCells([manager, `raft is ${what}: README by hand`, 'put back', '']);
  });

  test('it is not let in clean: that is for a person to do', async () => {
    const clean = { ...holdOrder(host), role: 'clean', heldBy: null };
    const refused = (await send('hold', host, clean, { counter: 7 })).result as { code?: string };
    expect(refused.code).toBe('RaftNotADirectory');
    expect(await shell(`stat -c %F ${DATA}/raft/raft.db`)).toBe('regular file');
    keepCells([manager, `raft is ${what}: clean`, 'RaftNotADirectory', '']);
  });
});
