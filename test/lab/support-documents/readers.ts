import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { LogFacts } from '../../../lib/recovery/survey';
import { peek } from '../support/as-found';
import type { BenchHost } from './bench';

const run = promisify(execFile);
const OURS = join(__dirname, '..', '..', '..', 'lib', 'documents', 'python');
const ORACLE = join(__dirname, '..', 'oracle');
const READ = `
import json, sys
from result import Refused
from raftlog import read_log
try: print(json.dumps(read_log(sys.argv[1])))
except Refused as refused: print(json.dumps({'refused': refused.code}))
`;
const TERMS = `
import json, sys
from raftpeek import Bolt, U64, mp
print(json.dumps([[U64(key), mp(value)[0]['Term']] for _, key, value in Bolt(sys.argv[1]).bucket(b'logs')]))
`;
const Servers = z.array(z.object({ id: z.string(), address: z.string() }));
const Terms = z.array(z.tuple([z.number(), z.number()]));

const python = async (modules: string, program: string, path: string): Promise<unknown> => {
  const env = { ...process.env, PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await run('python3', ['-c', program, path], { env, maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout);
};

/** What our reader says of a raft directory: facts, or the name of a refusal. */
export const readRaft = (raftDir: string): Promise<unknown> => python(OURS, READ, raftDir);

export const ours = async (host: BenchHost): Promise<LogFacts> =>
  LogFacts.parse(await readRaft(`${host.dataDir}/raft`));

/** Index and term of every entry, as the oracle sees them. */
export const termsOf = async (host: BenchHost): Promise<readonly (readonly [number, number])[]> =>
  Terms.parse(await python(ORACLE, TERMS, `${host.dataDir}/raft/raft.db`));

/** Both readers, on the same file: ours is the product's, the other one is the oracle. */
export const expectAgreement = async (host: BenchHost): Promise<LogFacts> => {
  const [log, oracle] = [await ours(host), await peek(host.dataDir)];
  expect({ index: log.lastIndex, term: log.lastTerm }).toEqual({ index: oracle.last_index, term: oracle.last_term });
  const told = (servers: readonly { id: string; address: string }[]) =>
    servers.map(({ id, address }) => `${id} ${address}`).sort();
  expect(told(log.configuration)).toEqual(told(Servers.parse(oracle.config)));
  return log;
};

/** What kinds of pages the reader had to cope with; bolt's page header is id, flags, count, overflow. */
export const pagesOf = async (host: BenchHost): Promise<{ branches: number; overflows: number }> => {
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
