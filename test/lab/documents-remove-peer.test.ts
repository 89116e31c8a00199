import { readdir, readFile } from 'node:fs/promises';
import { RemovePeerResult } from '../../lib/recovery/order';
import { listPeers, membersOf, namesOf, rpcOf, settled } from '../documents/support/led-bench';
import type { Led } from '../documents/support/led-bench';
import { Bench } from './support-documents/bench';
import type { BenchHost } from './support-documents/bench';
import { within } from './support-documents/looks';
import { guarded, send } from './support-documents/orders';
import type { Answer, SendOptions } from './support-documents/orders';

interface Peer {
  readonly id: string;
  readonly address: string;
}

let bench: Bench;
let led: Led;

const peer = (host: BenchHost): Peer => ({ id: host.nodeName, address: rpcOf(host) });
const orderFor = (host: BenchHost, ...peers: readonly Peer[]) => ({ ...guarded(host), address: rpcOf(host), peers });
const remove = (host: BenchHost, peers: readonly Peer[], options: SendOptions = {}): Promise<Answer> =>
  send('remove-peer', host, orderFor(host, ...peers), options);
const removed = (answer: Answer): RemovePeerResult => {
  const result = RemovePeerResult.parse(answer.result);
  if (result.outcome === 'refused') throw new Error(`refused: ${result.code} ${result.detail}`);
  expect(answer.exitCode).toBe(0);
  return result;
};
const refusal = (answer: Answer): string => {
  const result = RemovePeerResult.parse(answer.result);
  if (result.outcome !== 'refused') throw new Error(`expected a refusal, got ${answer.line}`);
  expect(answer.exitCode).toBe(3);
  return result.code;
};
const settle = async (servers: number): Promise<void> => {
  bench = await Bench.start(servers, 3);
};
const close = () => bench.close();
const fresh = async (): Promise<void> => {
  for (const host of bench.hosts) await bench.drive('thaw', host);
  led = await settled(bench);
};

describe('of three servers', () => {
  beforeAll(() => settle(3));
  afterAll(close);
  beforeEach(fresh);

  const living = (): readonly BenchHost[] => [led.leader, ...led.others];
  const everybodyStays = async (): Promise<void> =>
    expect(await membersOf(bench, led.leader)).toEqual(namesOf(bench.hosts));

  test('a dead follower is removed by id on the host of the leader, and gone from every configuration', async () => {
    await bench.drive('down', led.follower);
    expect(removed(await remove(led.leader, [peer(led.follower)]))).toMatchObject({
      outcome: 'removed',
      hostId: led.leader.instanceId,
      removed: [led.follower.nodeName],
      left: namesOf(living()),
    });
    for (const host of living()) {
      expect(await within(5_000, async () => (await membersOf(bench, host)).length === 2)).toBe(true);
      expect(await membersOf(bench, host)).toEqual(namesOf(living()));
    }
    expect(await bench.leader(led.leader)).toBe(led.leader.nodeName);

    expect(removed(await remove(led.leader, [peer(led.follower)]))).toMatchObject({
      outcome: 'already-removed',
      removed: [],
      left: namesOf(living()),
    });
  });

  test('a frozen follower does not answer, although its port accepts', async () => {
    await bench.drive('freeze', led.follower);
    expect(removed(await remove(led.leader, [peer(led.follower)]))).toMatchObject({ outcome: 'removed' });
    expect(await membersOf(bench, led.leader)).toEqual(namesOf(living()));
  });

  test('on the host of a follower nobody is removed', async () => {
    await bench.drive('down', led.follower);
    const [other] = led.others;
    if (!other) throw new Error('three servers have two followers');
    expect(refusal(await remove(other, [peer(led.follower)]))).toBe('NotLeader');
    await everybodyStays();
  });

  test('a peer that answers stays, and so does a dead one that was named before it', async () => {
    const [other] = led.others;
    if (!other) throw new Error('three servers have two followers');
    expect(refusal(await remove(led.leader, [peer(led.follower)]))).toBe('PeerAnswers');
    await bench.drive('down', led.follower);
    expect(refusal(await remove(led.leader, [peer(led.follower), peer(other)]))).toBe('PeerAnswers');
    await everybodyStays();
  });

  test('the leader does not remove itself', async () => {
    expect(refusal(await remove(led.leader, [peer(led.leader)]))).toBe('PeerLeads');
    await everybodyStays();
  });

  test('a peer that has another address by now is not the one that was approved', async () => {
    await bench.drive('down', led.follower);
    const elsewhere = { ...peer(led.follower), address: '127.77.1.99:6868' };
    expect(refusal(await remove(led.leader, [elsewhere]))).toBe('PeerDiffers');
    await everybodyStays();
  });

  test('an order that is late, for another host or of an older run removes nobody', async () => {
    await bench.drive('down', led.follower);
    const order = orderFor(led.leader, peer(led.follower));
    const late = { ...order, deadline: '2001-01-01T00:00:00.000Z' };
    expect(refusal(await send('remove-peer', led.leader, late))).toBe('Late');
    expect(refusal(await remove(led.leader, order.peers, { named: 'i-0fffffffffffffff9' }))).toBe('ForeignHost');
    await send('undo', led.leader, { ...guarded(led.leader), wasRunning: true }, { counter: 9 });
    expect(refusal(await remove(led.leader, order.peers, { counter: 8 }))).toBe('LowerCounter');
    await everybodyStays();
  });

  test('a service manager that this version does not operate is refused by name', async () => {
    const order = orderFor(led.leader, peer(led.follower));
    const answer = await send('remove-peer', led.leader, {
      ...order,
      manager: { kind: 'container', socket: '', unit: '' },
    });
    expect(refusal(answer)).toBe('ServiceManagerUnsupported');
  });

  test('the table of peers has the columns that are read here and by the product', async () => {
    const [head, ...rows] = (await listPeers(bench, led.leader)).trim().split('\n');
    expect(head?.split(/\s{2,}/)).toEqual(['Node', 'ID', 'Address', 'State', 'Voter']);
    expect(rows.map((row) => row.split(/\s{2,}/)).sort()).toEqual(
      bench.hosts
        .map((host) => {
          const state = host === led.leader ? 'leader' : 'follower';
          return [host.nodeName, host.nodeName, rpcOf(host), state, 'true'];
        })
        .sort(),
    );
  });
});

/** Whether the document is asking that server right now whether it answers. */
const isAsked = async (host: BenchHost): Promise<boolean> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const argv = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return argv.some((words) => words.includes('list-peers') && words.includes(rpcOf(host)));
};

describe('of five servers', () => {
  beforeAll(() => settle(5));
  afterAll(close);
  beforeEach(fresh);

  test('two dead ones are removed one after the other', async () => {
    const [dead, ...living] = led.others;
    if (!dead) throw new Error('five servers have four followers');
    for (const host of [led.follower, dead]) await bench.drive('down', host);
    expect(removed(await remove(led.leader, [peer(led.follower), peer(dead)]))).toMatchObject({
      outcome: 'removed',
      removed: [led.follower.nodeName, dead.nodeName],
      left: namesOf([led.leader, ...living]),
    });
  });

  test('nobody is removed when fewer than a majority answer, also where the last one fell silent just now', async () => {
    const [dead, ...living] = led.others;
    const [last] = living;
    if (!dead || !last) throw new Error('five servers have four followers');
    await bench.drive('down', dead);
    await bench.drive('freeze', led.follower);
    const answer = remove(led.leader, [peer(led.follower)]);
    expect(await within(20_000, () => isAsked(led.follower))).toBe(true);
    await bench.drive('freeze', last);
    expect(refusal(await answer)).toBe('MajorityAtRisk');
    await bench.drive('thaw', last);
    expect(await membersOf(bench, led.leader)).toEqual(namesOf(bench.hosts));
  });
});
