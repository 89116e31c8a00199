import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startDkron, stopDkron, wipe } from '../../lab/breakage';
import { addJobs, waitForLeader } from '../../lab/dkron-cluster';
import { asFound } from '../lab/support/as-found';
import { type CaseLab, JOBS, caseLab } from '../lab/support/case-lab';
import { type Row, codesOf, keepRow, look, summaryOf } from './support/chapter';

/*
 * Where no machine may act: each refusal says what was seen and what to do, and leaves everything as it was found.
 */
let world: CaseLab;

beforeAll(async () => {
  world = await caseLab({ servers: 3 });
});
afterAll(() => world.lab.down());

const row = (broken: string, view: Row['view']) => keepRow({ version: 'v4.0.5', broken, view });

test('unknown: three silent hosts are not three dead ones', async () => {
  const { lab, api } = world;
  for (const { serverId } of lab.hosts) await lab.impair(serverId);
  const view = await look(api);
  row('three hosts running and silent', view);
  expect(summaryOf(view)).toMatchObject({ verdict: 'unknown', outcome: 'refused' });
  expect(codesOf(view)).toEqual(['too-little-seen']);
  for (const { serverId } of lab.hosts) await lab.unimpair(serverId);
  await waitForLeader(
    lab.hosts.map(({ address }) => address),
    60,
  );
});

test('stranded: one server was recovered alone by hand, and the old pair is there as well', async () => {
  const { lab, api } = world;
  for (const { serverId } of lab.hosts) await stopDkron(lab, serverId);
  const alone = lab.host('dkron-1');
  const peers = [{ id: 'dkron-1', address: `${alone.address}:6868`, non_voter: false }];
  await writeFile(join(alone.dataDir, 'raft', 'peers.json'), JSON.stringify(peers));
  await startDkron(lab, 'dkron-1');
  await waitForLeader([alone.address], 60);
  await addJobs(alone.address, 1, JOBS + 1);
  await stopDkron(lab, 'dkron-1');
  const before = await asFound(lab);
  const view = await look(api);
  row('one of three recovered alone by hand, all stopped', view);
  expect(summaryOf(view)).toMatchObject({ verdict: 'stranded', outcome: 'refused' });
  expect(codesOf(view)).toEqual(['two-timelines']);
  expect(await asFound(lab)).toEqual(before);
});

test('all-lost: two servers are gone with their disks, and the third disk is empty', async () => {
  const { lab, api } = world;
  await wipe(lab, 'dkron-1');
  await lab.terminate('dkron-2');
  await lab.terminate('dkron-3');
  const view = await look(api);
  row('two servers terminated, the third disk empty', view);
  expect(summaryOf(view)).toMatchObject({ verdict: 'all-lost', outcome: 'refused' });
  expect(codesOf(view)).toEqual(['data-gone']);
  expect(view.report?.nextSteps.join(' ')).toContain('start anew');
});
