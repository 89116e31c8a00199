import { startDkron, stopDkron, wipe } from '../../lab/breakage';
import { CLUSTER } from '../../lab/lab';
import { groupsOf } from '../lab/support/as-found';
import { type CaseLab, JOBS, approval, caseLab, untilCase, untilClosed, untilGate } from '../lab/support/case-lab';
import { jobsAt } from '../lab/support/jobs';
import { installSeam } from '../lab/support/seam';
import { testWithCut } from '../support/network-cut';
import { untilOneOf } from './support/old-servers';
import { tell } from './support/told';

/*
 * One server was down while jobs were confirmed by the two others. Of those one is gone, and the other hangs, with a disk that is
 * empty when it comes up again (a volume that is not mounted). An empty server votes for anyone: it makes the stale one leader.
 */
const RULE = '1: cut off until somebody has looked at its disk';
const THREAT = 'a silent host is power-cycled and comes up with an empty disk beside a stale server';
const LATER = 5;
let world: CaseLab;

beforeEach(async () => {
  world = await caseLab({ servers: 3, cluster: { policy: { agentSeconds: 30 } } });
  const { lab } = world;
  await stopDkron(lab, 'dkron-1');
  await lab.addJobs(LATER);
  await wipe(lab, 'dkron-2');
  await lab.hang('dkron-2');
  await lab.terminate('dkron-3');
  await startDkron(lab, 'dkron-1');
});
afterEach(() => world?.lab.down());

/** What people answer: power-cycle it first, and yes to the plan that does it. */
const powerCycled = async (): Promise<string> => {
  const { api } = world;
  const caseId = await api.openCase(CLUSTER, 'recover');
  const first = await untilGate(api, caseId);
  const answer = { decision: 'power-cycle' as const, powerCycle: ['dkron-2'], countAsLost: [], reason: '' };
  await api.answer(first.gateId, { planId: first.planId, clusterTyped: '', ...answer });
  const isNext = ({ gate }: { gate: { gateId: string; status: string } | null }): boolean =>
    gate?.status === 'open' && gate.gateId !== first.gateId;
  const { gate } = await untilCase(api, caseId, 'the gate of the power-cycle', isNext);
  if (gate === null) throw new Error('no gate');
  await api.answer(gate.gateId, approval(gate));
  return caseId;
};

testWithCut('switched off: the stale server leads, and what the cluster had confirmed is lost', async () => {
  const { lab } = world;
  await installSeam(lab, 'fence', { 'lambdas/adapters/ec2-power.ts': 'power-on-freely.ts' });
  await powerCycled();
  const { address } = await untilOneOf(lab, ['dkron-1']);
  expect(await jobsAt(address)).toBe(JOBS);
  tell({ threat: THREAT, rule: RULE, off: `the stale one leads; ${JOBS} of ${JOBS + LATER} jobs` });
});

testWithCut('switched on: its empty disk is seen, nothing leads, and it is left stopped in its groups', async () => {
  const { lab, api } = world;
  const groups = await groupsOf(lab);
  const closed = await untilClosed(api, await powerCycled());
  expect(closed.planning?.briefing.findings.map(({ code }) => code)).toContain('empty-data-dir');
  expect(closed.events.some(({ says }) => says.includes('came up without Raft data'))).toBe(true);
  expect(closed.case.outcome).toBe('refused');
  expect(await lab.leader()).toBeNull();
  await lab.refresh();
  expect(lab.host('dkron-2')).toMatchObject({ ec2: 'stopped', power: 'off' });
  expect(await groupsOf(lab)).toEqual(groups);
  tell({ threat: THREAT, rule: RULE, on: 'its disk is seen; no leader; it is left stopped' });
});
