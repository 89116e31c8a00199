import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exists } from '../../lab/prepare';
import { termAt } from '../../lib/recovery/log-order';
import { Bench } from './support-documents/bench';
import type { BenchHost } from './support-documents/bench';
import { within } from './support-documents/looks';
import { holdOrder, peersOf, releaseOrder, send } from './support-documents/orders';
import { expectAgreement, ours, pagesOf, readRaft, termsOf } from './support-documents/readers';

/** More than one leaf page, so that the tree has branch pages; one job larger than a page, for overflow pages. */
const MANY_JOBS = 260;
const LARGE_COMMAND = 'x'.repeat(30_000);
const PATIENCE_MS = 20_000;

describe.each(['v4.0.5', 'v3.1.7'] as const)('our log reader against the oracle, on files of Dkron %s', (version) => {
  let bench: Bench;
  let host: BenchHost;

  beforeAll(async () => {
    bench = await Bench.start(1, MANY_JOBS, version);
    host = bench.host;
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.reset(host));

  const untilItLeads = () => within(PATIENCE_MS, () => bench.leader());
  const remove = async (job: string): Promise<number> =>
    (await fetch(`http://${host.http}/v1/jobs/${job}`, { method: 'DELETE' })).status;
  /** A recovery in which another server is missing: nobody leads after it, so nothing is written to the log. */
  const recoverWithoutQuorum = async (): Promise<void> => {
    await bench.drive('down', host);
    const absent = { ...host, nodeName: 'absent', address: '127.77.1.99' };
    const peers = `${host.dataDir}/raft/peers.json`;
    await writeFile(peers, peersOf(host, absent).text);
    await bench.up(host);
    expect(await within(PATIENCE_MS, async () => !(await exists(peers)))).toBe(true);
    await bench.drive('down', host);
  };

  test('a running server, while it writes: branch pages, and overflow pages of a large job', async () => {
    await untilItLeads();
    await bench.addJobs(host, 1, 'large', LARGE_COMMAND);
    let previous = 0;
    const writing = bench.addJobs(host, 30, 'while-we-read');
    for (let n = 0; n < 10; n += 1) {
      const { lastIndex } = await ours(host);
      expect(lastIndex).toBeGreaterThanOrEqual(previous);
      previous = lastIndex;
    }
    await writing;
    const log = await expectAgreement(host);
    expect(log.jobs).toBe(MANY_JOBS + 31);
    const pages = await pagesOf(host);
    expect(pages.branches).toBeGreaterThan(0);
    expect(pages.overflows).toBeGreaterThan(0);
  });

  test('a stopped server', async () => {
    await untilItLeads();
    await bench.supervisorctl(host, 'stop', 'dkron');
    expect((await expectAgreement(host)).jobs).toBe(MANY_JOBS);
  });

  test('a server that is killed while it writes: the jobs on its disk are those it comes back with', async () => {
    await untilItLeads();
    const writing = bench.addJobs(host, 5000, 'cut-off').catch(() => 'cut off');
    expect(await within(PATIENCE_MS, async () => ((await bench.jobs(host)) ?? 0) > MANY_JOBS)).toBe(true);
    await bench.drive('down', host);
    expect(await writing).toBe('cut off');
    const { jobs: onDisk } = await expectAgreement(host);
    expect(onDisk).toBeGreaterThan(MANY_JOBS);
    await bench.up(host);
    expect(await within(PATIENCE_MS, async () => (await bench.jobs(host)) === onDisk)).toBe(true);
  });

  test('the term of every entry, over several terms', async () => {
    await untilItLeads();
    await bench.drive('down', host);
    const log = await ours(host);
    const told = await termsOf(host);
    expect(new Set(told.map(([, term]) => term)).size).toBeGreaterThan(1);
    expect(told.map(([index]) => [index, termAt(log, index)])).toEqual(told);
    expect(termAt(log, log.lastIndex + 1)).toBeNull();
  });

  test('a recovered server without a leader: the log is empty, position and members are those of the snapshot', async () => {
    const before = await ours(host);
    await recoverWithoutQuorum();
    const log = await expectAgreement(host);
    expect(log).toMatchObject({ entries: 0, firstIndex: null, terms: [], jobs: MANY_JOBS });
    expect({ index: log.lastIndex, term: log.lastTerm }).toEqual(log.snapshot);
    expect(log.lastIndex).toBeGreaterThanOrEqual(before.lastIndex);
    expect(log.configuration.map(({ id }) => id).sort()).toEqual(['absent', host.nodeName]);
    expect([termAt(log, log.lastIndex), termAt(log, log.lastIndex - 1)]).toEqual([log.lastTerm, null]);
  });

  test('a recovered server that goes on: jobs are those of the snapshot, plus and minus what the log says since', async () => {
    await bench.supervisorctl(host, 'stop', 'dkron');
    const before = await ours(host);
    await send('hold', host, holdOrder(host));
    await send('release', host, releaseOrder(host));
    await untilItLeads();
    await bench.addJobs(host, 5, 'since');
    for (const gone of ['since0', 'job0', 'job1']) expect(await remove(gone)).toBe(200);
    const log = await expectAgreement(host);
    expect(log.snapshot?.index).toBeGreaterThanOrEqual(before.lastIndex);
    expect(log.firstIndex).toBeGreaterThan(log.snapshot?.index ?? Infinity);
    expect(log.jobs).toBe(MANY_JOBS + 2);
    expect(await bench.jobs(host)).toBe(log.jobs);
  });

  const post = async (name: string, rest: object): Promise<void> => {
    const job = { name, executor: 'shell', executor_config: { command: 'true' }, ...rest };
    const headers = { 'Content-Type': 'application/json' };
    const { ok } = await fetch(`http://${host.http}/v1/jobs`, { method: 'POST', body: JSON.stringify(job), headers });
    expect(ok).toBe(true);
  };

  test('a parent with a child is not deleted; the child, then the parent, are', async () => {
    await untilItLeads();
    await bench.addJobs(host, 1, 'parent');
    await post('child', { parent_job: 'parent0' });
    const counts: (number | null)[] = [];
    for (const job of ['parent0', 'child', 'parent0']) {
      await remove(job);
      counts.push((await ours(host)).jobs);
    }
    expect(counts).toEqual([MANY_JOBS + 2, MANY_JOBS + 1, MANY_JOBS]);
    expect(await bench.jobs(host)).toBe(MANY_JOBS);
  });

  test('dependents are those that were stored last, whatever jobs name as their parent', async () => {
    await untilItLeads();
    const schedule = { schedule: '@every 1h', disabled: true };
    await post('p', schedule);
    await post('c', { parent_job: 'p' });
    // Stored anew, the parent has no dependents any more: it can be deleted beside its child.
    await post('p', schedule);
    expect(await remove('p')).toBe(200);
    expect((await ours(host)).jobs).toBe(await bench.jobs(host));
    // And a dependent that never was keeps its parent from being deleted.
    await post('d', { ...schedule, dependent_jobs: ['ghost'] });
    await remove('d');
    expect((await ours(host)).jobs).toBe(await bench.jobs(host));
    expect(await bench.jobs(host)).toBe(MANY_JOBS + 2);
  });

  describe('what cannot be read', () => {
    let folder: string;
    let whole: Buffer;

    beforeEach(async () => {
      await bench.drive('down', host);
      whole = await readFile(`${host.dataDir}/raft/raft.db`);
      folder = await mkdtemp(join(tmpdir(), 'raftlog-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    const read = async (content: Buffer | null): Promise<unknown> => {
      const raft = await mkdtemp(join(folder, 'raft-'));
      if (content) await writeFile(join(raft, 'raft.db'), content);
      return readRaft(raft);
    };
    const damaged = (from: number, to?: number): Buffer => Buffer.from(whole).fill(0, from, to);

    test('has a name each: torn, foreign, missing', async () => {
      expect(await read(whole)).toMatchObject({ jobs: MANY_JOBS });
      expect(await read(whole.subarray(0, 16_384))).toEqual({ refused: 'LogTorn' });
      expect(await read(damaged(8_192))).toEqual({ refused: 'LogTorn' });
      expect(await read(damaged(0, 8_192))).toEqual({ refused: 'LogForeign' });
      expect(await read(Buffer.from('not a database '.repeat(2000)))).toEqual({ refused: 'LogForeign' });
      expect(await read(Buffer.alloc(0))).toEqual({ refused: 'LogForeign' });
      expect(await read(null)).toEqual({ refused: 'NoLog' });
    });

    test('of two heads of the file, a damaged one leaves the other, one write behind at most', async () => {
      const { lastIndex } = await ours(host);
      for (const [from, to] of [
        [16, 4_096],
        [4_112, 8_192],
      ] as const) {
        const seen = await read(damaged(from, to));
        expect([lastIndex - 1, lastIndex]).toContain((seen as { lastIndex: number }).lastIndex);
      }
    });

    test('of a snapshot that is cut short no jobs are counted, and the position stands', async () => {
      await recoverWithoutQuorum();
      const { lastIndex, lastTerm } = await ours(host);
      const [snapshot] = await readdir(`${host.dataDir}/raft/snapshots`);
      await truncate(`${host.dataDir}/raft/snapshots/${snapshot}/state.bin`, 1000);
      expect(await ours(host)).toMatchObject({ jobs: null, lastIndex, lastTerm });
    });
  });
});
