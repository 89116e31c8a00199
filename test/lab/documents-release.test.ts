import { writeFile } from 'node:fs/promises';
import { ReleaseResult, VerifyResult } from '../../lib/recovery/order';
import { Bench, dkronPids, get, guarded, holdOrder, listing, releaseOrder, send, sleep, within } from './support-documents/bench';
import type { Answer, BenchHost } from './support-documents/bench';

let bench: Bench;
let host: BenchHost;

beforeAll(async () => {
  bench = await Bench.start(3, 20);
  host = bench.host;
});
afterAll(async () => bench.close());
beforeEach(async () => bench.reset(host));

const refusal = (answer: Answer): string => {
  expect(answer.exitCode).toBe(3);
  const result = ReleaseResult.parse(answer.result);
  if (result.outcome !== 'refused') throw new Error(`expected a refusal, got ${answer.line}`);
  return result.code;
};
const released = (answer: Answer): Exclude<ReleaseResult, { outcome: 'refused' }> => {
  const result = ReleaseResult.parse(answer.result);
  if (result.outcome === 'refused') throw new Error(`refused: ${result.code} ${result.detail}`);
  expect(answer.exitCode).toBe(0);
  return result;
};
const looked = (answer: Answer): Exclude<VerifyResult, { outcome: 'refused' }> => {
  const result = VerifyResult.parse(answer.result);
  if (result.outcome === 'refused') throw new Error(`refused: ${result.code} ${result.detail}`);
  return result;
};
const dropIns = async (): Promise<readonly string[]> => listing(`${host.directory}/conf.d`);
const recover = async (): Promise<Answer> => {
  await send('hold', host, holdOrder(host));
  const answer = await send('release', host, releaseOrder(host));
  expect(await within(20_000, async () => (await bench.leader()) === host.nodeName)).toBe(true);
  return answer;
};

test('one of three servers held and released leads again, with every job', async () => {
  expect(await bench.leader()).toBeNull();
  const result = released(await recover());
  expect(result).toMatchObject({ outcome: 'released', consumed: true });
  expect(await bench.jobs()).toBe(20);
  const view = looked(await send('verify', host, { ...guarded(host), part: 'look', removeOverride: false }));
  expect(view).toMatchObject({ canary: 'not-asked', jobs: 20, overrideRemoved: false });
  expect(view.log).toMatchObject({ jobs: 20, configuration: [{ id: host.nodeName, address: `${host.address}:6868` }] });
  expect(view.leader).toMatchObject({ outcome: 'answered', leader: { id: host.nodeName } });
});

test('a second release is skipped and restarts nothing', async () => {
  const first = released(await recover());
  const pids = await dkronPids(host);
  const second = released(await send('release', host, releaseOrder(host)));
  expect(second).toMatchObject({ outcome: 'already-released', consumed: true, startedAt: first.startedAt });
  expect(await dkronPids(host)).toEqual(pids);
});

test('the server that the join list of dead peers would block comes up with the override', async () => {
  const dead = bench.hosts.filter((one) => one !== host).map((one) => one.address);
  await bench.drive('down', host);
  await bench.up(host, '--join', dead.join(','));
  await sleep(1_500);
  expect(await get(`http://${host.http}/v1/isleader`)).toBeNull();
  released(await recover());
  expect(await bench.jobs()).toBe(20);
});

test('join lists in flags are overridden as well, and the variables of the program stay', async () => {
  const dead = bench.hosts.filter((one) => one !== host).map((one) => `${one.address}:8946`);
  const flags = `--retry-join ${dead[0]} --retry-join=${dead[1]}`;
  const command = `${bench.tools.dkron} agent --config ${host.directory}/dkron.yml ${flags}`;
  const program = `[program:dkron]\ncommand=${command}\nenvironment=GREETING="a, b",DKRON_LOG_LEVEL=debug\n`;
  await writeFile(`${host.directory}/conf.d/dkron.conf`, program);
  await bench.supervisorctl(host, 'update');
  released(await recover());
  const pid = (await dkronPids(host))[0];
  const told = await bench.supervisorctl(host, 'status', 'dkron');
  expect(told).toContain(`pid ${pid}`);
  expect(await bench.jobs()).toBe(20);
});

test('verify creates and deletes a canary, takes the override away and restarts nothing', async () => {
  await recover();
  expect(await dropIns()).toHaveLength(1);
  const pids = await dkronPids(host);
  const view = looked(await send('verify', host, { ...guarded(host), part: 'canary', removeOverride: true }));
  expect(view).toMatchObject({ canary: 'created-and-deleted', jobs: 20, overrideRemoved: true });
  expect(await bench.jobs()).toBe(20);
  expect(await dropIns()).toEqual([]);
  expect(await dkronPids(host)).toEqual(pids);
  const again = looked(await send('verify', host, { ...guarded(host), part: 'look', removeOverride: true }));
  expect(again.overrideRemoved).toBe(false);
});

test('verify says that the canary failed where there is no quorum', async () => {
  const view = looked(await send('verify', host, { ...guarded(host), part: 'canary', removeOverride: false }));
  expect(view.canary).toBe('failed');
  expect(view.detail).not.toBe('');
});

test('verify counts the servers that gossip names', async () => {
  await recover();
  const view = looked(await send('verify', host, { ...guarded(host), part: 'look', removeOverride: false }));
  expect(view.members).toEqual([
    { name: host.nodeName, address: `${host.address}:8946`, status: 'alive', server: true },
  ]);
});

describe('a release is refused, and the data stays held,', () => {
  beforeEach(async () => void (await send('hold', host, holdOrder(host))));
  const stillHeld = async (sent: Promise<Answer>, code: string): Promise<void> => {
    const before = await listing(host.dataDir);
    expect(refusal(await sent)).toBe(code);
    expect(await listing(host.dataDir)).toEqual(before);
    expect(await dropIns()).toEqual([]);
    expect(await dkronPids(host)).toEqual([]);
  };

  test('when peers.json was changed on disk', async () => {
    const order = releaseOrder(host);
    const peers = `${host.dataDir}/raft.held-bench-20261125T000000Z-1/peers.json`;
    await writeFile(peers, '[]');
    await stillHeld(send('release', host, order), 'PeersHashDiffers');
  });
  test('when it comes late', async () =>
    stillHeld(send('release', host, { ...releaseOrder(host), deadline: '2001-01-01T00:00:00Z' }), 'Late'));
  test('when it is for another host', async () =>
    stillHeld(send('release', host, releaseOrder(host), { named: 'i-0123456789abcdef0' }), 'ForeignHost'));
  test('when its counter is lower', async () =>
    stillHeld(send('release', host, releaseOrder(host), { counter: 6 }), 'LowerCounter'));
  test('when another case sends it', async () =>
    stillHeld(send('release', host, releaseOrder(host), { caseId: 'another' }), 'HeldByOtherCase'));
  test('when another manager runs Dkron', async () =>
    stillHeld(
      send('release', host, { ...releaseOrder(host), manager: { kind: 'systemd', socket: '', unit: 'dkron' } }),
      'ServiceManagerUnsupported',
    ));
  test('when the hold is a fence', async () => {
    await send('hold', host, { ...holdOrder(host), role: 'fence', peersJson: null, peersSha256: null });
    await stillHeld(send('release', host, releaseOrder(host)), 'FenceHold');
  });
});

test('a release without a hold is refused and the server keeps running', async () => {
  const pids = await dkronPids(host);
  expect(refusal(await send('release', host, releaseOrder(host)))).toBe('NotHeld');
  expect(await dkronPids(host)).toEqual(pids);
});
