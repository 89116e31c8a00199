import { startDkron, wipe } from '../../lab/breakage';
import { CLUSTER } from '../../lab/lab';
import { type CaseLab, JOBS, caseLab, untilCase } from '../lab/support/case-lab';
import { jobsAt } from '../lab/support/jobs';
import { act, codesOf, healed, keepRow, look, summaryOf, type Row } from './support/chapter';

/*
 * A cluster of five that loses servers for good and goes on: what cannot come back is removed, what is to go leaves, and what
 * was rebuilt is left alone.
 */
let world: CaseLab;

beforeAll(async () => {
  world = await caseLab({ servers: 5 });
});
afterAll(() => world.lab.down());

const row = (broken: string, seen: Pick<Row, 'view' | 'asked'>) => keepRow({ version: 'v4.0.5', broken, ...seen });
const idsOf = async (): Promise<string[]> => (await world.api.peers(CLUSTER)).peers.map(({ id }) => id);

test('down-with-quorum: a server that is gone with its disk is removed by id, on the host of the leader', async () => {
  const { lab, api } = world;
  const leader = (await lab.leader())?.serverId;
  const gone = lab.hosts.findLast(({ serverId }) => serverId !== leader)?.serverId ?? '';
  await lab.terminate(gone);
  const { view, asked } = await act(api);
  row('one server of five terminated', { view, asked });
  expect(summaryOf(view)).toEqual(healed('down-with-quorum', 'remove'));
  expect(view.planning).toMatchObject({ plan: { removals: [{ id: gone, by: 'remove-peer' }], countAsLost: [] } });
  expect(await idsOf()).not.toContain(gone);
});

test('retire: the leader leaves by itself, is stopped and held, and its successor has every job', async () => {
  const { lab, api } = world;
  const retired = (await lab.leader())?.serverId ?? '';
  const { view, asked } = await act(api, { kind: 'retire', server: retired });
  row('nothing; the leader is retired', { view, asked });
  expect(summaryOf(view)).toMatchObject({ remedy: 'remove', outcome: 'recovered', problem: null, jobs: [JOBS, JOBS] });
  expect(view.planning).toMatchObject({ plan: { removals: [{ id: retired, by: 'leave' }] } });
  expect(view.report?.leader).not.toBe(retired);
  expect(await idsOf()).not.toContain(retired);
  // It must not come back by itself: its service manager may start it as often as it likes.
  await startDkron(lab, retired).catch(() => undefined);
  expect(await jobsAt(lab.host(retired).address).catch(() => 'silent')).toBe('silent');
});

test('down-with-quorum: an empty server beside the leader is said, started by a person, filled, and left alone', async () => {
  const { lab, api } = world;
  const leader = (await lab.leader())?.serverId;
  const empty = (await idsOf()).find((id) => id !== leader) ?? '';
  await wipe(lab, empty);
  const refused = await look(api);
  row('one server of three stopped, its disk empty', { view: refused });
  expect(summaryOf(refused)).toMatchObject({ verdict: 'down-with-quorum', outcome: 'refused' });
  expect(codesOf(refused)).toEqual(['empty-data-dir']);
  await startDkron(lab, empty);
  const caseId = await api.openCase(CLUSTER, 'plan');
  const early = await untilCase(api, caseId, 'its end', ({ report }) => report !== null);
  // Still being filled, or filled already: nobody touches it either way.
  expect(['nothing-to-do', 'refused']).toContain(early.case.outcome);
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    if ((await jobsAt(lab.host(empty).address).catch(() => 0)) === JOBS) break;
  }
  expect(summaryOf(await look(api))).toMatchObject({ verdict: 'healthy', outcome: 'nothing-to-do' });
});
