import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { leaderOf, settled } from '../documents/support/led-bench';
import { VerifyResult } from '../../lib/recovery/order';
import { CLOSED, CleanBench, PATIENCE_MS, codeOf, held, released, told, undone } from './support-documents/clean-bench';
import { dkronPids, get, listing, sha256Of, within } from './support-documents/looks';
import { CASE, cleanOrder, guarded, holdOrder, letInOrder, releaseOrder, send } from './support-documents/orders';
import type { Answer } from './support-documents/orders';

const JOBS = 12;
let clean: CleanBench;
let dataDir: string;

beforeAll(async () => {
  clean = await CleanBench.start(JOBS);
  ({ dataDir } = clean.host);
});
afterAll(() => clean.bench.close());
beforeEach(async () => {
  clean.counter = 7;
  await clean.allDown();
  await clean.bench.reset(clean.host);
});

const fileInPlace = async (): Promise<boolean> => (await stat(clean.raft)).isFile();
const running = async (): Promise<boolean> => (await dkronPids(clean.host)).length > 0;
const start = () => clean.bench.supervisorctl(clean.host, 'start', 'dkron');

describe('a server that a closed case holds', () => {
  beforeEach(() => clean.fence());

  test('is let in: a voter with every job, its old data kept byte for byte, in the end told what its operator says', async () => {
    await clean.recoverAlone();
    const old = await sha256Of(`${clean.heldDir(CLOSED)}/raft.db`);
    const names = await listing(clean.heldDir(CLOSED));
    const found = { outcome: 'held', backup: null, stopped: [], leftOver: [], wasRunning: false };
    expect(held(await clean.hold(CLOSED))).toMatchObject(found);
    expect(held(await clean.hold(CLOSED)).outcome).toBe('already-held');
    expect(await fileInPlace()).toBe(true);

    expect(released(await clean.letIn())).toMatchObject({ outcome: 'released', consumed: true });
    expect(await sha256Of(`${clean.aside}/raft.db`)).toBe(old);
    expect(await listing(clean.aside)).toEqual(names);
    expect(await clean.words('environ')).toContain('DKRON_BOOTSTRAP_EXPECT=0');
    const pids = await dkronPids(clean.host);
    expect(released(await clean.letIn())).toMatchObject({ outcome: 'already-released', consumed: true });
    expect(await dkronPids(clean.host)).toEqual(pids);
    await clean.expectLetIn();
    expect(codeOf(await clean.undo(CLOSED))).toBe('AlreadyReleased');
    expect(codeOf(await clean.hold())).toBe('AlreadyReleased');
    expect(await dkronPids(clean.host)).toEqual(pids);

    const look = await send('verify', clean.host, { ...guarded(clean.host), part: 'look', removeOverride: true });
    expect(told(VerifyResult, look)).toMatchObject({ overrideRemoved: true, jobs: JOBS });
    expect(await readdir(`${clean.host.directory}/conf.d`)).toEqual([]);
    expect(await dkronPids(clean.host)).toEqual(pids);
    await clean.bench.drive('down', clean.host);
    await clean.bench.up(clean.host);
    expect(await within(PATIENCE_MS, async () => (await clean.bench.jobs(clean.host)) === JOBS)).toBe(true);
    expect((await clean.words('environ')).filter((word) => word.startsWith('DKRON_'))).toEqual([]);
    expect(await sha256Of(`${clean.aside}/raft.db`)).toBe(old);
  });

  test('stays held by that case when this one is undone, and its Dkron does not run', async () => {
    const before = await listing(dataDir);
    held(await clean.hold(CLOSED));
    const readme = await readFile(`${clean.heldDir(CLOSED)}/README-${CASE}`, 'utf8');
    expect(readme).toContain(`case ${CLOSED} holds it as before`);
    expect(undone(await clean.undo(CLOSED))).toMatchObject({ outcome: 'undone', raft: 'file', running: false });
    expect(await listing(dataDir)).toEqual(before);
    const again = { outcome: 'nothing-to-undo', raft: 'file', running: false };
    expect(undone(await clean.undo(CLOSED))).toMatchObject(again);
    expect(undone(await clean.undo(null))).toMatchObject(again);
    expect(await listing(dataDir)).toEqual(before);
    expect(await running()).toBe(false);
  });

  test('has nothing to undo where its hold was refused, and is no other case’s to undo', async () => {
    const before = await listing(dataDir);
    const late = { ...cleanOrder(clean.host, CLOSED), deadline: '2001-01-01T00:00:00.000Z' };
    expect(codeOf(await send('hold', clean.host, late))).toBe('Late');
    expect(undone(await clean.undo(CLOSED))).toMatchObject({
      outcome: 'nothing-to-undo',
      raft: 'file',
      running: false,
    });
    expect(codeOf(await clean.undo(null))).toBe('HeldByOtherCase');
    expect(await listing(dataDir)).toEqual(before);
  });

  test('is not held by a plan that knows nothing of that case, nor for a case that does not hold it', async () => {
    const before = await listing(dataDir);
    expect(codeOf(await clean.hold(null))).toBe('HeldByOtherCase');
    expect(codeOf(await clean.hold('bench-20261123T000000Z-1'))).toBe('HeldByOtherCase');
    expect(await listing(dataDir)).toEqual(before);
  });
});

describe('a server with old data in place', () => {
  test('is held, put back as found by undo, and held and let in again', async () => {
    await clean.recoverAlone();
    await clean.bench.up(clean.host);
    const before = await listing(dataDir);
    const result = held(await clean.hold());
    expect(result).toMatchObject({
      outcome: 'held',
      backup: null,
      leftOver: [],
      wasRunning: true,
      log: { jobs: JOBS },
    });
    expect(result.stopped).not.toEqual([]);
    expect(await fileInPlace()).toBe(true);
    expect(await running()).toBe(false);

    expect(undone(await clean.undo(null))).toMatchObject({ outcome: 'undone', raft: 'dir', running: true });
    expect(await listing(dataDir)).toEqual(before);
    expect(await within(PATIENCE_MS, running)).toBe(true);
    const pids = await dkronPids(clean.host);
    expect(undone(await clean.undo(null))).toMatchObject({ outcome: 'nothing-to-undo', running: true });
    expect(await dkronPids(clean.host)).toEqual(pids);

    expect(codeOf(await clean.hold())).toBe('AlreadyUndone');
    clean.counter += 1;
    held(await clean.hold());
    const old = await sha256Of(`${clean.heldDir()}/raft.db`);
    expect(released(await clean.letIn())).toMatchObject({ outcome: 'released', consumed: true });
    expect(await sha256Of(`${clean.aside}/raft.db`)).toBe(old);
    expect((await listing(clean.aside)).map((row) => row.split(' ')[0])).toEqual(['raft.db', 'snapshots']);
  });

  test('is held though it follows a leader elsewhere; the leader itself is not', async () => {
    const led = await settled(clean.bench);
    const before = await listing(led.leader.dataDir);
    expect(codeOf(await send('hold', led.leader, cleanOrder(led.leader)))).toBe('LeaderPresent');
    expect(await listing(led.leader.dataDir)).toEqual(before);
    expect(held(await send('hold', led.follower, cleanOrder(led.follower)))).toMatchObject({ outcome: 'held' });
    expect(await leaderOf(clean.bench, [led.leader, ...led.others])).toBe(led.leader.nodeName);
  });

  test('is put back as found by the commands of its README', async () => {
    const before = await listing(dataDir);
    held(await clean.hold());
    const [, back = ''] = (await readFile(`${clean.heldDir()}/README`, 'utf8')).split('TO GO BACK');
    const commands = back.split('\n').filter((line) => /^ {2}\S/.test(line));
    expect(commands.map((line) => line.trim().split(' ')[0])).toEqual(['rm', 'mv', 'supervisorctl']);
    await clean.shell(...commands);
    expect(await within(PATIENCE_MS, running)).toBe(true);
    await rm(`${clean.raft}/README`);
    expect(await listing(dataDir)).toEqual(before);
    expect(codeOf(await clean.letIn())).toBe('OldDataInPlace');
    expect(await running()).toBe(true);
  });

  test('is put aside by the commands of its README', async () => {
    held(await clean.hold());
    const old = await sha256Of(`${clean.heldDir()}/raft.db`);
    const [on = ''] = (await readFile(`${clean.heldDir()}/README`, 'utf8')).split('TO GO BACK');
    await clean.shell(...on.split('\n').filter((line) => /^ {2}\S/.test(line)));
    expect((await listing(dataDir)).filter((row) => row.startsWith('raft'))).toEqual([]);
    expect(await sha256Of(`${clean.aside}/raft.db`)).toBe(old);
  });

  test('that did not run is not started by undo', async () => {
    await clean.bench.supervisorctl(clean.host, 'stop', 'dkron');
    const before = await listing(dataDir);
    expect(held(await clean.hold())).toMatchObject({ wasRunning: false, stopped: [] });
    expect(undone(await clean.undo(null, true))).toMatchObject({ outcome: 'undone', raft: 'dir', running: false });
    expect(await listing(dataDir)).toEqual(before);
  });

  test('is refused where the plan saw it held, or where two directories hold data', async () => {
    expect(codeOf(await clean.hold(CLOSED))).toBe('HoldDiffers');
    await clean.shell(`mkdir ${clean.heldDir(CLOSED)}`);
    expect(codeOf(await clean.hold())).toBe('RaftNotADirectory');
    expect(await running()).toBe(true);
  });

  test('never starts clean without a hold, nor under a hold for something else; a clean hold starts nothing else', async () => {
    expect(codeOf(await clean.letIn())).toBe('NotHeld');
    await send('hold', clean.host, { ...holdOrder(clean.host), role: 'fence', peersJson: null, peersSha256: null });
    const fenced = await listing(dataDir);
    expect(codeOf(await clean.letIn())).toBe('NotHeld');
    expect(await listing(dataDir)).toEqual(fenced);
    await clean.undo(null);
    clean.counter += 1;
    held(await clean.hold());
    const { counter } = clean;
    expect(codeOf(await send('release', clean.host, releaseOrder(clean.host), { counter }))).toBe('FenceHold');
    expect(await running()).toBe(false);
  });
});

describe('a server without data', () => {
  const lone = async (): Promise<void> => {
    await clean.wiped();
    await clean.bench.up(clean.host, '--join', clean.host.address, '--expect', '1');
    expect(await within(PATIENCE_MS, async () => (await clean.bench.leader(clean.host)) === clean.host.nodeName)).toBe(
      true,
    );
  };

  test('is held so that nothing starts, is as found after undo, and begins anew when it is let in', async () => {
    await clean.wiped();
    await clean.bench.up(clean.host, '--join', '192.0.2.1');
    await clean.bench.supervisorctl(clean.host, 'stop', 'dkron');
    const before = await listing(dataDir);
    expect(before).toEqual([]);
    expect(held(await clean.hold())).toMatchObject({ outcome: 'held', log: null, wasRunning: false });
    expect(await fileInPlace()).toBe(true);
    expect(undone(await clean.undo(null))).toMatchObject({ outcome: 'undone', raft: 'missing', running: false });
    expect(await listing(dataDir)).toEqual(before);
    clean.counter += 1;
    held(await clean.hold());
    expect(released(await clean.letIn())).toMatchObject({ outcome: 'released', consumed: true });
  });

  test('gets a data-dir where it never had one; a plan that saw data refuses', async () => {
    await clean.wiped();
    await clean.bench.up(clean.host, '--join', '192.0.2.1');
    await clean.bench.supervisorctl(clean.host, 'stop', 'dkron');
    await rm(dataDir, { recursive: true });
    expect(codeOf(await clean.hold(CLOSED))).toBe('DataDirMissing');
    expect(codeOf(await send('hold', clean.host, holdOrder(clean.host)))).toBe('DataDirMissing');
    expect(held(await clean.hold())).toMatchObject({ outcome: 'held', log: null });
    expect(released(await clean.letIn())).toMatchObject({ outcome: 'released', consumed: true });
  });

  test('that made itself a cluster of its own, without a job, may be cleaned', async () => {
    await lone();
    expect(held(await clean.hold())).toMatchObject({ outcome: 'held', wasRunning: true, log: { jobs: 0 } });
    expect(undone(await clean.undo(null))).toMatchObject({ outcome: 'undone', running: true });
  });

  test('that leads with a job is a cluster, and left alone; so is the leader that was recovered alone', async () => {
    await lone();
    await clean.bench.addJobs(clean.host, 1, 'own');
    const [before, pids] = [await listing(dataDir), await dkronPids(clean.host)];
    expect(codeOf(await clean.hold())).toBe('LeaderPresent');
    expect(await listing(dataDir)).toEqual(before);
    expect(await dkronPids(clean.host)).toEqual(pids);
    await clean.recoverAlone();
    expect(codeOf(await send('hold', clean.leader, cleanOrder(clean.leader)))).toBe('LeaderPresent');
    expect(await clean.bench.leader(clean.leader)).toBe(clean.leader.nodeName);
  });
});

describe('whatever ends in the middle', () => {
  /** The script ends there, where the line is first, and tidies nothing up. */
  const endsBefore = (line: string) => ({
    changed: (script: string) => {
      const found = new RegExp(`\\n( +)${line.replace(/[()[\]]/g, '\\$&')}\\n`);
      expect(script).toMatch(found);
      return script.replace(found, `\n$1os._exit(9)$&`);
    },
  });
  const cutOff = (sent: Promise<Answer>) => expect(sent).rejects.toThrow('0 result lines');
  /** Somebody starts Dkron meanwhile: on the held data-dir it exits, on an open one it begins anew. */
  const started = async (): Promise<void> => {
    await start();
    await within(2_000, running);
    await clean.bench.supervisorctl(clean.host, 'stop', 'dkron');
  };
  const oldData = (): Promise<string> => sha256Of(`${dataDir}.old/raft.db`);

  beforeEach(async () => {
    await clean.bench.supervisorctl(clean.host, 'stop', 'dkron');
    await clean.shell(`rm -rf ${dataDir}.old && cp -a ${clean.raft} ${dataDir}.old`);
  });

  test.each([
    "place.remember(releasedAt=started, startedAt=started, over=orders['counter'])",
    'place.put_data_aside()',
    'place.make_way()',
  ])('a release that ends before %s starts nothing, and is undone or finished by the next one', async (line) => {
    const before = await listing(dataDir);
    held(await clean.hold());
    await cutOff(clean.letIn(endsBefore(line)));
    await started();
    expect(await fileInPlace()).toBe(true);
    expect(undone(await clean.undo(null))).toMatchObject({ outcome: 'undone', raft: 'dir', running: false });
    expect(await listing(dataDir)).toEqual(before);
    expect(await sha256Of(`${clean.raft}/raft.db`)).toBe(await oldData());
    expect(await readdir(`${clean.host.directory}/conf.d`)).toEqual([]);

    clean.counter += 1;
    held(await clean.hold());
    await cutOff(clean.letIn(endsBefore(line)));
    await started();
    expect(released(await clean.letIn())).toMatchObject({ outcome: 'released', consumed: true });
    expect(await sha256Of(`${clean.aside}/raft.db`)).toBe(await oldData());
    expect(await clean.words('environ')).toContain('DKRON_BOOTSTRAP_EXPECT=0');
  });

  test('a release that ends before its start is finished, and whoever starts Dkron meanwhile bootstraps nothing', async () => {
    await clean.bench.up(clean.host, '--expect', '1');
    held(await clean.hold());
    await cutOff(clean.letIn(endsBefore("return 'released', place, started, start_clean(place, unit, wake)")));
    await start();
    expect(await within(PATIENCE_MS, running)).toBe(true);
    expect(await clean.words('environ')).toContain('DKRON_BOOTSTRAP_EXPECT=0');
    expect(codeOf(await clean.undo(null))).toBe('AlreadyReleased');
    expect(released(await clean.letIn())).toMatchObject({ outcome: 'already-released' });
    expect(await sha256Of(`${clean.aside}/raft.db`)).toBe(await oldData());
    expect((await get(`http://${clean.host.http}/v1/isleader`))?.status).not.toBe(200);
  });

  test('a hold that ends before or after its exchange is undone or finished', async () => {
    const before = await listing(dataDir);
    for (const line of ['place.hold_clean(unit)', 'stopped = stop_all(unit, place.data_dir)']) {
      await cutOff(clean.hold(null, endsBefore(line)));
      expect(undone(await clean.undo(null))).toMatchObject({ outcome: 'undone', raft: 'dir' });
      expect(await listing(dataDir)).toEqual(before);
      clean.counter += 1;
      await cutOff(clean.hold(null, endsBefore(line)));
      held(await clean.hold());
      undone(await clean.undo(null));
      expect(await listing(dataDir)).toEqual(before);
      clean.counter += 1;
    }
  });
});

test.each(['hold', 'release', 'undo'] as const)(
  '%s refuses what is late, foreign, of an older run or another manager',
  async (name) => {
    const order = { ...cleanOrder(clean.host), ...letInOrder(clean.host), wasRunning: true };
    const before = await listing(dataDir);
    const manager = { kind: 'container', socket: '', unit: '' };
    expect(codeOf(await send(name, clean.host, { ...order, deadline: '2001-01-01T00:00:00.000Z' }))).toBe('Late');
    expect(codeOf(await send(name, clean.host, order, { named: 'i-0fffffffffffffff9' }))).toBe('ForeignHost');
    expect(codeOf(await send(name, clean.host, { ...order, manager }))).toBe('ServiceManagerUnsupported');
    await send('undo', clean.host, order, { counter: 9 });
    expect(codeOf(await send(name, clean.host, order, { counter: 8 }))).toBe('LowerCounter');
    expect(await listing(dataDir)).toEqual(before);
  },
);

test('what is approved must be true of the host', async () => {
  const before = await listing(dataDir);
  const order = cleanOrder(clean.host);
  expect(codeOf(await send('hold', clean.host, { ...order, nodeName: 'bench-9' }))).toBe('NodeNameDiffers');
  expect(codeOf(await send('hold', clean.host, { ...order, address: '192.0.2.7:6868' }))).toBe('AddressNotOwned');
  expect(await listing(dataDir)).toEqual(before);
});
