import { makePlan } from '../../../lambdas/clerk/make-plan';
import type { FenceRecord } from '../../../lib/recovery/fence';
import type { HostReport } from '../../../lib/recovery/survey';
import { opened } from '../../support/case-walk';
import { fleetInOutage, hostsInOutage, inventory, networkInOutage } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';

/* dkron-1 stands for a host that was stopped and started again, and is inspected now (E1: an empty server votes for anyone). */
const HOST = 'i-00000001';
const CYCLED: FenceRecord = {
  ...{ instanceId: HOST, groupsBefore: { 'eni-1': ['sg-dkron'] }, stateBefore: 'running', kept: false },
  ...{ quarantinedAt: '2026-03-01T04:00:00.000Z', stopAskedAt: '2026-03-01T04:00:00.000Z' },
  ...{ startAskedAt: '2026-03-01T04:00:05.000Z', cycledAt: '2026-03-01T04:00:00.000Z' },
};

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const withoutData = (report: HostReport): HostReport =>
  report.outcome === 'inspected'
    ? { ...report, facts: { ...report.facts, dataDir: { ...report.facts.dataDir, raft: 'missing' }, log: null } }
    : report;

const plannedWith = async (record: FenceRecord, hosts: HostReport[]) => {
  const ref = await opened(day);
  await day.clerk.cases.recordFence(ref.caseId, record);
  const seen = { case: ref, inventory, fleet: fleetInOutage(), network: networkInOutage() };
  await makePlan(day.clerk, { action: 'make-plan', ...seen, hosts });
  const fence = (await day.clerk.cases.load(ref.caseId)).fences[HOST];
  const said = (await day.clerk.cases.events(ref.caseId)).filter(({ says }) => says.includes('without Raft data'));
  return { fence, said };
};

test('a host that was power-cycled and has no Raft data is marked, so that Undo leaves it off, and that is said in red', async () => {
  const { fence, said } = await plannedWith(CYCLED, hostsInOutage().map(withoutData));
  expect(fence).toEqual({ ...CYCLED, foundEmpty: true });
  expect(said).toMatchObject([{ severity: 'danger', phase: 'make-plan' }]);
});

test('it is said once, however often the case is planned', async () => {
  const { said } = await plannedWith({ ...CYCLED, foundEmpty: true }, hostsInOutage().map(withoutData));
  expect(said).toEqual([]);
});

test.each<[string, FenceRecord, HostReport[]]>([
  ['that has its data', CYCLED, hostsInOutage()],
  ['that stays silent', CYCLED, [{ outcome: 'silent', instanceId: HOST, code: 'AgentOffline', detail: 'no agent' }]],
  [
    'that was fenced, and not power-cycled',
    (({ cycledAt: _, ...fenced }: FenceRecord) => fenced)(CYCLED),
    hostsInOutage().map(withoutData),
  ],
])('a host %s is not', async (_, record, hosts) => {
  const { fence, said } = await plannedWith(record, hosts);
  expect(fence?.foundEmpty).toBeUndefined();
  expect(said).toEqual([]);
});
