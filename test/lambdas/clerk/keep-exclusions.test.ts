import { keys } from '../../../lambdas/adapters/evidence';
import type { Outcome } from '../../../lib/recovery/case';
import type { Exclusion } from '../../../lib/recovery/exclusion';
import type { ReleaseResult } from '../../../lib/recovery/order';
import { approvedCaseRef, checked, closedAs, guarded } from '../../support/case-walk';
import { WorkingDay } from '../../support/working-day';
import { approvedWith } from '../support/approved';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const out = async () => (await day.clerk.exclusions.of('demo')).map(({ serverId, fence }) => [serverId, fence.kind]);

/** Past the point of no return, then closed as one of these endings. */
const releasedAndClosed = async (outcome: Outcome) => {
  const ref = await approvedCaseRef(day);
  await day.clerk.cases.recordFence(ref.caseId, {
    instanceId: 'i-00000003',
    groupsBefore: { 'eni-3': ['sg-dkron'] },
    stateBefore: 'running',
    quarantinedAt: day.at,
    stopAskedAt: day.at,
    startAskedAt: null,
    kept: false,
  });
  await checked(day, ref);
  await guarded(day, ref);
  await closedAs(day, ref, outcome);
};

test.each<Outcome>(['recovered', 'not-proved', 'no-leader', 'interrupted-after-release'])(
  'a case that was released and ends as %s leaves behind who is out, and the groups of before',
  async (outcome) => {
    await releasedAndClosed(outcome);
    expect(await out()).toEqual([
      ['dkron-2', 'gone'],
      ['dkron-3', 'quarantine-stop'],
    ]);
    const [, third] = await day.clerk.exclusions.of('demo');
    expect(third).toMatchObject({ caseId: 'case-1', groupsBefore: { 'eni-3': ['sg-dkron'] }, volumeIds: ['vol-3'] });
  },
);

test.each<Outcome>(['declined', 'blocked', 'aborted', 'undo-failed'])(
  'a case that was not released and ends as %s takes nobody out',
  async (outcome) => {
    await closedAs(day, await approvedCaseRef(day), outcome);
    expect(await out()).toEqual([]);
  },
);

describe('a server whose way back was approved and released', () => {
  const HOST = 'i-00000003';
  const OUT: Exclusion = {
    serverId: 'dkron-3',
    address: '10.0.3.13:6868',
    caseId: 'case-0',
    since: '2026-11-24T05:00:00.000Z',
    fence: { kind: 'quarantine-stop', instanceId: HOST, interfaceIds: ['eni-3'] },
    groupsBefore: { 'eni-3': ['sg-dkron'] },
    volumeIds: [],
  };
  const answer = {
    hostId: HOST,
    startedAt: OUT.since,
    consumed: true,
    leader: { outcome: 'timed-out' as const, detail: '' },
    detail: '',
  };

  const endedAs = async (outcome: Outcome, releases: ReleaseResult[]) => {
    await day.clerk.exclusions.keep('demo', [OUT]);
    const ref = await approvedWith(day, ({ survivors: [survivor] }) => ({
      remedy: 'readmit',
      excluded: [],
      survivors: [],
      joining: survivor ? [{ ...survivor, id: 'dkron-3', instanceId: HOST, heldBy: null, groups: {} }] : [],
    }));
    await day.clerk.cases.passPointOfNoReturn(ref.caseId, ref.counter, day.at);
    await day.clerk.evidence.putJson(keys.releases(ref.caseId), releases);
    await closedAs(day, ref, outcome);
    return out();
  };

  test.each<[string, Outcome, ReleaseResult[]]>([
    ['it was proved, whatever its host answered', 'recovered', []],
    [
      'it was started empty, and the proof failed on something else',
      'not-proved',
      [{ outcome: 'released', ...answer }],
    ],
  ])('is out no more where %s', async (_, outcome, releases) => {
    expect(await endedAs(outcome, releases)).toEqual([]);
  });

  test.each<[string, ReleaseResult[]]>([
    ['its host refused', [{ outcome: 'refused', hostId: HOST, code: 'DeadlinePassed', detail: 'too late' }]],
    ['its host never answered', []],
  ])('is out as before, held by this case, where %s', async (_, releases) => {
    expect(await endedAs('not-proved', releases)).toEqual([['dkron-3', 'hold']]);
  });
});
