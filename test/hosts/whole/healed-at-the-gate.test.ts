import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CLUSTER } from '../../../lab/lab';
import { CONTAINERS } from '../../../lab/prepare-containers';
import type { CaseView } from '../../../lib/cli/door';
import { groupsOf } from '../../lab/support/as-found';
import { approval, untilClosed, untilGate } from '../../lab/support/case-lab';
import { installSeam } from '../../lab/support/seam';
import { partedCluster } from '../support/parted-cluster';

const run = promisify(execFile);
const MAJORITY = ['dkron-2', 'dkron-3'];

/**
 * The quorum fell silent to everybody. A case counts it as lost and asks; while people decide, somebody heals the network. What
 * they approve then is a plan for a cluster that is well.
 */
describe('a network that heals while a case waits for its approval', () => {
  let cluster: Awaited<ReturnType<typeof partedCluster>>;
  beforeAll(async () => {
    cluster = await partedCluster(3);
  });
  afterAll(() => cluster?.lab.down());

  /** Processes by id and start, power, and networks: whoever was touched differs in one of them. */
  const found = async () => {
    await cluster.lab.refresh();
    const { ids, shell } = cluster;
    const services = ids.map((id) => shell(id, 'systemctl show dkron -p MainPID -p ExecMainStartTimestampMonotonic'));
    return {
      services: await Promise.all(services),
      power: cluster.lab.hosts.map(({ ec2, power }) => [ec2, power]),
      groups: await groupsOf(cluster.lab),
    };
  };
  const healedAtTheGate = async (
    healed: readonly string[],
    heal = (id: string): Promise<unknown> => cluster.lab.unimpair(id),
  ): Promise<CaseView> => {
    const { lab, api } = cluster;
    for (const id of MAJORITY) await lab.impair(id);
    await lab.untilLeaderless();
    const caseId = await api.openCase(CLUSTER, 'recover');
    const gate = await untilGate(api, caseId);
    expect(gate.countAsLost).toEqual(MAJORITY);
    for (const id of healed) await heal(id);
    await cluster.allAreLed(['dkron-1', ...healed]);
    await api.answer(gate.gateId, approval(gate));
    return untilClosed(api, caseId);
  };
  /** Of an impaired host, whose agent stays disconnected. */
  const healNetworkOnly = (id: string): Promise<unknown> =>
    run('python3', [CONTAINERS, 'thaw', cluster.lab.host(id).dir]);
  const isWell = async () => {
    for (const id of MAJORITY) await cluster.lab.unimpair(id);
    await cluster.allAreLed();
    await cluster.wellAgain();
    const { peers, problems } = await cluster.api.peers(CLUSTER);
    expect(problems).toEqual([]);
    expect(peers.map(({ id, voter }) => [id, voter])).toEqual(cluster.ids.map((id) => [id, true]));
    expect(peers.map(({ state }) => state).sort()).toEqual(['follower', 'follower', 'leader']);
  };
  const told = ({ events }: CaseView): string => events.map(({ says }) => says).join('\n');

  test.each([
    { healed: MAJORITY, how: 'the whole network' },
    { healed: ['dkron-3'], how: 'one host, and with it the quorum' },
  ])('$how: the plan is stale, the case ends as drifted, and nobody was touched', async ({ healed }) => {
    const before = await found();
    const closed = await healedAtTheGate(healed);
    expect(closed.report).toMatchObject({ outcome: 'drifted' });
    expect(closed.report?.problem?.says).toContain('dkron-3 answers again: it is not lost');
    await isWell();
    expect(await found()).toEqual(before);
  });

  test('right after the cluster was looked at again: the fence sees it, and nobody was touched either', async () => {
    const before = await found();
    await installSeam(cluster.lab, 'clerk', { 'lib/recovery/look-again.ts': 'look-away.ts' });
    const closed = await healedAtTheGate(MAJORITY);
    expect(closed.report).toMatchObject({ outcome: 'blocked' });
    expect(told(closed)).toMatch(
      /nobody is stopped: the agent of dkron-2 on \S+ is connected again; the agent of dkron-3/,
    );
    expect(told(closed)).toContain('dkron-1: hold refused, LeaderPresent');
    await isWell();
    expect(await found()).toEqual(before);
  });

  test('then, and without its agents: both hosts are stopped, no data is touched, and both are started again', async () => {
    const closed = await healedAtTheGate(MAJORITY, healNetworkOnly);
    expect(closed.report).toMatchObject({ outcome: 'blocked' });
    for (const id of MAJORITY) expect(told(closed)).toMatch(new RegExp(`${id}: \\S+ is being stopped`));
    expect(told(closed)).toContain('dkron-1: hold refused');
    await isWell();
  });

  test('switched off, neither looks: both hosts of a quorum that is well are stopped', async () => {
    await installSeam(cluster.lab, 'fence', { 'lib/recovery/came-back.ts': 'nobody-came-back.ts' });
    const closed = await healedAtTheGate(MAJORITY);
    for (const id of MAJORITY) expect(told(closed)).toMatch(new RegExp(`${id}: \\S+ is being stopped`));
  });
});
