import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { GetConnectionStatusCommand } from '@aws-sdk/client-ssm';
import * as yaml from 'yaml';
import * as z from 'zod';
import { configure, moveToNewAddress, startDkron, stopDkron, wipe } from '../../lab/breakage';
import { countJobs } from '../../lab/dkron-cluster';
import { Lab } from '../../lab/lab';
import { exists } from '../../lab/prepare';
import { get, sha256Of, within } from './support-documents/looks';
import { closedGroup, regroup, volumes } from './support-documents/records';

const PATIENCE_MS = 20_000;
const JOBS = 5;
const Settings = z.record(z.string(), z.unknown());
const Agent = z.object({ agent: z.object({ name: z.string() }) });

/** Handles that break a cluster in ways EC2 does not show, each seen on a real one. */
describe('a host', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.up({ servers: 3 });
    await lab.startCluster();
    await lab.addJobs(JOBS);
  });
  afterAll(() => lab.down());

  const listens = async (id: string, port: number): Promise<boolean> => {
    const socket = connect(port, lab.host(id).address);
    const connected = once(socket, 'connect').then(
      () => true,
      () => false,
    );
    return connected.finally(() => socket.destroy());
  };
  const ports = (id: string) => Promise.all([6868, 8080, 8946].map((port) => listens(id, port)));
  const openAll = (id: string) => within(PATIENCE_MS, async () => (await ports(id)).every((open) => open));
  const nameOf = async (address: string): Promise<string | null> => {
    const told = await get(`http://${address}:8080/v1/`);
    return told?.status === 200 ? Agent.parse(JSON.parse(told.body)).agent.name : null;
  };
  const settingsOf = async (id: string) =>
    Settings.parse(yaml.parse(await readFile(join(lab.host(id).dir, 'dkron.yml'), 'utf8')));
  const agentOf = async (id: string) =>
    (await lab.clients().ssm.send(new GetConnectionStatusCommand({ Target: lab.host(id).instanceId }))).Status;
  const dataVolumeOf = async (instanceId: string) =>
    (await volumes(lab)).find(({ instance, device }) => instance === instanceId && device === '/dev/sdf');

  test('stays on, with its agent, when its Dkron is stopped, until that is started', async () => {
    expect(await ports('dkron-1')).toEqual([true, true, true]);
    await stopDkron(lab, 'dkron-1');
    await stopDkron(lab, 'dkron-1');
    expect(await ports('dkron-1')).toEqual([false, false, false]);
    expect(await ports('dkron-2')).toEqual([true, true, true]);
    expect(lab.host('dkron-1')).toMatchObject({ ec2: 'running', power: 'on' });
    expect(await agentOf('dkron-1')).toBe('connected');
    await startDkron(lab, 'dkron-1');
    expect(await openAll('dkron-1')).toBe(true);
  });

  test('that is wiped is on with an empty disk and no Dkron; started, it gets everything from the others', async () => {
    const { address, dataDir } = lab.host('dkron-2');
    // The other two may lead before it has begun to write.
    const hasData = async () => (await readdir(dataDir, { recursive: true })).includes('raft/raft.db');
    expect(await within(60_000, hasData)).toBe(true);
    await wipe(lab, 'dkron-2');
    expect(await readdir(dataDir)).toEqual([]);
    expect(await ports('dkron-2')).toEqual([false, false, false]);
    expect(lab.host('dkron-2')).toMatchObject({ ec2: 'running', power: 'on' });
    await startDkron(lab, 'dkron-2');
    expect(await within(PATIENCE_MS, async () => (await countJobs(address)) === JOBS)).toBe(true);
  });

  test('that is silent refuses, by its state', async () => {
    await lab.impair('dkron-1');
    await expect(stopDkron(lab, 'dkron-1')).rejects.toThrow('dkron-1 is frozen');
    await expect(wipe(lab, 'dkron-1')).rejects.toThrow('dkron-1 is frozen');
    await lab.unimpair('dkron-1');
    expect(await openAll('dkron-1')).toBe(true);
  });

  test('that is configured anew tells its Dkron at the next start, and leaves out what was not said', async () => {
    const { address } = lab.host('dkron-3');
    const before = await settingsOf('dkron-3');
    await configure(lab, 'dkron-3', { expect: 5 });
    expect(await settingsOf('dkron-3')).toEqual({ ...before, 'bootstrap-expect': 5 });
    await configure(lab, 'dkron-3', { nodeName: 'renamed', join: [address, lab.address(9)] });
    expect(await settingsOf('dkron-3')).toEqual({
      ...before,
      'bootstrap-expect': 5,
      'node-name': 'renamed',
      'retry-join': [`${address}:8946`, `${lab.address(9)}:8946`],
    });
    expect(await nameOf(address)).toBe('dkron-3');
    await stopDkron(lab, 'dkron-3');
    await startDkron(lab, 'dkron-3');
    expect(await within(PATIENCE_MS, async () => (await nameOf(address)) === 'renamed')).toBe(true);
    expect(lab.host('dkron-3')).toMatchObject({ serverId: 'dkron-3', address });
  });

  test('whose instance is replaced has its volume, disk and name at another address, and the old one is gone', async () => {
    const old = await lab.addHost(4, { serverId: 'alone', join: [lab.address(4)], expect: 1 });
    await lab.boot('alone');
    expect(await within(PATIENCE_MS, async () => (await nameOf(old.address)) === 'alone')).toBe(true);
    await stopDkron(lab, 'alone');
    const before = await settingsOf('alone');
    const disk = await sha256Of(join(old.dataDir, 'raft/raft.db'));
    const volume = await dataVolumeOf(old.instanceId);

    const moved = await moveToNewAddress(lab, 'alone', 5);
    expect(moved).toMatchObject({ serverId: 'alone', address: lab.address(5), ec2: 'running', power: 'off' });
    expect(moved.instanceId).not.toBe(old.instanceId);
    expect(lab.host('alone')).toEqual(moved);
    expect(lab.host(old.instanceId)).toMatchObject({ ec2: 'terminated', power: 'gone' });
    expect(await exists(old.dir)).toBe(false);
    expect(await dataVolumeOf(moved.instanceId)).toEqual({ ...volume, instance: moved.instanceId });
    expect((await volumes(lab)).filter(({ instance }) => instance === null)).toEqual([]);
    expect(await sha256Of(join(moved.dataDir, 'raft/raft.db'))).toBe(disk);
    const own = {
      'data-dir': moved.dataDir,
      'bind-addr': `${moved.address}:8946`,
      'http-addr': `${moved.address}:8080`,
    };
    expect(await settingsOf('alone')).toEqual({ ...before, ...own });

    await configure(lab, 'alone', { join: [moved.address] });
    await lab.boot('alone');
    expect(await within(PATIENCE_MS, async () => (await nameOf(moved.address)) === 'alone')).toBe(true);
    expect(await get(`http://${old.address}:8080/v1/`)).toBeNull();
    await lab.terminate('alone');
    expect((await volumes(lab)).filter(({ id }) => id === volume?.id)).toEqual([]);
  });

  test('that was powered on in quarantine is back in a moment when its groups are put back', async () => {
    if (!lab.canCut) {
      console.warn('skipped: this machine allows no network namespace, so a quarantined host stays off');
      return;
    }
    await lab.stopInstance('dkron-1');
    const own = await regroup(lab, 'dkron-1', [await closedGroup(lab)]);
    await lab.startInstance('dkron-1');
    expect(lab.host('dkron-1').power).toBe('cut');
    expect(await ports('dkron-1')).toEqual([false, false, false]);

    await lab.impair('dkron-1');
    await lab.unimpair('dkron-1');
    expect(lab.host('dkron-1').power).toBe('cut');

    await regroup(lab, 'dkron-1', own);
    const back = async () => (await lab.refresh(), lab.host('dkron-1').power) === 'on';
    expect(await within(PATIENCE_MS, back)).toBe(true);
    expect(await agentOf('dkron-1')).toBe('connected');
    expect(await openAll('dkron-1')).toBe(true);
  });
});
