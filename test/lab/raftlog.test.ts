import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { LogFacts } from '../../lib/recovery/survey';
import { peek } from './support/as-found';
import { Bench, holdOrder, releaseOrder, send, within } from './support-documents/bench';
import type { BenchHost } from './support-documents/bench';

const run = promisify(execFile);
const MODULES = join(__dirname, '..', '..', 'lib', 'documents', 'python');
const READ = `
import json, sys
from result import Refused
from raftlog import read_log
try: print(json.dumps(read_log(sys.argv[1])))
except Refused as refused: print(json.dumps({'refused': refused.code}))
`;
/** More than one leaf page, so that the tree has branch pages; one job larger than a page, for overflow pages. */
const MANY_JOBS = 260;
const LARGE_COMMAND = 'x'.repeat(30_000);

const readRaft = async (raftDir: string): Promise<unknown> => {
  const env = { ...process.env, PYTHONPATH: MODULES, PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await run('python3', ['-c', READ, raftDir], { env });
  return JSON.parse(stdout);
};
const ours = async (host: BenchHost): Promise<LogFacts> => LogFacts.parse(await readRaft(`${host.dataDir}/raft`));
const Config = z.array(z.object({ id: z.string(), address: z.string() }));

/** Both readers, on the same file: ours is the product's, the other one is the oracle. */
const expectAgreement = async (host: BenchHost): Promise<LogFacts> => {
  const [log, oracle] = [await ours(host), await peek(host.dataDir)];
  expect({ index: log.lastIndex, term: log.lastTerm }).toEqual({ index: oracle.last_index, term: oracle.last_term });
  const ids = (servers: readonly { id: string; address: string }[]) =>
    servers.map(({ id, address }) => `${id} ${address}`).sort();
  expect(ids(log.configuration)).toEqual(ids(Config.parse(oracle.config)));
  return log;
};

/** What kinds of pages the reader had to cope with; bolt's page header is id, flags, count, overflow. */
const pagesOf = async (host: BenchHost): Promise<{ branches: number; overflows: number }> => {
  const file = await readFile(`${host.dataDir}/raft/raft.db`);
  const size = file.readUInt32LE(16 + 8);
  const headers = Array.from({ length: Math.floor(file.length / size) }, (_, n) =>
    file.subarray(n * size, n * size + 16),
  );
  const trees = headers.filter((head, n) => Number(head.readBigUInt64LE(0)) === n && (head.readUInt16LE(8) & 3) !== 0);
  return {
    branches: trees.filter((head) => (head.readUInt16LE(8) & 1) !== 0).length,
    overflows: trees.filter((head) => head.readUInt32LE(12) > 0).length,
  };
};

describe('our log reader against the oracle', () => {
  let bench: Bench;
  let host: BenchHost;

  beforeAll(async () => {
    bench = await Bench.start(1, MANY_JOBS);
    host = bench.host;
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.reset(host));

  test('a running server, while it writes', async () => {
    await within(20_000, () => bench.leader());
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

  test('a stopped and a killed server', async () => {
    await within(20_000, () => bench.leader());
    await bench.supervisorctl(host, 'stop', 'dkron');
    expect((await expectAgreement(host)).jobs).toBe(MANY_JOBS);
    await bench.reset(host);
    await within(20_000, () => bench.leader());
    await bench.drive('down', host);
    const log = await expectAgreement(host);
    expect(log.jobs).toBe(MANY_JOBS);
    expect(log.terms.at(-1)?.term).toBe(log.lastTerm);
  });

  test('a recovered server: the log is empty, and the position comes from the snapshot', async () => {
    await bench.supervisorctl(host, 'stop', 'dkron');
    const before = await ours(host);
    await send('hold', host, holdOrder(host));
    await send('release', host, releaseOrder(host));
    await within(20_000, () => bench.leader());
    const log = await expectAgreement(host);
    expect(log.snapshot?.index).toBeGreaterThanOrEqual(before.lastIndex);
    expect(log.jobs).toBe(MANY_JOBS);
  });

  test('a torn, a foreign and a missing file have a name each', async () => {
    await bench.drive('down', host);
    const folder = await mkdtemp(join(tmpdir(), 'raftlog-'));
    try {
      const named = async (content: Buffer | null, size?: number): Promise<unknown> => {
        const raft = await mkdtemp(join(folder, 'raft-'));
        if (content) await writeFile(join(raft, 'raft.db'), content);
        if (size !== undefined) await truncate(join(raft, 'raft.db'), size);
        return readRaft(raft);
      };
      const whole = await readFile(`${host.dataDir}/raft/raft.db`);
      await mkdir(join(folder, 'empty'));
      expect(await named(whole, 16_384)).toEqual({ refused: 'LogTorn' });
      expect(await named(Buffer.from('not a database '.repeat(2000)))).toEqual({ refused: 'LogForeign' });
      expect(await named(null)).toEqual({ refused: 'NoLog' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
