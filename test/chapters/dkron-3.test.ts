import { stopDkron } from '../../lab/breakage';
import { type CaseLab, JOBS, caseLab } from '../lab/support/case-lab';
import { jobsAt } from '../lab/support/jobs';
import { act, healed, keepRow, summaryOf, type Row } from './support/chapter';

/*
 * The same machine on Dkron 3.1.7: a follower that is down, then the quorum lost.
 */
let world: CaseLab;

beforeAll(async () => {
  world = await caseLab({ servers: 3, dkron: 'v3.1.7' });
});
afterAll(() => world.lab.down());

const row = (broken: string, seen: Pick<Row, 'view' | 'asked'>) => keepRow({ version: 'v3.1.7', broken, ...seen });

test('down-with-quorum: one Dkron is stopped, and it is started again beside the leader', async () => {
  const { lab, api } = world;
  const leader = (await lab.leader())?.serverId;
  const down = lab.hosts.find(({ serverId }) => serverId !== leader)?.serverId ?? '';
  await stopDkron(lab, down);
  const { view, asked } = await act(api);
  row('one Dkron of three stopped', { view, asked });
  expect(summaryOf(view)).toEqual(healed('down-with-quorum', 'restart'));
  expect(await jobsAt(lab.host(down).address)).toBe(JOBS);
});

test('quorum-lost: one server is terminated and one silent; the third becomes the whole cluster', async () => {
  const { lab, api } = world;
  const leader = (await lab.leader())?.serverId ?? '';
  const [gone = '', silent = ''] = lab.hosts.map(({ serverId }) => serverId).sort((a) => (a === leader ? -1 : 1));
  await lab.terminate(gone);
  await lab.impair(silent);
  await lab.untilLeaderless();
  const { view, asked } = await act(api);
  row('one of three terminated, one silent', { view, asked });
  expect(summaryOf(view)).toEqual(healed('quorum-lost', 'rewrite'));
});
