import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { CLUSTER } from '../../lab/lab';
import type { Answer, Gate } from '../../lib/recovery/gate';
import {
  type CaseLab,
  JOBS,
  approval,
  caseLab,
  decline,
  untilCase,
  untilClosed,
  untilGate,
} from '../lab/support/case-lab';
import { jobsAt } from '../lab/support/jobs';
import { keepRow, summaryOf } from './support/chapter';

/*
 * Two hosts of three hang: nobody knows whether they live. Counted as lost, what only they have is given up; powered off and on, they
 * come back with their data, and a restart loses nothing (ADR 0020).
 */
let world: CaseLab;

beforeAll(async () => {
  world = await caseLab({ servers: 3, cluster: { policy: { waitMinutes: 0, agentSeconds: 15 } } });
});
afterAll(() => world.lab.down());

const putOff = ({ planId }: Gate, more: Pick<Answer, 'decision' | 'powerCycle'>): Answer => ({
  ...{ planId, countAsLost: [], reason: '', clusterTyped: '' },
  ...more,
});
const groupsOf = async (id: string): Promise<string[]> => {
  const { instanceId } = world.lab.host(id);
  const told = await world.lab.clients().ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  const cards = told.Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces ?? [];
  return cards.flatMap(({ Groups = [] }) => Groups.map(({ GroupId = '' }) => GroupId)).sort();
};
const gateAfter = async (caseId: string, before: Gate): Promise<Gate> => {
  const isNew = ({ gate }: { gate: Gate | null }): boolean =>
    gate !== null && gate.gateId !== before.gateId && gate.status === 'open';
  const view = await untilCase(world.api, caseId, 'another gate', isNew);
  if (!view.gate) throw new Error('no gate');
  return view.gate;
};

test('who stays silent after it is asked about again, with what was tried, and is put back when people decline', async () => {
  const { lab, api } = world;
  const skip = !lab.canCut;
  if (skip) {
    console.warn('skipped: this machine allows no network namespace, so a quarantined host cannot be cut off');
    return;
  }
  const before = await groupsOf('dkron-3');
  await lab.impair('dkron-2');
  await lab.impair('dkron-3');
  await lab.untilLeaderless();
  const caseId = await api.openCase(CLUSTER, 'recover');
  const first = await untilGate(api, caseId);
  expect(first.choices.map(({ id, notCycled }) => [id, notCycled])).toEqual([
    ['dkron-2', null],
    ['dkron-3', null],
  ]);

  await api.answer(first.gateId, putOff(first, { decision: 'wait' }));
  const waited = await gateAfter(caseId, first);
  expect(waited.choices).toEqual(first.choices);

  await api.answer(waited.gateId, putOff(waited, { decision: 'power-cycle', powerCycle: ['dkron-3'] }));
  const cycle = await gateAfter(caseId, waited);
  const asked = await api.case(caseId);
  expect(asked.planning).toMatchObject({ plan: { remedy: 'power-cycle', powerOn: [{ id: 'dkron-3' }] } });
  expect(await groupsOf('dkron-3')).toEqual(before);

  await api.answer(cycle.gateId, approval(cycle));
  const again = await gateAfter(caseId, cycle);
  expect(again.choices.find(({ id }) => id === 'dkron-3')?.notCycled).not.toBeNull();
  expect(again.choices.find(({ id }) => id === 'dkron-2')?.notCycled).toBeNull();
  expect(await groupsOf('dkron-3')).not.toEqual(before);

  await api.answer(again.gateId, decline(again));
  const view = await untilClosed(api, caseId);
  expect(summaryOf(view)).toMatchObject({ outcome: 'declined' });
  expect(await groupsOf('dkron-3')).toEqual(before);
  await lab.refresh();
  expect(lab.host('dkron-3').ec2).toBe('running');
  keepRow({
    version: 'v4.0.5',
    broken: 'two hosts silent; one power-cycled, and silent after it',
    view,
    asked: [asked],
  });
});

test('a host that hung comes back with its data: a restart, without peers.json and without a loss', async () => {
  const { lab, api } = world;
  if (!lab.canCut) return;
  for (const id of ['dkron-2', 'dkron-3']) await lab.unimpair(id);
  for (const id of ['dkron-2', 'dkron-3']) await lab.hang(id);
  await lab.untilLeaderless();
  const caseId = await api.openCase(CLUSTER, 'recover');
  const first = await untilGate(api, caseId);
  // Two doors at once: one answer has an effect.
  const answers = await Promise.allSettled([
    api.answer(first.gateId, putOff(first, { decision: 'power-cycle', powerCycle: ['dkron-2', 'dkron-3'] })),
    api.answer(first.gateId, putOff(first, { decision: 'power-cycle', powerCycle: ['dkron-2', 'dkron-3'] })),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const cycle = await gateAfter(caseId, first);
  await api.answer(cycle.gateId, approval(cycle));
  const restart = await gateAfter(caseId, cycle);
  const asked = await api.case(caseId);
  expect(asked.planning).toMatchObject({ plan: { verdict: 'quorum-restartable', peersJson: null, excluded: [] } });
  await api.answer(restart.gateId, approval(restart));
  const view = await untilClosed(api, caseId);
  expect(summaryOf(view)).toMatchObject({ outcome: 'recovered', problem: null, jobs: [JOBS, JOBS] });
  for (const { address } of lab.hosts) expect(await jobsAt(address)).toBe(JOBS);
  keepRow({ version: 'v4.0.5', broken: 'two hosts hang; both power-cycled', view, asked: [asked] });
});
