import { writeFile } from 'node:fs/promises';
import { UndoResult } from '../../lib/recovery/order';
import { Bench } from './support-documents/bench';
import type { BenchHost } from './support-documents/bench';
import { dkronPids, listing, sha256Of, within } from './support-documents/looks';
import { guarded, holdOrder, releaseOrder, send } from './support-documents/orders';
import type { Answer } from './support-documents/orders';

/** Another run of the same case, under a lease counter of its own. */
const LATER_RUN = { counter: 8 };

let bench: Bench;
let host: BenchHost;

beforeAll(async () => {
  bench = await Bench.start(2, 5);
  host = bench.host;
});
afterAll(async () => bench.close());
beforeEach(async () => bench.reset(host));

const undone = (answer: Answer): Exclude<UndoResult, { outcome: 'refused' }> => {
  const result = UndoResult.parse(answer.result);
  if (result.outcome === 'refused') throw new Error(`refused: ${result.code} ${result.detail}`);
  expect(answer.exitCode).toBe(0);
  return result;
};
const refusal = (answer: Answer): string => {
  const result = UndoResult.parse(answer.result);
  if (result.outcome !== 'refused') throw new Error(`expected a refusal, got ${answer.line}`);
  expect(answer.exitCode).toBe(3);
  return result.code;
};
const order = (wasRunning: boolean): Record<string, unknown> => ({ ...guarded(host), wasRunning });

test('undo puts a stopped server back byte for byte and leaves it stopped', async () => {
  await bench.supervisorctl(host, 'stop', 'dkron');
  const [names, data] = [await listing(host.dataDir), await sha256Of(`${host.dataDir}/raft/raft.db`)];
  await send('hold', host, holdOrder(host));
  expect(await listing(host.dataDir)).not.toEqual(names);

  expect(undone(await send('undo', host, order(false)))).toMatchObject({
    outcome: 'undone',
    raft: 'dir',
    running: false,
  });

  expect(await listing(host.dataDir)).toEqual(names);
  expect(await sha256Of(`${host.dataDir}/raft/raft.db`)).toBe(data);
  expect(await dkronPids(host)).toEqual([]);
});

test('undo starts a server that ran before', async () => {
  const names = await listing(host.dataDir);
  await send('hold', host, holdOrder(host));
  expect(undone(await send('undo', host, order(true)))).toMatchObject({
    outcome: 'undone',
    raft: 'dir',
    running: true,
  });
  expect(await within(10_000, async () => (await dkronPids(host)).length === 1)).toBe(true);
  expect(await listing(host.dataDir)).toEqual(names);
});

test('undo of a fence hold puts it back too', async () => {
  const names = await listing(host.dataDir);
  await send('hold', host, { ...holdOrder(host), role: 'fence', peersJson: null, peersSha256: null });
  undone(await send('undo', host, order(true)));
  expect(await listing(host.dataDir)).toEqual(names);
});

test('a peers.json that an operator left is refused before anything is touched: undo would hand it to the next start', async () => {
  await writeFile(`${host.dataDir}/raft/peers.json`, '["left by somebody"]');
  const [names, pids] = [await listing(host.dataDir), await dkronPids(host)];
  const { result } = await send('hold', host, holdOrder(host));
  expect(result).toMatchObject({ outcome: 'refused', code: 'PeersHashDiffers' });
  expect(await listing(host.dataDir)).toEqual(names);
  expect(await dkronPids(host)).toEqual(pids);
});

test('a second undo has nothing to do and restarts nothing', async () => {
  await send('hold', host, holdOrder(host));
  await send('undo', host, order(true));
  await within(10_000, async () => (await dkronPids(host)).length === 1);
  const pids = await dkronPids(host);
  expect(undone(await send('undo', host, order(true)))).toMatchObject({ outcome: 'nothing-to-undo', running: true });
  expect(await dkronPids(host)).toEqual(pids);
});

test('undo on a host where nothing was done says so', async () => {
  const names = await listing(host.dataDir);
  expect(undone(await send('undo', host, order(true)))).toMatchObject({ outcome: 'nothing-to-undo', raft: 'dir' });
  expect(await listing(host.dataDir)).toEqual(names);
});

test('a server held, undone and held again has a fresh backup and can be released', async () => {
  await send('hold', host, holdOrder(host));
  await send('undo', host, order(true));
  await send('hold', host, holdOrder(host), LATER_RUN);
  await send('release', host, releaseOrder(host), LATER_RUN);
  expect(await within(20_000, async () => (await bench.leader()) === host.nodeName)).toBe(true);
  expect(await bench.jobs()).toBe(5);
});

test('undo after a release is refused and the leader stays', async () => {
  await send('hold', host, holdOrder(host));
  await send('release', host, releaseOrder(host));
  expect(await within(20_000, async () => (await bench.leader()) === host.nodeName)).toBe(true);
  expect(refusal(await send('undo', host, order(true)))).toBe('AlreadyReleased');
  expect(await bench.leader()).toBe(host.nodeName);
});

describe('undo is refused and the hold stays', () => {
  beforeEach(async () => void (await send('hold', host, holdOrder(host))));
  const cases: readonly [string, string, () => Promise<Answer>][] = [
    ['when it comes late', 'Late', () => send('undo', host, { ...order(true), deadline: '2001-01-01T00:00:00Z' })],
    [
      'when it is for another host',
      'ForeignHost',
      () => send('undo', host, order(true), { named: 'i-0123456789abcdef0' }),
    ],
    ['when its counter is lower', 'LowerCounter', () => send('undo', host, order(true), { counter: 6 })],
    ['when another case sends it', 'HeldByOtherCase', () => send('undo', host, order(true), { caseId: 'another' })],
    [
      'when another manager runs Dkron',
      'ServiceManagerUnsupported',
      () => send('undo', host, { ...order(true), manager: { kind: 'none', socket: '', unit: '' } }),
    ],
  ];
  test.each(cases)('%s', async (_, code, sent) => {
    const before = await listing(host.dataDir);
    expect(refusal(await sent())).toBe(code);
    expect(await listing(host.dataDir)).toEqual(before);
  });
});

test.each([
  ['of a case that had held it', true],
  ['that found nothing to undo yet', false],
])('a hold that is delivered after the undo %s holds nothing', async (_, heldBefore) => {
  if (heldBefore) await send('hold', host, holdOrder(host));
  undone(await send('undo', host, order(true)));
  await within(10_000, async () => (await dkronPids(host)).length === 1);
  const [names, pids] = [await listing(host.dataDir), await dkronPids(host)];
  expect(refusal(await send('hold', host, holdOrder(host)))).toBe('AlreadyUndone');
  expect([await listing(host.dataDir), await dkronPids(host)]).toEqual([names, pids]);
  // A later run of the same case is another matter.
  expect((await send('hold', host, holdOrder(host), LATER_RUN)).result).toMatchObject({ outcome: 'held' });
});
