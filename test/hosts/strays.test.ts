import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { Lab } from '../../lab/lab';
import { CONTAINERS } from '../../lab/prepare-containers';
import { Machines } from './support/machines';

const run = promisify(execFile);
const State = z.object({ state: z.string() });
const Route = z.array(z.object({ dst: z.string() }));

const stateOf = async (directory: string) =>
  State.parse(JSON.parse((await run('python3', [CONTAINERS, 'state', directory])).stdout)).state;
const reachable = async (net: string): Promise<boolean> =>
  Route.parse(JSON.parse((await run('ip', ['-json', '-4', 'route'])).stdout)).some(({ dst }) => dst.startsWith(net));

describe('what is left', () => {
  test('of a lab that ended is nothing: no host, no network, no files', async () => {
    const lab = await Lab.up({ servers: 1, hosts: 'systemd' });
    await lab.startCluster();
    const { dir } = lab.host('dkron-1');
    const net = `${lab.about.network}.`;
    expect([await stateOf(dir), await reachable(net)]).toEqual(['on', true]);
    await lab.down();
    expect([await stateOf(dir), await reachable(net)]).toEqual(['off', false]);
  });

  test('of a lab that was killed is ended by the next one, which touches nobody else', async () => {
    const other = await Machines.ready();
    try {
      await other.up('other', 9);
      const killed = await Lab.up({ servers: 1, hosts: 'systemd' });
      await killed.startCluster();
      const { dir } = killed.host('dkron-1');
      process.kill(killed.about.pid, 'SIGKILL');
      expect(await stateOf(dir)).toBe('on');
      const next = await Lab.up({ servers: 1, hosts: 'systemd' });
      const left = [await stateOf(dir), await reachable(`${killed.about.network}.0`)];
      await next.down();
      expect(left).toEqual(['off', false]);
      expect(await stateOf(other.directory('other'))).toBe('on');
      await rm(killed.about.directory, { recursive: true });
    } finally {
      await other.end();
    }
  });
});
