import { countJobs } from '../../lab/dkron-cluster';
import { CLUSTER } from '../../lab/lab';
import type { CaseView } from '../../lib/cli/door';
import { act, codesOf, summaryOf } from '../chapters/support/chapter';
import { groupsOf, pathsOf } from '../lab/support/as-found';
import { type CaseLab, JOBS, approval, caseLab, untilCase, untilClosed, untilGate } from '../lab/support/case-lab';
import { testWithCut } from '../support/network-cut';
import { tell } from './support/told';
import { letBackIn, readmit, recoverWithout } from './support/way-back';

/*
 * 3 → 1 → 3 with every job, one server at a time, each behind gates of its own. The two that fell silent are fenced by a stop
 * in quarantine: they are powered on there, looked at, and join with an empty data-dir. Nobody comes back while the other one
 * could.
 */
let world: CaseLab;
let closed: CaseView;

beforeAll(async () => {
  world = await caseLab({ servers: 3 });
  closed = await recoverWithout(world, ['dkron-2', 'dkron-3']);
});
afterAll(() => world?.lab.down());

const THREAT = 'a server comes back beside an old one that is not fenced any more (E1)';
const RULE = '1: fences outlive their case';

test('one is left, and the report names the way back of the two others', () => {
  expect(summaryOf(closed)).toMatchObject({ remedy: 'rewrite', outcome: 'recovered', jobs: [JOBS, JOBS] });
  expect(closed.report?.redundancy).toMatchObject({ level: 'none', voters: 1, size: 3 });
  const steps = closed.report?.nextSteps.join('\n');
  for (const id of ['dkron-2', 'dkron-3']) expect(steps).toContain(`requorum readmit --cluster demo --server ${id}`);
});

testWithCut(
  'nobody comes back while another old server could: one that somebody started is stopped first',
  async () => {
    const { lab, api } = world;
    await lab.startInstance('dkron-3');
    const { view, asked } = await act(api, readmit('dkron-2'));
    expect(asked).toEqual([]);
    expect(view.case.outcome).toBe('refused');
    expect(codesOf(view)).toEqual(['old-data-not-fenced']);
    await lab.stopInstance('dkron-3');
  },
);

testWithCut(
  'started while a person decides, it voids the plan, and who was to come back is put back as found',
  async () => {
    const { lab, api } = world;
    const found = async () => [await groupsOf(lab), await pathsOf(lab.host('dkron-2'))];
    const before = await found();
    const caseId = await api.openCase(CLUSTER, 'recover', readmit('dkron-2'));
    const first = await untilGate(api, caseId);
    await api.answer(first.gateId, approval(first));
    const isSecond = ({ gate }: CaseView) => gate?.status === 'open' && gate.gateId !== first.gateId;
    const { gate } = await untilCase(api, caseId, 'a second gate', isSecond);
    await lab.startInstance('dkron-3');
    if (gate) await api.answer(gate.gateId, approval(gate));
    const view = await untilClosed(api, caseId);
    expect(view.case.outcome).toBe('drifted');
    expect(view.report?.problem?.says ?? view.case.says).toContain('the fence of dkron-3 does not stand');
    await lab.stopInstance('dkron-3');
    await lab.refresh();
    expect(lab.host('dkron-2')).toMatchObject({ ec2: 'stopped', power: 'off' });
    expect(await found()).toEqual(before);
    expect((await lab.leader())?.serverId).toBe('dkron-1');
    tell({ threat: THREAT, rule: RULE, on: 'refused at the plan, void at the second gate, put back as found' });
  },
);

testWithCut('the first one comes back: two voters, and no failure is tolerated yet', () =>
  letBackIn(world, 'dkron-2', { by: ['power-on', 'readmit'], voters: 2, level: 'none' }),
);

testWithCut('the second one comes back: full strength, with every job on all three', async () => {
  await letBackIn(world, 'dkron-3', { by: ['power-on', 'readmit'], voters: 3, level: 'full' });
  for (const { address } of world.lab.hosts) expect(await countJobs(address)).toBe(JOBS);
  tell({ threat: '3 → 1 → 3', rule: '1: the way back', on: `full strength, ${JOBS} of ${JOBS} jobs on all three` });
});

testWithCut('who retired comes back the same way, from the hold that it left behind', async () => {
  const { lab, api } = world;
  const retired = (await lab.leader())?.serverId === 'dkron-3' ? 'dkron-2' : 'dkron-3';
  const { view } = await act(api, { kind: 'retire', server: retired });
  expect(summaryOf(view)).toMatchObject({ outcome: 'recovered' });
  await letBackIn(world, retired, { by: ['readmit'], voters: 3, level: 'full' });
});
