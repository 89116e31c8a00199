import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTagsCommand } from '@aws-sdk/client-ec2';
import { GetConnectionStatusCommand } from '@aws-sdk/client-ssm';
import { configure, moveToNewAddress, startDkron, stopDkron, wipe } from '../../lab/breakage';
import { countJobs } from '../../lab/dkron-cluster';
import { Lab } from '../../lab/lab';
import { exists } from '../../lab/prepare';
import { sha256Of, within } from '../lab/support-documents/looks';
import { closedGroup, regroup } from '../lab/support-documents/records';
import { knockAll, knockFrom } from './support/network';
import { shellOn } from './support/shell';

const PATIENCE_MS = 30_000;
const JOBS = 5;
const OPEN = ['open', 'open', 'open'];
const SILENT = ['silent', 'silent', 'silent'];

/** EC2's state on machines with systemd and addresses of their own. */
describe('a host with systemd', () => {
  let lab: Lab;
  let shell: Awaited<ReturnType<typeof shellOn>>;

  beforeAll(async () => {
    lab = await Lab.up({ servers: 3, hosts: 'systemd' });
    shell = await shellOn(lab);
    await lab.startCluster();
    await lab.addJobs(JOBS);
  });
  afterAll(() => lab?.down());

  const ports = (id: string) => knockAll(lab.host(id).address);
  const open = (id: string) =>
    within(PATIENCE_MS, async () => (await knockAll(lab.host(id).address, 1000)).join() === OPEN.join());
  const agentOf = async (id: string) =>
    (await lab.clients().ssm.send(new GetConnectionStatusCommand({ Target: lab.host(id).instanceId }))).Status;
  const mainPid = (id: string) => shell(id, 'systemctl show dkron --property MainPID --value');

  test('is a machine of its own, and nothing but itself tells how Dkron is run there', async () => {
    expect(
      await shell('dkron-1', 'id -un; hostname; cat /proc/1/comm; . /etc/os-release; echo "$VERSION_CODENAME"'),
    ).toBe('root\ndkron-1\nsystemd\nbookworm');
    expect(await shell('dkron-1', 'systemctl is-system-running; systemctl show dkron --property FragmentPath')).toBe(
      'running\nFragmentPath=/lib/systemd/system/dkron.service',
    );
    expect(await shell('dkron-1', 'echo "$AWS_SSM_INSTANCE_ID"')).toBe(lab.host('dkron-1').instanceId);
    expect(await shell('dkron-1', 'find /var/lib/dkron -name raft.db')).toBe('/var/lib/dkron/raft/raft.db');
    const { Tags } = await lab.clients().ec2.send(new DescribeTagsCommand({}));
    expect(Tags?.filter(({ Key }) => Key?.startsWith('requorum:'))).toEqual([]);
  });

  test('is silent when it is off, to its peers as well, and boots with its disk', async () => {
    const { address, dataDir } = lab.host('dkron-3');
    await shell('dkron-3', 'echo kept > /etc/kept');
    await lab.stopInstance('dkron-3');
    const disk = await sha256Of(join(dataDir, 'raft/raft.db'));
    expect(await ports('dkron-3')).toEqual(SILENT);
    expect(await shell('dkron-1', knockFrom(address, 8946))).toBe('124');
    expect(await sha256Of(join(dataDir, 'raft/raft.db'))).toBe(disk);
    await lab.startInstance('dkron-3');
    expect(await agentOf('dkron-3')).toBe('connected');
    expect(await shell('dkron-3', 'cat /etc/kept')).toBe('kept');
    expect(await open('dkron-3')).toBe(true);
    expect(await within(PATIENCE_MS, async () => (await countJobs(address)) === JOBS)).toBe(true);
  });

  test('that is impaired is silent and its agent is not connected; what runs there runs on', async () => {
    const pid = await mainPid('dkron-2');
    await lab.impair('dkron-2');
    expect(await ports('dkron-2')).toEqual(SILENT);
    expect(await agentOf('dkron-2')).toBe('notconnected');
    await expect(stopDkron(lab, 'dkron-2')).rejects.toThrow('dkron-2 is frozen');
    await lab.unimpair('dkron-2');
    expect(await open('dkron-2')).toBe(true);
    expect(await mainPid('dkron-2')).toBe(pid);
  });

  test('in the quarantine group is cut while it runs, in both directions, and Run Command reaches it', async () => {
    const pid = await mainPid('dkron-1');
    const peer = lab.host('dkron-2').address;
    expect(await shell('dkron-1', knockFrom(peer, 6868))).toBe('0');
    const own = await regroup(lab, 'dkron-1', [await closedGroup(lab)]);
    expect(await within(PATIENCE_MS, async () => (await lab.refresh(), lab.host('dkron-1').power) === 'cut')).toBe(
      true,
    );
    expect(await ports('dkron-1')).toEqual(SILENT);
    expect(await agentOf('dkron-1')).toBe('connected');
    expect(await mainPid('dkron-1')).toBe(pid);
    for (const port of [6868, 8946, 8080]) expect(await shell('dkron-1', knockFrom(peer, port))).toBe('124');
    expect(await shell('dkron-1', knockFrom(lab.host('dkron-1').address, 8080))).toBe('0');

    await lab.stopInstance('dkron-1');
    await lab.startInstance('dkron-1');
    expect(lab.host('dkron-1').power).toBe('cut');
    expect(await shell('dkron-1', knockFrom(peer, 8946))).toBe('124');
    await lab.impair('dkron-1');
    expect(await agentOf('dkron-1')).toBe('notconnected');
    await lab.unimpair('dkron-1');
    expect(lab.host('dkron-1').power).toBe('cut');

    const booted = await mainPid('dkron-1');
    await regroup(lab, 'dkron-1', own);
    expect(await open('dkron-1')).toBe(true);
    expect(await mainPid('dkron-1')).toBe(booted);
  });

  test('runs Dkron, or not, as its systemd is told; wiped, it gets everything from the others', async () => {
    const { address, dataDir } = lab.host('dkron-2');
    await stopDkron(lab, 'dkron-2');
    expect(await ports('dkron-2')).toEqual(['refused', 'refused', 'refused']);
    expect(lab.host('dkron-2')).toMatchObject({ ec2: 'running', power: 'on' });
    await wipe(lab, 'dkron-2');
    expect(await exists(join(dataDir, 'raft'))).toBe(false);
    await startDkron(lab, 'dkron-2');
    expect(await within(PATIENCE_MS, async () => (await countJobs(address)) === JOBS)).toBe(true);
  });

  test('that is configured anew tells its Dkron at the next start', async () => {
    await configure(lab, 'dkron-3', { expect: 5 });
    expect(await shell('dkron-3', 'grep bootstrap-expect /etc/dkron/dkron.yml')).toBe('bootstrap-expect: 5');
  });

  test('whose instance is replaced has its disk and name at another address', async () => {
    const old = lab.host('dkron-3');
    await lab.stopInstance('dkron-3');
    const disk = await sha256Of(join(old.dataDir, 'raft/raft.db'));
    const moved = await moveToNewAddress(lab, 'dkron-3', 5, { join: [lab.address(1), lab.address(5)] });
    expect(moved).toMatchObject({ address: lab.address(5), power: 'off' });
    expect(await exists(old.dir)).toBe(false);
    expect(await sha256Of(join(moved.dataDir, 'raft/raft.db'))).toBe(disk);
    await lab.boot('dkron-3');
    expect(await shell('dkron-3', 'hostname')).toBe('dkron-3');
    expect(await open('dkron-3')).toBe(true);
  });

  test('that is terminated is gone with its disk', async () => {
    const { dir, address } = lab.host('dkron-3');
    await lab.terminate('dkron-3');
    expect(await exists(dir)).toBe(false);
    expect(await knockAll(address)).toEqual(SILENT);
    await sleep(500);
    expect(await readFile(join(lab.host('dkron-1').dir, 'machine.json'), 'utf8')).toContain('packaged');
  });
});
