import { execFile } from 'node:child_process';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { LeaveResult } from '../../lib/recovery/order';
import { leaderOf, membersOf, namesOf, rpcOf, settled } from '../documents/support/led-bench';
import type { Led } from '../documents/support/led-bench';
import { Bench } from './support-documents/bench';
import type { BenchHost } from './support-documents/bench';
import { dkronPids, get, listing, sha256Of, within } from './support-documents/looks';
import { CASE, guarded, send } from './support-documents/orders';
import type { Answer, SendOptions } from './support-documents/orders';
import { ours } from './support-documents/readers';

const run = promisify(execFile);
const JOBS = 4;
/** The leader's reconcile comes once a minute, and twice where the leave just missed one. */
const RECONCILE_MS = 120_000;

let bench: Bench;
let led: Led;

beforeAll(async () => {
  bench = await Bench.start(3, JOBS);
});
afterAll(() => bench.close());
beforeEach(async () => {
  led = await settled(bench);
});

const held = (host: BenchHost): string => `${host.dataDir}/raft.held-${CASE}`;
const orderFor = (host: BenchHost) => ({ ...guarded(host), address: rpcOf(host) });
const leave = (host: BenchHost, rest: object = {}, options: SendOptions = {}): Promise<Answer> =>
  send('leave', host, { ...orderFor(host), ...rest }, options);
const left = (answer: Answer) => {
  const result = LeaveResult.parse(answer.result);
  if (result.outcome === 'refused') throw new Error(`refused: ${result.code} ${result.detail}`);
  expect(answer.exitCode).toBe(0);
  return result;
};
const refusal = (answer: Answer): string => {
  const result = LeaveResult.parse(answer.result);
  if (result.outcome !== 'refused') throw new Error(`expected a refusal, got ${answer.line}`);
  expect(answer.exitCode).toBe(3);
  return result.code;
};
const living = (): readonly BenchHost[] => [led.leader, ...led.others];

const expectOutForGood = async (host: BenchHost): Promise<void> => {
  expect(await dkronPids(host)).toEqual([]);
  expect((await stat(`${host.dataDir}/raft`)).isFile()).toBe(true);
  expect((await stat(`${held(host)}/raft.db`)).isFile()).toBe(true);
  expect(await get(`http://${host.http}/health`)).toBeNull();
};

test('a follower that leaves is stopped and held, and its Dkron cannot be started', async () => {
  const told = left(await leave(led.follower));
  expect(told).toMatchObject({ outcome: 'left', hostId: led.follower.instanceId, leftOver: [] });
  expect(told.stopped).not.toEqual([]);
  await expectOutForGood(led.follower);
  expect(left(await leave(led.follower))).toMatchObject({ outcome: 'already-left', stopped: [], leftOver: [] });

  const data = await sha256Of(`${held(led.follower)}/raft.db`);
  await bench.supervisorctl(led.follower, 'start', 'dkron');
  const log = `${led.follower.directory}/dkron.log`;
  expect(await within(30_000, async () => (await readFile(log, 'utf8')).includes('not a directory'))).toBe(true);
  await bench.supervisorctl(led.follower, 'stop', 'dkron');
  await expectOutForGood(led.follower);
  expect(await sha256Of(`${held(led.follower)}/raft.db`)).toBe(data);
  expect(await leaderOf(bench, living())).toBe(led.leader.nodeName);
});

test('the leader drops who left from the configuration, and the README tells how to join again, empty', async () => {
  const { follower } = led;
  left(await leave(follower));
  expect(await within(RECONCILE_MS, async () => (await membersOf(bench, led.leader)).length === 2)).toBe(true);
  expect(await membersOf(bench, led.leader)).toEqual(namesOf(living()));

  const readme = await readFile(`${held(follower)}/README`, 'utf8');
  const commands = readme.split('\n').filter((line) => /^ {2}\S/.test(line));
  expect(commands.map((line) => line.trim().split(' ')[0])).toEqual(['rm', 'mv', 'supervisorctl']);
  const PATH = `${dirname(bench.tools.python)}:${process.env.PATH ?? ''}`;
  await run('/bin/sh', ['-ec', commands.join('\n')], { env: { PATH } });

  const isBack = async () => (await membersOf(bench, led.leader)).includes(follower.nodeName);
  expect(await within(RECONCILE_MS, isBack)).toBe(true);
  expect(await within(10_000, async () => (await bench.jobs(follower)) === JOBS)).toBe(true);
  expect(await leaderOf(bench, bench.hosts)).toBe(led.leader.nodeName);
  // Its old data went aside, it did not come back: the log began anew.
  expect((await stat(`${follower.dataDir}/.requorum/${CASE}/raft/raft.db`)).isFile()).toBe(true);
});

test('the leader may leave too: another one leads, with every job', async () => {
  expect(left(await leave(led.leader)).outcome).toBe('left');
  await expectOutForGood(led.leader);
  const rest = [led.follower, ...led.others];
  // Who is left goes on naming the old leader until it has heard of the new one.
  const isLed = async (): Promise<boolean> => namesOf(rest).includes((await leaderOf(bench, rest)) ?? '');
  expect(await within(20_000, isLed)).toBe(true);
  expect(await bench.jobs(led.follower)).toBe(JOBS);
});

describe('nobody leaves, and nothing changes on the host', () => {
  const unchanged = async (host: BenchHost, refused: () => Promise<string>): Promise<string> => {
    const [files, pids] = [await listing(host.dataDir), await dkronPids(host)];
    expect(pids).not.toEqual([]);
    const code = await refused();
    expect(await listing(host.dataDir)).toEqual(files);
    expect(await dkronPids(host)).toEqual(pids);
    return code;
  };

  test('without a leader', async () => {
    const { follower } = led;
    for (const host of living()) await bench.drive('down', host);
    expect(await within(20_000, async () => (await bench.leader(follower)) === null)).toBe(true);
    const { lastIndex } = await ours(follower);
    expect(await unchanged(follower, async () => refusal(await leave(follower)))).toBe('NoLeaderHere');
    expect((await ours(follower)).lastIndex).toBe(lastIndex);
  });

  const orders: readonly [string, string, object, SendOptions][] = [
    ['under another node name than the next start will use', 'NodeNameDiffers', { nodeName: 'bench-9' }, {}],
    ['when the order is late', 'Late', { deadline: '2001-01-01T00:00:00.000Z' }, {}],
    ['when the order is for another host', 'ForeignHost', {}, { named: 'i-0fffffffffffffff9' }],
    [
      'when another manager runs Dkron',
      'ServiceManagerUnsupported',
      { manager: { kind: 'container', socket: '', unit: '' } },
      {},
    ],
    ['where Dkron itself refuses', 'DkronFailed', { address: '127.77.1.99:6868' }, {}],
  ];
  test.each(orders)('%s', async (_, code, rest, options) => {
    const { follower } = led;
    expect(await unchanged(follower, async () => refusal(await leave(follower, rest, options)))).toBe(code);
    expect(await bench.leader(follower)).toBe(led.leader.nodeName);
  });

  test('when the order is of an older run', async () => {
    const { follower } = led;
    await send('undo', follower, { ...guarded(follower), wasRunning: true }, { counter: 9 });
    const late = async () => refusal(await leave(follower, {}, { counter: 8 }));
    expect(await unchanged(follower, late)).toBe('LowerCounter');
  });
});

describe('a leave that is cut off is finished by the next one', () => {
  /** Runs Dkron as it is, and ends the script that asks it to leave. */
  const deadly = async (host: BenchHost, leaving: string): Promise<void> => {
    const path = `${host.directory}/deadly-dkron`;
    const real = bench.tools.dkron;
    await rm(`${path}.once`, { recursive: true, force: true });
    await writeFile(
      path,
      `#!/bin/sh\nif [ "$1" = leave ] && mkdir ${path}.once; then ${leaving}; exit 1; fi\nexec ${real} "$@"\n`,
    );
    await chmod(path, 0o755);
    await bench.drive('down', host);
    await bench.up(host, '--dkron', path);
    expect(await within(20_000, async () => (await bench.leader(host)) === led.leader.nodeName)).toBe(true);
  };

  test.each([
    ['before Dkron was asked', () => 'kill -9 $PPID'],
    ['after Dkron left', () => `${bench.tools.dkron} "$@"; kill -9 $PPID`],
  ])('%s', async (_, leaving) => {
    const { follower } = led;
    await deadly(follower, leaving());
    await expect(leave(follower)).rejects.toThrow('0 result lines');
    // Whatever it got to, a restart by its manager or of its host does not bring it back.
    expect((await stat(`${follower.dataDir}/raft`)).isFile()).toBe(true);
    expect(left(await leave(follower)).outcome).toBe('left');
    await expectOutForGood(follower);
    expect(left(await leave(follower)).outcome).toBe('already-left');
  });
});
