import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configure, startDkron, stopDkron, wipe } from '../../lab/breakage';
import { type CaseLab, caseLab } from '../lab/support/case-lab';
import { act, codesOf, healed, keepRow, look, summaryOf, type Row } from './support/chapter';
import { untilItKnows, untilItLoops } from './support/until';

/*
 * A cluster of one: its data-dir is the cluster. Three outages that a start or a right name heals, and the one that nothing
 * does.
 */
let world: CaseLab;

beforeAll(async () => {
  world = await caseLab({ servers: 1 });
});
afterAll(() => world.lab.down());

const row = (broken: string, seen: Pick<Row, 'view' | 'asked'>) => keepRow({ version: 'v4.0.5', broken, ...seen });

test('single-server-down: it is backed up and started again', async () => {
  await stopDkron(world.lab, 'dkron-1');
  const { view, asked } = await act(world.api);
  row('the only Dkron stopped', { view, asked });
  expect(summaryOf(view)).toEqual(healed('single-server-down', 'restart'));
});

test('single-server-down: in its join loop it runs and answers nobody; the list is overcome and never edited', async () => {
  const { lab, api } = world;
  await configure(lab, 'dkron-1', { join: [lab.address(7), lab.address(8)] });
  // A reboot, because supervisord keeps the settings of the last start in memory.
  await lab.stopInstance('dkron-1');
  await lab.startInstance('dkron-1');
  await untilItLoops(lab.host('dkron-1'));
  const { dir } = lab.host('dkron-1');
  const written = await readFile(join(dir, 'dkron.yml'), 'utf8');
  const { view, asked } = await act(api);
  row('the only Dkron in its join loop', { view, asked });
  expect(await readFile(join(dir, 'dkron.yml'), 'utf8')).toBe(written);
  expect(await readdir(join(dir, 'conf.d'))).toEqual([]);
  expect(summaryOf(view)).toEqual(healed('single-server-down', 'restart'));
  expect(codesOf(view)).toContain('join-list-of-dead-servers');
  expect(view.report?.nextSteps.join(' ')).toContain('retry-join');
});

test('no-leader: a wrong id was taken in from a peers.json written by hand; the right one repairs it', async () => {
  const { lab, api } = world;
  await stopDkron(lab, 'dkron-1');
  const { address, dataDir } = lab.host('dkron-1');
  await configure(lab, 'dkron-1', { join: [address] });
  const peers = [{ id: 'dkron-one', address: `${address}:6868`, non_voter: false }];
  await writeFile(join(dataDir, 'raft', 'peers.json'), JSON.stringify(peers));
  await startDkron(lab, 'dkron-1');
  await untilItKnows(lab.host('dkron-1'), ['dkron-1']);
  expect(await lab.leader()).toBeNull();
  const { view, asked } = await act(api);
  row('a wrong id in peers.json, written by hand', { view, asked });
  expect(summaryOf(view)).toEqual(healed('no-leader', 'rewrite'));
  expect(codesOf(view)).toContain('raft-id-differs');
});

test('single-server-down: without its data it is never started empty', async () => {
  await wipe(world.lab, 'dkron-1');
  const view = await look(world.api);
  row('the only disk empty', { view });
  expect(summaryOf(view)).toMatchObject({ verdict: 'single-server-down', outcome: 'refused' });
  expect(codesOf(view)).toEqual(['data-gone']);
});
