import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate } from './support/python';

/* What Dkron v4.0.5 printed, word for word. */
const ONE = `Node     ID       Address           State   Voter
bench-1  bench-1  127.77.38.1:6868  leader  true
`;
const UNKNOWN = `Node       ID                Address           State     Voter
bench-1    bench-1           127.77.38.1:6868  follower  true
(unknown)  gone with spaces  [fd00::1]:6868    follower  true
(unknown)  nonvoter          127.77.1.98:6868  follower  false
`;
const DOWN = `time="2026-11-25T10:20:23Z" level=error msg="grpc: error dialing." error="context deadline exceeded" method=RaftGetConfiguration server_addr="127.77.38.1:6868"
Error: context deadline exceeded
Usage:
  dkron raft list-peers [flags]

Flags:
  -h, --help   help for list-peers

Global Flags:
      --rpc-addr string   gRPC address of the agent. (default "{{ GetPrivateIP }}:6868")
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'membership-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that prints this, on both channels, and ends so. */
const dkron = async (out: string, { err = '', code = 0, before = ':' } = {}): Promise<string> => {
  const path = join(folder, 'dkron');
  await writeFile(join(folder, 'out'), out);
  await writeFile(join(folder, 'err'), err);
  await writeFile(path, `#!/bin/sh\n${before}\ncat ${folder}/err >&2\ncat ${folder}/out\nexit ${code}\n`);
  await chmod(path, 0o755);
  return path;
};
const listed = async (binary: string) =>
  evaluate('membership', 'membership.list_peers(*words)', binary, '10.0.0.1:6868');

test('a server alone is listed by id and address', async () => {
  expect(await listed(await dkron(ONE))).toEqual({ 'bench-1': '127.77.38.1:6868' });
});

test('servers that gossip does not know are listed too, as are IPv6 addresses and ids with a space', async () => {
  expect(await listed(await dkron(UNKNOWN))).toEqual({
    'bench-1': '127.77.38.1:6868',
    'gone with spaces': '[fd00::1]:6868',
    nonvoter: '127.77.1.98:6868',
  });
});

test('a line of its log beside the table is no server', async () => {
  const err = 'time="2026-11-25T10:20:23Z" level=warning  msg=slow  server_addr=10.0.0.9:6868\n';
  expect(await listed(await dkron(ONE, { err }))).toEqual({ 'bench-1': '127.77.38.1:6868' });
});

test('a server that is down is a refusal with the words of Dkron', async () => {
  expect(await listed(await dkron('context deadline exceeded\n', { err: DOWN, code: 1 }))).toEqual({
    refused: 'DkronFailed',
    detail: expect.stringMatching(/^raft list-peers --rpc-addr 10.0.0.1:6868: [^]*deadline exceeded$/) as string,
  });
});

test('a server answers when it lists its peers in time; a refusal and a silence are no answer', async () => {
  const answers = (binary: string) => evaluate('membership', 'membership.answers(*words)', binary, '10.0.0.1:6868');
  expect(await answers(await dkron(ONE))).toBe(true);
  expect(await answers(await dkron('', { err: DOWN, code: 1 }))).toBe(false);
  expect(await answers(await dkron(ONE, { before: 'exec sleep 30' }))).toBe(false);
  expect(await answers(join(folder, 'nobody'))).toBe(false);
}, 20_000);

test('what is asked is the table of that server and nothing else', async () => {
  const binary = await dkron('', { before: `printf '%s\\n' "$@" > ${folder}/asked` });
  await listed(binary);
  expect(await evaluate('membership', 'open(words[0]).read().split("\\n")', `${folder}/asked`)).toEqual([
    'raft',
    'list-peers',
    '--rpc-addr',
    '10.0.0.1:6868',
    '',
  ]);
});
