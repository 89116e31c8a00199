import { stopDkron } from '../../lab/breakage';
import { jobsAt } from '../lab/support/jobs';
import { type CaseLab, JOBS, caseLab } from '../lab/support/case-lab';
import { act, codesOf, healed, keepRow, look, summaryOf, type Row } from './support/chapter';

/*
 * A cluster of three whose servers go down and come back, from the smallest outage to the largest that a start heals. One
 * test rests on the one before: each leaves the cluster whole.
 */
let world: CaseLab;

beforeAll(async () => {
  world = await caseLab({ servers: 3 });
});
afterAll(() => world.lab.down());

const row = (broken: string, seen: Pick<Row, 'view' | 'asked'>) => keepRow({ version: 'v4.0.5', broken, ...seen });

test('healthy: nothing is broken, and nothing is done', async () => {
  const view = await look(world.api);
  row('nothing', { view });
  expect(summaryOf(view)).toMatchObject({ verdict: 'healthy', outcome: 'nothing-to-do' });
});

test('down-with-quorum: one Dkron is stopped, and it is started again beside the leader', async () => {
  const { lab, api } = world;
  const leader = (await lab.leader())?.serverId;
  const down = lab.hosts.find(({ serverId }) => serverId !== leader)?.serverId ?? '';
  await stopDkron(lab, down);
  const { view, asked } = await act(api);
  row('one Dkron of three stopped', { view, asked });
  expect(summaryOf(view)).toEqual(healed('down-with-quorum', 'restart'));
  expect(asked).toHaveLength(1);
  expect(view.planning).toMatchObject({ plan: { survivors: [{ id: down }], peersJson: null, excluded: [] } });
  expect(await jobsAt(lab.host(down).address)).toBe(JOBS);
});

test('quorum-restartable: all three are stopped, and are started together on the data they have', async () => {
  const { lab, api } = world;
  for (const { serverId } of lab.hosts) await stopDkron(lab, serverId);
  const { view, asked } = await act(api);
  row('all three Dkrons stopped', { view, asked });
  expect(summaryOf(view)).toEqual(healed('quorum-restartable', 'restart'));
  expect(view.planning).toMatchObject({ plan: { peersJson: null, excluded: [] } });
  for (const { address } of lab.hosts) expect(await jobsAt(address)).toBe(JOBS);
});

test('quorum-restartable: two hosts are powered off; they come up cut off, are looked at, and are let in together', async () => {
  const { lab, api } = world;
  if (!lab.canCut) {
    console.warn('skipped: this machine allows no network namespace, so a quarantined host cannot be cut off');
    return;
  }
  await lab.stopInstance('dkron-2');
  await lab.stopInstance('dkron-3');
  await lab.untilLeaderless();
  const { view, asked } = await act(api);
  row('two hosts of three powered off', { view, asked });
  expect(asked.map(({ planning }) => (planning?.kind === 'planned' ? planning.plan.remedy : ''))).toEqual([
    'power-on',
    'restart',
  ]);
  const letIn = ['dkron-2', 'dkron-3'].map((id) => lab.host(id).instanceId).sort();
  expect(view.planning).toMatchObject({ plan: { letIn: expect.arrayContaining(letIn) as unknown } });
  expect(summaryOf(view)).toMatchObject({ outcome: 'recovered', problem: null, jobs: [JOBS, JOBS] });
  await lab.refresh();
  expect(lab.hosts.map(({ power }) => power)).toEqual(['on', 'on', 'on']);
  expect(codesOf(await look(api))).toEqual([]);
});

test('quorum-lost: one server is terminated and one silent; the third becomes the whole cluster', async () => {
  const { lab, api } = world;
  await lab.terminate('dkron-2');
  await lab.impair('dkron-3');
  await lab.untilLeaderless();
  const { view, asked } = await act(api);
  row('one of three terminated, one silent', { view, asked });
  expect(summaryOf(view)).toEqual(healed('quorum-lost', 'rewrite'));
  expect(await jobsAt(lab.host('dkron-1').address)).toBe(JOBS);
});
