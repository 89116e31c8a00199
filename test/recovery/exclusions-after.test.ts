import type { Exclusion } from '../../lib/recovery/exclusion';
import { exclusionsAfter } from '../../lib/recovery/exclusions-after';
import type { FenceRecord } from '../../lib/recovery/fence';
import type { Plan } from '../../lib/recovery/plan';
import * as chapters from '../support/chapters';

const CLOSED = '2026-03-01T05:00:00.000Z';
const after = (before: readonly Exclusion[], ...plans: Plan[]): Exclusion[] =>
  exclusionsAfter(before, {
    caseId: 'case-1',
    plans,
    fences: FENCES,
    closedAt: CLOSED,
    begunAnew: [hostId, 'i-0000abcd'],
    surveys: [],
  });
const unreached = (before: readonly Exclusion[], plan: Plan): Exclusion[] =>
  exclusionsAfter(before, {
    caseId: 'case-2',
    plans: [plan],
    fences: FENCES,
    closedAt: CLOSED,
    begunAnew: [],
    surveys: [],
  });
const idsOf = (exclusions: readonly Exclusion[]): string[] =>
  exclusions.map(({ serverId, fence }) => `${serverId} ${fence.kind}`).sort();

const stopped = chapters.QUORUM_LOST.plan.excluded.find(({ fence }) => fence.kind === 'quarantine-stop');
const hostId = stopped?.instanceId ?? '';
const record: FenceRecord = {
  instanceId: hostId,
  groupsBefore: { 'eni-3': ['sg-0dkron'] },
  stateBefore: 'running',
  quarantinedAt: CLOSED,
  stopAskedAt: CLOSED,
  startAskedAt: null,
  kept: false,
};
const FENCES = { [hostId]: record };

test('everybody whom the plan left out is out, with the fence and the groups of before it', () => {
  const out = after([], chapters.QUORUM_LOST.plan);
  expect(idsOf(out)).toEqual(['dkron-2 gone', 'dkron-3 quarantine-stop']);
  expect(out.find(({ serverId }) => serverId === 'dkron-3')).toMatchObject({
    caseId: 'case-1',
    since: CLOSED,
    groupsBefore: { 'eni-3': ['sg-0dkron'] },
  });
});

test('who retired by leaving is out, and held on its host', () => {
  expect(idsOf(after([], chapters.RETIRED.plan))).toEqual(['dkron-3 hold']);
});

test('who was removed by id beside a leader is not out: it may join again as it is', () => {
  expect(after([], chapters.TWO_REMOVED.plan)).toEqual([]);
});

test('counted twice it is the same, as closing is tried again', () => {
  const once = after([], chapters.QUORUM_LOST.plan);
  expect(after(once, chapters.QUORUM_LOST.plan)).toEqual(once);
});

describe('a server that came back', () => {
  const before = after([], chapters.QUORUM_LOST.plan);
  const [survivor] = chapters.QUORUM_LOST.plan.survivors;
  if (!survivor) throw new Error('the chapter has a survivor');
  const back = (id: string, instanceId: string): Plan => ({
    ...chapters.QUORUM_LOST.plan,
    remedy: 'readmit',
    survivors: [],
    standing: [survivor],
    excluded: [],
    joining: [{ ...survivor, id, instanceId, heldBy: null, groups: {} }],
  });

  test('is out no more; the others are', () => {
    expect(idsOf(after(before, back('dkron-3', hostId)))).toEqual(['dkron-2 gone']);
  });

  test('and whose release did not reach its host has its old data there: it is out as before, by the hold on it', () => {
    const [, third] = unreached(before, back('dkron-3', hostId));
    expect(third).toMatchObject({
      serverId: 'dkron-3',
      caseId: 'case-2',
      fence: { kind: 'hold', instanceId: hostId },
      groupsBefore: { 'eni-3': ['sg-0dkron'] },
    });
    const held = back('dkron-3', hostId);
    const joining = held.joining.map((one) => ({ ...one, heldBy: 'case-1' }));
    expect(unreached(before, { ...held, joining })[1]).toMatchObject({ caseId: 'case-1', fence: { kind: 'hold' } });
  });

  test('under its name on another host leaves the old host out', () => {
    expect(idsOf(after(before, back('dkron-3', 'i-0000abcd')))).toEqual(['dkron-2 gone', 'dkron-3 quarantine-stop']);
  });

  test('and was taken out again, is out by the later case', () => {
    const [again] = after([], chapters.RETIRED.plan);
    expect(idsOf(after(again ? [again] : [], chapters.QUORUM_LOST.plan))).toEqual([
      'dkron-2 gone',
      'dkron-3 quarantine-stop',
    ]);
  });
});
