import type { DocumentName } from '../../lib/documents/documents';
import { HoldResult, LeaveResult, ReleaseResult, RemovePeerResult, VerifyResult } from '../../lib/recovery/order';
import { HostFacts } from '../../lib/recovery/survey';
import type { BenchHost } from '../lab/support-documents/bench';
import { told } from '../lab/support-documents/clean-bench';
import { get, within } from '../lab/support-documents/looks';
import { cleanOrder, guarded, letInOrder, releaseOrder, send, type Answer } from '../lab/support-documents/orders';
import { keepCells } from '../support/table-rows';
import { jobsOn } from './support/jobs';
import type { Machines } from './support/machines';
import { JOBS, TRIO, leads, trio } from './support/trio';

const DATA = '/var/lib/dkron';
/** The case after the one that took a server out. */
const NEXT = { caseId: 'bench-20261125T010000Z-1', counter: 8 };
/** Dkron's reconcile comes once a minute. */
const RECONCILE_MS = 130_000;

/*
 * The contract of every document but hold, on three machines with systemd (hold: contract.test.ts; the same on hosts that are
 * processes: test/lab/documents-*). What is refused leaves the host as it was found.
 */
describe('the contract of the documents on machines with systemd', () => {
  let machines: Machines;
  let leader: BenchHost;
  let follower: BenchHost;
  let other: BenchHost;
  const shell = (host: BenchHost, script: string): Promise<string> => machines.shell(host.nodeName, script);
  const rpc = ({ address }: BenchHost): string => `${address}:6868`;
  const listed = async (): Promise<string[]> => {
    const answer = await get(`http://${leader.http}/v1/members`);
    const members = JSON.parse(answer?.body ?? '[]') as { Name: string; Status: number }[];
    return members.flatMap(({ Name, Status }) => (Status === 1 ? [Name] : [])).sort();
  };
  const asFound = async (host: BenchHost): Promise<unknown> => ({
    files: await shell(
      host,
      `cd ${DATA} && find . -not -path "./.requorum*" -not -name "*.db" -printf "%p %y %m %u\\n" | sort`,
    ),
    service: await shell(host, 'systemctl show dkron --property ActiveState,MainPID,DropInPaths,Restart'),
  });

  beforeAll(async () => {
    machines = await trio();
    const hosts = TRIO.map((name, at) => machines.bench(name, at + 1));
    const leading = await Promise.all(hosts.map(({ address }) => leads(address)));
    const [first] = hosts.filter((_, at) => leading[at]);
    const [second, third] = hosts.filter((_, at) => !leading[at]);
    if (!first || !second || !third) throw new Error('one of three leads');
    [leader, follower, other] = [first, second, third];
  });
  afterAll(() => machines?.end());

  const orders: Readonly<Record<string, () => Record<string, unknown>>> = {
    release: () => releaseOrder(follower),
    undo: () => ({ ...guarded(follower), wasRunning: true }),
    verify: () => ({ ...guarded(follower), part: 'look', removeOverride: true }),
    leave: () => ({ ...guarded(follower), address: rpc(follower) }),
    'remove-peer': () => ({ ...guarded(follower), address: rpc(follower), peers: [] }),
  };
  const trials = [
    { what: 'late', code: 'Late', rest: { deadline: '2001-01-01T00:00:00Z' } },
    { what: 'for another host', code: 'ForeignHost', options: { named: 'i-0123456789abcdef0' } },
    { what: 'of a lower lease counter', code: 'LowerCounter', options: { counter: 3 } },
    {
      what: 'without python3',
      code: 'PythonMissing',
      before: 'chmod a-x $(readlink -f /usr/bin/python3)',
      after: 'chmod a+x $(readlink -f /usr/bin/python3)',
    },
  ];
  const rows = Object.keys(orders).flatMap((document) => trials.map((trial) => ({ document, ...trial })));

  test.each(rows)('$document $what is refused, and the host is as it was', async (row) => {
    const { document, what, code, rest = {}, options = {}, before, after } = row;
    await shell(follower, `mkdir -p ${DATA}/.requorum && echo '{"counter": 5}' > ${DATA}/.requorum/lease.json`);
    const found = await asFound(follower);
    if (before) await shell(follower, before);
    let answer: Answer;
    try {
      answer = await send(document as DocumentName, follower, { ...orders[document]?.(), ...rest }, options);
    } finally {
      if (after) await shell(follower, after);
    }
    expect((answer.result as { code?: string }).code).toBe(code);
    expect(await asFound(follower)).toEqual(found);
    keepCells(['systemd', `${document} ${what}`, code, '']);
  });

  test('release and remove-peer refuse what is not so: nothing is held, and this one does not lead', async () => {
    const found = await asFound(follower);
    const codeOf = async (document: DocumentName): Promise<unknown> =>
      ((await send(document, follower, orders[document]?.() ?? {})).result as { code?: unknown }).code;
    expect(await codeOf('release')).toBe('NotHeld');
    expect(await codeOf('remove-peer')).toBe('NotLeader');
    expect((await send('undo', follower, orders['undo']?.() ?? {})).result).toMatchObject({
      outcome: 'nothing-to-undo',
    });
    expect(await asFound(follower)).toEqual(found);
    keepCells(['systemd', 'release of what is not held', 'NotHeld', '']);
  });

  test('verify creates and deletes its job on the leader, as often as it is asked', async () => {
    for (let run = 1; run <= 2; run += 1) {
      const looked = await send('verify', leader, { ...guarded(leader), part: 'canary', removeOverride: false });
      expect(told(VerifyResult, looked)).toMatchObject({ canary: 'created-and-deleted', jobs: JOBS });
    }
    expect(await jobsOn(leader)).toBe(JOBS);
    keepCells(['systemd', 'verify, twice', 'the job is created and deleted', '']);
  });

  test('leave takes a follower out for good: whoever starts its service, no Dkron runs', async () => {
    expect(told(LeaveResult, await send('leave', follower, orders['leave']?.() ?? {}))).toMatchObject({
      ...{ outcome: 'left', leftOver: [] },
    });
    await shell(follower, 'systemctl start dkron || true');
    expect(await within(3_000, async () => (await get(`http://${follower.http}/health`)) !== null)).toBe(false);
    expect(await shell(follower, `stat -c %F ${DATA}/raft`)).toBe('regular file');
    // Where systemd comes too slowly to its limit it tries for ever, and each try joins the gossip for a moment (E12).
    await shell(follower, 'systemctl stop dkron');
    expect(await within(RECONCILE_MS, async () => !(await listed()).includes(follower.nodeName))).toBe(true);
    keepCells(['systemd', 'leave', 'left, held', '']);
  });

  test('it comes back clean: told so past a reboot, a voter with every job, and then its own settings count again', async () => {
    const dropIn = '/etc/systemd/system/dkron.service.d/zz-requorum-*.conf';
    const held = await send('hold', follower, cleanOrder(follower, 'bench-20261125T000000Z-1'), NEXT);
    expect(told(HoldResult, held).outcome).toBe('held');
    const released = await send('release', follower, letInOrder(follower, leader), NEXT);
    expect(told(ReleaseResult, released)).toMatchObject({ outcome: 'released', consumed: true });
    expect(await shell(follower, `ls ${dropIn} | wc -l`)).toBe('1');
    await machines.drive('down', follower.nodeName);
    await machines.drive('up', follower.nodeName);
    expect(await within(RECONCILE_MS, async () => (await jobsOn(follower)) === JOBS)).toBe(true);
    const look = { ...guarded(follower), part: 'look', removeOverride: true };
    const gone = async (): Promise<boolean> =>
      told(VerifyResult, await send('verify', follower, look, NEXT)).overrideRemoved;
    expect(await within(RECONCILE_MS, gone)).toBe(true);
    expect(await shell(follower, `ls ${dropIn} 2>/dev/null | wc -l`)).toBe('0');
    expect(await shell(follower, `find ${DATA}/.requorum -path '*old/raft/raft.db' | wc -l`)).toBe('1');
    keepCells(['systemd', 'let in clean, with a reboot in between', 'a follower with every job', '']);
  });

  test('remove-peer takes out a dead one on the leader, once', async () => {
    await machines.drive('down', other.nodeName);
    const peers = [{ id: other.nodeName, address: rpc(other) }];
    const remove = async () =>
      told(RemovePeerResult, await send('remove-peer', leader, { ...guarded(leader), address: rpc(leader), peers }));
    expect(await within(20_000, async () => !(await listed()).includes(other.nodeName))).toBe(true);
    expect(await remove()).toMatchObject({ outcome: 'removed', removed: [other.nodeName] });
    expect(await remove()).toMatchObject({ outcome: 'already-removed', removed: [] });
    expect(await jobsOn(leader)).toBe(JOBS);
    keepCells(['systemd', 'remove-peer, twice', 'removed, already removed', '']);
  });

  test('a unit of a tag that the host does not have is no unit: the plan refuses it before anything is held', async () => {
    await machines.drive('up', other.nodeName);
    await shell(other, 'systemctl kill -s SIGKILL dkron; systemctl stop dkron');
    const facts = HostFacts.parse((await send('inspect', other, { hints: { unit: 'cron' } })).result);
    expect(facts.manager).toMatchObject({ kind: 'systemd', unit: '' });
    keepCells(['systemd', 'a tag that names another unit', 'no unit', '']);
  });
});
