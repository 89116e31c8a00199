import { stopDkron } from '../../lab/breakage';
import { CLUSTER, type LabHost } from '../../lab/lab';
import { type AgentNode, startAgentNode } from '../lab/support/agent-node';
import { peek } from '../lab/support/as-found';
import { type CaseLab, JOBS, approval, caseLab, untilCase, untilClosed, untilGate } from '../lab/support/case-lab';
import { jobsAt } from '../lab/support/jobs';
import { leads, untilLeads } from '../lab/support/leads';
import { installSeam } from '../lab/support/seam';
import { bootFresh, endFresh, outrun } from './support/fresh-cluster';
import { until } from './support/old-servers';
import { tell } from './support/told';

/*
 * E3 of facts/dkron §12: while the survivors are stopped, three fresh servers with bootstrap-expect 3 make a cluster of their
 * own and reach a higher term. As soon as gossip brings the two together, the empty log wins.
 */
const RULE = '2: a stranger voids the plan';

describe.each([
  {
    threat: 'E3b: three of five restarted, three fresh servers beside',
    ids: ['dkron-1', 'dkron-2', 'dkron-3'],
    gone: ['dkron-4', 'dkron-5'],
    remedy: 'restart',
  },
  {
    threat: 'E3a: two of five recovered, three fresh servers beside',
    ids: ['dkron-1', 'dkron-2'],
    gone: ['dkron-3', 'dkron-4', 'dkron-5'],
    remedy: 'rewrite',
  },
])('$threat', ({ threat, ids, gone, remedy }) => {
  let world: CaseLab;
  let term: number;
  let fresh: LabHost[] = [];
  let agentNode: AgentNode | undefined;
  const survivors = () => ids.map((id) => world.lab.host(id));
  const logs = () => Promise.all(survivors().map(({ dataDir }) => peek(dataDir)));

  beforeAll(async () => {
    world = await caseLab({ servers: 5, cluster: { policy: { restart: 'always' } } });
    for (const id of ids) await stopDkron(world.lab, id);
    for (const id of gone) await world.lab.terminate(id);
    term = Math.max(...(await logs()).map(({ last_term }) => last_term));
  });
  afterEach(async () => {
    agentNode?.end();
    await endFresh(world.lab, fresh);
    fresh = [];
  });
  afterAll(() => world?.lab.down());

  /** Everything is held; beside it the fresh cluster is ahead; a person says yes. */
  const restartBesideFresh = async (): Promise<string> => {
    const { lab, api } = world;
    const caseId = await api.openCase(CLUSTER, 'recover');
    const gate = await untilGate(api, caseId);
    expect((await api.case(caseId)).planning).toMatchObject({ plan: { remedy } });
    await api.answer(gate.gateId, approval(gate));
    const restart = await untilGate(api, caseId, 'approve-restart');
    fresh = await bootFresh(lab);
    await outrun(lab, fresh, term);
    await api.answer(restart.gateId, approval(restart));
    return caseId;
  };

  test('switched on: they are named, everything is put back, and the survivors keep their logs', async () => {
    const { api } = world;
    const before = await logs();
    const { report } = await untilClosed(api, await restartBesideFresh());
    expect(report).toMatchObject({ outcome: 'blocked' });
    expect(report?.problem?.says).toContain('fresh-21');
    expect(await logs()).toEqual(before);
    tell({ threat, rule: RULE, on: 'blocked; put back; every log as before' });
  });

  test('switched off: the fresh cluster leads all of them, and every job is erased', async () => {
    const { lab, api } = world;
    await installSeam(lab, 'clerk', { 'lib/recovery/look-again.ts': 'look-away.ts' });
    const caseId = await restartBesideFresh();
    await untilCase(api, caseId, 'the release', ({ case: { status }, events }) =>
      [status === 'closed', ...events.map(({ says }) => says.includes('is started'))].some(Boolean),
    );
    await untilLeads(...survivors().map(({ address }) => address));
    const everybody = [...survivors(), ...fresh].map(({ address }) => address);
    agentNode = await startAgentNode(lab, everybody);
    await until('no survivor leads', async () => {
      const led = await Promise.all(survivors().map(({ address }) => leads(address)));
      return !led.includes(true);
    });
    const leading = await untilLeads(...fresh.map(({ address }) => address));
    expect(await jobsAt(leading)).toBe(0);
    tell({ threat, rule: RULE, off: `0 of ${JOBS} jobs; survivors stuck` });
  });
});
