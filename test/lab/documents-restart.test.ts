import { rm, stat, truncate, writeFile } from 'node:fs/promises';
import { HoldResult, ReleaseResult, UndoResult } from '../../lib/recovery/order';
import { HostFacts } from '../../lib/recovery/survey';
import { leaderOf, membersOf, namesOf } from '../documents/support/led-bench';
import { Bench } from './support-documents/bench';
import type { BenchHost } from './support-documents/bench';
import { dkronPids, listing, sha256Of, within } from './support-documents/looks';
import { CASE, guarded, hintsOf, holdOrder, peersOf, releaseOrder, send } from './support-documents/orders';
import type { Answer } from './support-documents/orders';
import { ours } from './support-documents/readers';

const JOBS = 6;
const PATIENCE_MS = 20_000;
/** Nothing is staged, and nothing may lie there. */
const NO_PEERS = { peersJson: null, peersSha256: null };

const asRestart = (host: BenchHost) => ({ ...holdOrder(host), role: 'restart', ...NO_PEERS });
const hold = (host: BenchHost): Promise<Answer> => send('hold', host, asRestart(host));
const release = (host: BenchHost, ...joins: readonly BenchHost[]): Promise<Answer> => {
  const joinOverride = [host, ...joins].map(({ address }) => `${address}:8946`);
  return send('release', host, { ...releaseOrder(host), peersSha256: null, joinOverride });
};
const undo = (host: BenchHost, wasRunning: boolean) => send('undo', host, { ...guarded(host), wasRunning });
const held = (answer: Answer) => {
  const result = HoldResult.parse(answer.result);
  if (result.outcome === 'refused') throw new Error(`refused: ${result.code} ${result.detail}`);
  return result;
};
const codeOf = ({ result }: Answer): unknown => (result as { code?: unknown }).code;
const heldDir = (host: BenchHost): string => `${host.dataDir}/raft.held-${CASE}`;

describe('three servers that are to be started on the data they have', () => {
  let bench: Bench;
  let host: BenchHost;

  beforeAll(async () => {
    bench = await Bench.start(3, JOBS);
    host = bench.host;
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    for (const one of bench.hosts) await bench.drive('down', one);
    await bench.reset(host);
  });

  test('a hold backs up and stages nothing; a second one finds it done', async () => {
    const first = held(await hold(host));
    expect(first).toMatchObject({ outcome: 'held', peersSha256: null, leftOver: [], wasRunning: true });
    expect(first.log).toMatchObject({ jobs: JOBS });
    expect(first.backup?.files).toBeGreaterThan(0);
    const copy = `${host.dataDir}/.requorum/${CASE}/backup/raft/raft.db`;
    expect(await sha256Of(copy)).toBe(await sha256Of(`${heldDir(host)}/raft.db`));
    expect((await stat(`${host.dataDir}/raft`)).isFile()).toBe(true);
    expect((await listing(heldDir(host))).filter((row) => row.startsWith('peers.json'))).toEqual([]);
    expect(held(await hold(host))).toMatchObject({ outcome: 'already-held', backup: first.backup, log: first.log });
  });

  test('two of them, released, lead on their old log: every job, the same configuration, none left behind', async () => {
    const [, second, third] = bench.hosts;
    if (!second || !third) throw new Error('a bench of three');
    // Only one runs at a time, or they would have a quorum and need nobody.
    await bench.supervisorctl(host, 'stop', 'dkron');
    await bench.reset(second);
    const before = [held(await hold(host)), held(await hold(second))].map(({ log }) => log);
    for (const [one, other] of [
      [host, second],
      [second, host],
    ] as const) {
      const answer = ReleaseResult.parse((await release(one, other)).result);
      expect(answer).toMatchObject({ outcome: 'released', consumed: true });
    }
    expect(await within(PATIENCE_MS, () => leaderOf(bench, [host, second]))).toBe(true);
    for (const [at, one] of [host, second].entries()) {
      expect(await within(PATIENCE_MS, async () => (await bench.jobs(one)) === JOBS)).toBe(true);
      const log = await ours(one);
      expect(log.lastIndex).toBeGreaterThanOrEqual(before[at]?.lastIndex ?? Infinity);
      expect(log.configuration).toEqual(before[at]?.configuration);
      expect(log.snapshot).toBeNull();
      expect(await membersOf(bench, one)).toEqual(namesOf(bench.hosts));
    }
    expect(codeOf(await undo(host, true))).toBe('AlreadyReleased');
    expect(ReleaseResult.parse((await release(host, second)).result)).toMatchObject({ outcome: 'already-released' });
  });

  test('one of them alone, released, runs and has changed nothing in its log', async () => {
    const { log } = held(await hold(host));
    await release(host);
    expect(await within(PATIENCE_MS, async () => (await membersOf(bench, host).catch(() => [])).length === 3)).toBe(
      true,
    );
    const after = await ours(host);
    expect([after.lastIndex, after.lastTerm, after.jobs]).toEqual([log?.lastIndex, log?.lastTerm, JOBS]);
    expect(after.configuration).toEqual(log?.configuration);
    expect(await bench.leader(host)).toBeNull();
  });

  test('a peers.json that lies there is refused before the server is touched: a restart would take it in', async () => {
    await writeFile(`${host.dataDir}/raft/peers.json`, peersOf(host).text);
    const [before, pids] = [await listing(host.dataDir), await dkronPids(host)];
    const answer = await hold(host);
    expect([answer.exitCode, codeOf(answer)]).toEqual([3, 'PeersHashDiffers']);
    expect(await dkronPids(host)).toEqual(pids);
    expect(await listing(host.dataDir)).toEqual(before);
    expect(await sha256Of(`${host.dataDir}/raft/peers.json`)).toBe(peersOf(host).sha256);
  });

  test('a hold that is refused after the exchange is put back', async () => {
    await bench.supervisorctl(host, 'stop', 'dkron');
    await truncate(`${host.dataDir}/raft/raft.db`, 8_192);
    const before = await listing(host.dataDir);
    expect(codeOf(await hold(host))).toBe('LogTorn');
    expect(await listing(host.dataDir)).toEqual(before);
    expect(await dkronPids(host)).toEqual([]);
  });

  test('a peers.json that somebody lays into the hold is not released', async () => {
    await hold(host);
    await writeFile(`${heldDir(host)}/peers.json`, peersOf(host).text);
    expect(codeOf(await release(host))).toBe('PeersHashDiffers');
    expect(await dkronPids(host)).toEqual([]);
    expect((await stat(`${host.dataDir}/raft`)).isFile()).toBe(true);
    await rm(`${heldDir(host)}/peers.json`);
    expect(ReleaseResult.parse((await release(host)).result)).toMatchObject({ outcome: 'released' });
  });

  test('a second plan of the case that only restarts takes the staged peers.json away again', async () => {
    await send('hold', host, holdOrder(host));
    expect(await sha256Of(`${heldDir(host)}/peers.json`)).toBe(peersOf(host).sha256);
    expect(held(await hold(host)).peersSha256).toBeNull();
    await expect(stat(`${heldDir(host)}/peers.json`)).rejects.toThrow('ENOENT');
    expect(codeOf(await send('release', host, releaseOrder(host)))).toBe('PeersHashDiffers');
    expect(ReleaseResult.parse((await release(host)).result)).toMatchObject({ outcome: 'released' });
  });

  test.each([
    ['ran', true],
    ['was stopped', false],
  ])('undo puts a server that %s back as found', async (_, wasRunning) => {
    if (!wasRunning) await bench.supervisorctl(host, 'stop', 'dkron');
    const before = await listing(host.dataDir);
    expect(held(await hold(host)).wasRunning).toBe(wasRunning);
    expect(await listing(host.dataDir)).not.toEqual(before);
    expect(UndoResult.parse((await undo(host, wasRunning)).result)).toMatchObject({ outcome: 'undone', raft: 'dir' });
    expect(await within(wasRunning ? PATIENCE_MS : 2_000, async () => (await dkronPids(host)).length > 0)).toBe(
      wasRunning,
    );
    expect(await listing(host.dataDir)).toEqual(before);
  });

  test('a fence is not released by an order without peers.json either', async () => {
    await send('hold', host, { ...holdOrder(host), role: 'fence', ...NO_PEERS });
    const before = await listing(host.dataDir);
    expect(codeOf(await release(host))).toBe('FenceHold');
    expect(await listing(host.dataDir)).toEqual(before);
    expect(await dkronPids(host)).toEqual([]);
  });

  test('what is approved must be true of the host also where nothing is staged', async () => {
    const order = asRestart(host);
    const before = await listing(host.dataDir);
    expect(codeOf(await send('hold', host, { ...order, nodeName: 'bench-9' }))).toBe('NodeNameDiffers');
    expect(codeOf(await send('hold', host, { ...order, address: '192.0.2.7:6868' }))).toBe('AddressNotOwned');
    expect(await listing(host.dataDir)).toEqual(before);
  });
});

describe.each([
  ['v4.0.5', '4.0.5'],
  ['v3.1.7', '3.1.7'],
] as const)('a host with a build of Dkron %s that calls itself devel', (dkron, version) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start(1, 1, dkron);
  });
  afterAll(() => bench.close());

  test('is known by the version it was built from, while it runs and when it is stopped', async () => {
    const { host } = bench;
    await bench.reset(host);
    expect(HostFacts.parse((await send('inspect', host, hintsOf(host))).result)).toMatchObject({ version });
    await bench.supervisorctl(host, 'stop', 'dkron');
    expect(await dkronPids(host)).toEqual([]);
    expect(HostFacts.parse((await send('inspect', host, hintsOf(host))).result)).toMatchObject({ version });
  });
});
