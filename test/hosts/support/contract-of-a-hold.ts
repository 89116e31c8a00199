import { HoldResult, ReleaseResult } from '../../../lib/recovery/order';
import { told } from '../../lab/support-documents/clean-bench';
import type { BenchHost } from '../../lab/support-documents/bench';
import { within } from '../../lab/support-documents/looks';
import { holdOrder, releaseOrder, send, type Answer } from '../../lab/support-documents/orders';
import { keepCells } from '../../support/table-rows';
import type { Layout } from '../../../lab/lab';
import { INSTALLED } from './installed';
import { jobsOn } from './jobs';
import { DATA, JOBS, Solo } from './solo';

/**
 * The contract of a hold on a machine: what is refused leaves the host as it was found, and what is held is held whatever the
 * manager does (docs/hosts.md has the table, and where the same is shown on hosts that are processes).
 */
export function keepsTheContractOfAHold(manager: string, layout: Layout): void {
  const { service } = INSTALLED[layout];
  let solo: Solo;
  let host: BenchHost;
  const shell = (script: string): Promise<string> => solo.shell(script);
  const hold = (options = {}): Promise<Answer> => send('hold', host, holdOrder(host), options);
  const codeOf = ({ result }: Answer): unknown => (result as { code?: unknown }).code;

  beforeAll(async () => {
    solo = await Solo.ready(layout);
    ({ host } = solo);
  });
  afterAll(() => solo?.end());
  beforeEach(() => solo.reset());

  /** Data, its owner, the service and its drop-ins; our own folder and the lock of a command left out. */
  const asFound = async (): Promise<unknown> => ({
    files: await shell(`cd ${DATA} && find . -not -path "./.requorum*" -printf "%p %y %m %u\\n" | sort`),
    // By itself as well: a manager without its python3 tells nothing.
    processes: await shell('pgrep -x dkron || true'),
    service: await shell(`${service.state}; ${service.pid}; ${service.asOperated}; ${service.left}`),
  });

  interface Row {
    readonly what: string;
    readonly code: string;
    readonly before?: string;
    readonly after?: string;
    readonly sent?: () => Promise<Answer>;
  }
  const rows: readonly Row[] = [
    {
      what: 'late',
      code: 'Late',
      sent: () => send('hold', host, { ...holdOrder(host), deadline: '2001-01-01T00:00:00Z' }),
    },
    { what: 'for another host', code: 'ForeignHost', sent: () => hold({ named: 'i-0123456789abcdef0' }) },
    {
      what: 'of a lower lease counter',
      code: 'LowerCounter',
      before: `mkdir -p ${DATA}/.requorum && echo '{"counter": 99}' > ${DATA}/.requorum/lease.json`,
    },
    {
      what: 'without python3',
      code: 'PythonMissing',
      before: 'chmod a-x $(readlink -f /usr/bin/python3)',
      after: 'chmod a+x $(readlink -f /usr/bin/python3)',
    },
    {
      what: 'on a disk that cannot be written',
      code: 'DiskNotWritable',
      before: `mount -o remount,bind,ro ${DATA}`,
      after: `mount -o remount,bind,rw ${DATA}`,
    },
    {
      what: 'beside a peers.json of somebody else',
      code: 'PeersHashDiffers',
      before: `echo '[]' > ${DATA}/raft/peers.json`,
    },
    {
      what: 'for a service that its manager does not know',
      code: 'UnitUnknown',
      sent: () => send('hold', host, { ...holdOrder(host), manager: service.unknown }),
    },
  ];

  test.each(rows)('a hold $what is refused, and the host is as it was', async ({ what, code, before, after, sent }) => {
    if (before) await shell(before);
    try {
      const found = await asFound();
      expect(codeOf(await (sent ?? hold)())).toBe(code);
      expect(await asFound()).toEqual(found);
    } finally {
      if (after) await shell(after);
    }
    keepCells([manager, `hold ${what}`, code, '']);
  });

  test('a full disk puts the hold back and starts the service again', async () => {
    await shell(
      `${service.kill}; mkdir /kept && cp -a ${DATA}/. /kept && mount -t tmpfs -o size=1m tmpfs ${DATA} && cp -a /kept/. ${DATA}`,
    );
    await shell(service.restart);
    try {
      expect(codeOf(await hold())).toBe('NoRoomForBackup');
      expect(await shell(`stat -c %F ${DATA}/raft`)).toBe('directory');
      expect(await within(10_000, solo.isActive)).toBe(true);
    } finally {
      await shell(`${service.kill}; umount -l ${DATA}; rm -r /kept`);
    }
    keepCells([manager, 'hold on a full disk', 'put back', '']);
  });

  test('restarts that race the hold leave the data held and unwritten', async () => {
    await shell(service.alwaysRestart);
    const operated = await shell(service.asOperated);
    await shell(`touch /tmp/race; (while [ -e /tmp/race ]; do ${service.restart}; sleep 0.05; done) >/dev/null 2>&1 &`);
    const answer = await hold();
    await shell('rm /tmp/race; sleep 3');
    const isHeld = (answer.result as { outcome: string }).outcome !== 'refused';
    // Held, or named and put back; never half of it.
    expect(await shell(`stat -c %F ${DATA}/raft`)).toBe(isHeld ? 'regular file' : 'directory');
    if (isHeld) {
      const kept = `${DATA}/raft.held-*/raft.db`;
      expect(await shell(`sha256sum < $(ls ${kept})`)).toBe(
        await shell(`sha256sum < $(ls ${DATA}/.requorum/*/backup/raft/raft.db)`),
      );
    } else expect(codeOf(answer)).toBe('StillRunning');
    expect(await shell(service.asOperated)).toBe(operated);
    await shell(service.restartAsInstalled);
    keepCells([manager, 'restarts race the hold', isHeld ? 'held' : 'StillRunning, put back', '']);
  });

  test('a second Dkron that waits for the lock of the data is stopped as well', async () => {
    await shell(
      `setsid /usr/bin/dkron agent --server --node-name other --data-dir ${DATA} --http-addr :9090 --bind-addr 127.0.0.1:9946 --rpc-port 9868 >/dev/null 2>&1 </dev/null &`,
    );
    await within(5_000, async () => Number(await shell('pgrep -c -x dkron || true')) > 1);
    const held = told(HoldResult, await hold());
    expect(held).toMatchObject({ outcome: 'held', leftOver: [] });
    expect(await shell('pgrep -x dkron || true')).toBe('');
    keepCells([manager, 'a second Dkron on the same data', 'stopped too', '']);
  });

  test('a service that crashed until its manager gave it up is released all the same', async () => {
    told(HoldResult, await hold());
    await shell(service.crash);
    expect(await within(5_000, async () => (await shell(service.state)) === service.givenUp)).toBe(true);
    const released = told(ReleaseResult, await send('release', host, releaseOrder(host)));
    expect(released).toMatchObject({ outcome: 'released', consumed: true });
    expect(await within(20_000, solo.leads)).toBe(true);
    expect(await jobsOn(host)).toBe(JOBS);
    keepCells([manager, 'a crash loop before the release', 'leads, every job', '']);
  });

  test('after a reboot while it is held nothing leads nor is written, and it is released with every job', async () => {
    const held = told(HoldResult, await hold());
    await solo.machines.drive('down', 'solo');
    await solo.machines.drive('up', 'solo');
    // Started by its manager, it waits for its peers or ends at what is in the place of its data.
    expect(await within(20_000, async () => (await shell(service.tried)) === 'yes')).toBe(true);
    expect(await within(3_000, solo.leads)).toBe(false);
    expect(await shell(`stat -c %F ${DATA}/raft`)).toBe('regular file');
    expect(told(HoldResult, await hold()).log).toEqual(held.log);
    const released = told(ReleaseResult, await send('release', host, releaseOrder(host)));
    expect(released).toMatchObject({ outcome: 'released', consumed: true });
    expect(await within(20_000, solo.leads)).toBe(true);
    expect(await jobsOn(host)).toBe(JOBS);
    keepCells([manager, 'a reboot while held', 'held; leads when released, every job', '']);
  });
}
