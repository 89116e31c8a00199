import { ReleaseResult, UndoResult, VerifyResult } from '../../lib/recovery/order';
import { HostFacts } from '../../lib/recovery/survey';
import { Bench } from './support-documents/bench';
import type { BenchHost } from './support-documents/bench';
import { dkronPids, listing, within } from './support-documents/looks';
import { guarded, hintsOf, holdOrder, releaseOrder, send } from './support-documents/orders';

const JOBS = 20;

describe('one server of three with two dead peers', () => {
  let bench: Bench;
  let host: BenchHost;

  beforeAll(async () => {
    bench = await Bench.start(3, JOBS);
    host = bench.host;
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    for (const other of bench.hosts.slice(1)) await bench.drive('down', other);
    await bench.reset(host);
  });

  const undo = (wasRunning = true) => send('undo', host, { ...guarded(host), wasRunning });
  const verify = (part: 'canary' | 'look', removeOverride = false) =>
    send('verify', host, { ...guarded(host), part, removeOverride });
  const codeOf = ({ result }: { readonly result: unknown }): unknown => (result as { code?: unknown }).code;

  test('inspect tells the host as it is and changes nothing', async () => {
    const before = await listing(host.dataDir);
    const { exitCode, result } = await send('inspect', host, hintsOf(host));
    expect(exitCode).toBe(0);
    expect(HostFacts.parse(result)).toMatchObject({
      hostId: host.instanceId,
      manager: { kind: 'supervisor', state: expect.stringMatching(/^(starting|running)$/) as string },
      dataDir: { path: host.dataDir, raft: 'dir', heldBy: null },
      nodeName: { value: host.nodeName },
      bootstrapExpect: 3,
      log: { jobs: JOBS },
      leader: { outcome: 'answered', leader: null },
    });
    expect(await listing(host.dataDir)).toEqual(before);
  });

  test('hold, release, canary, look: a leader with every job, and the override is gone in the end', async () => {
    await send('hold', host, holdOrder(host));
    const released = ReleaseResult.parse((await send('release', host, releaseOrder(host))).result);
    expect(released).toMatchObject({ outcome: 'released', consumed: true });
    expect(await within(30_000, () => bench.leader())).toBe(true);

    expect(VerifyResult.parse((await verify('canary')).result)).toMatchObject({
      canary: 'created-and-deleted',
      jobs: JOBS,
      overrideRemoved: false,
    });
    const pids = await dkronPids(host);
    expect(VerifyResult.parse((await verify('look', true)).result)).toMatchObject({
      canary: 'not-asked',
      jobs: JOBS,
      overrideRemoved: true,
    });
    // No restart into the trap: the join list of the operator names dead servers only.
    expect(await dkronPids(host)).toEqual(pids);
  });

  test('a second release is skipped, and undo is refused by then', async () => {
    await send('hold', host, holdOrder(host));
    await send('release', host, releaseOrder(host));
    await within(30_000, () => bench.leader());
    expect(ReleaseResult.parse((await send('release', host, releaseOrder(host))).result)).toMatchObject({
      outcome: 'already-released',
    });
    const late = await undo();
    expect(late.exitCode).toBe(3);
    expect(codeOf(late)).toBe('AlreadyReleased');
    const pids = await dkronPids(host);
    expect(codeOf(await send('hold', host, holdOrder(host)))).toBe('AlreadyReleased');
    expect(await dkronPids(host)).toEqual(pids);
  });

  test('a release without a hold, or with other bytes than approved, starts nothing', async () => {
    expect(codeOf(await send('release', host, releaseOrder(host)))).toBe('NotHeld');
    await send('hold', host, holdOrder(host));
    const other = { ...releaseOrder(host), peersSha256: '0'.repeat(64) };
    expect(codeOf(await send('release', host, other))).toBe('PeersHashDiffers');
    expect(await dkronPids(host)).toEqual([]);
  });

  test('a fence is never released, and undo gives it back as found', async () => {
    const before = await listing(host.dataDir);
    await send('hold', host, { ...holdOrder(host), role: 'fence', peersJson: null, peersSha256: null });
    const heldAs = await listing(host.dataDir);
    expect(codeOf(await send('release', host, releaseOrder(host)))).toBe('FenceHold');
    expect(await listing(host.dataDir)).toEqual(heldAs);
    expect(await dkronPids(host)).toEqual([]);
    expect(UndoResult.parse((await undo()).result)).toMatchObject({ outcome: 'undone', raft: 'dir' });
    expect(await listing(host.dataDir)).toEqual(before);
  });

  test('undo leaves the data-dir as found, save .requorum, and Dkron running again', async () => {
    const before = await listing(host.dataDir);
    await send('hold', host, holdOrder(host));
    expect(await listing(host.dataDir)).not.toEqual(before);
    expect(UndoResult.parse((await undo()).result)).toMatchObject({ outcome: 'undone', raft: 'dir' });
    expect(await listing(host.dataDir)).toEqual(before);
    expect(await within(10_000, async () => (await dkronPids(host)).length > 0)).toBe(true);
    expect(UndoResult.parse((await undo()).result)).toMatchObject({ outcome: 'nothing-to-undo' });
  });

  test('a server that did not run is not started by undo', async () => {
    await bench.supervisorctl(host, 'stop', 'dkron');
    await send('hold', host, holdOrder(host));
    await undo(false);
    expect(await dkronPids(host)).toEqual([]);
  });

  test.each(['hold', 'release', 'verify', 'undo'] as const)(
    '%s refuses what is late, foreign or of an older run',
    async (name) => {
      const order = {
        ...holdOrder(host),
        ...releaseOrder(host),
        part: 'look',
        removeOverride: false,
        wasRunning: true,
      };
      const before = await listing(host.dataDir);
      expect(codeOf(await send(name, host, { ...order, deadline: '2001-01-01T00:00:00.000Z' }))).toBe('Late');
      expect(codeOf(await send(name, host, order, { named: 'i-0fffffffffffffff9' }))).toBe('ForeignHost');
      await send('undo', host, { ...order }, { counter: 9 });
      expect(codeOf(await send(name, host, order, { counter: 8 }))).toBe('LowerCounter');
      expect(await listing(host.dataDir)).toEqual(before);
    },
  );

  test.each(['hold', 'release', 'undo'] as const)(
    '%s refuses a service manager that this version does not operate, by name',
    async (name) => {
      const order = {
        ...holdOrder(host),
        ...releaseOrder(host),
        wasRunning: true,
        manager: { kind: 'container', socket: '', unit: '' },
      };
      const answer = await send(name, host, order);
      expect(codeOf(answer)).toBe('ServiceManagerUnsupported');
      expect(answer.line).toContain('container');
    },
  );

  test('a host without python3 says so', async () => {
    const answer = await send('hold', host, holdOrder(host), { path: '/nowhere' });
    expect(answer.exitCode).toBe(3);
    expect(codeOf(answer)).toBe('PythonMissing');
    expect(answer.line).toContain(host.instanceId);
  });
});
