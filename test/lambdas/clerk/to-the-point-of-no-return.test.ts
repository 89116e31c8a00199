import { check } from '../../../lambdas/clerk/check';
import { lookAgain } from '../../../lambdas/clerk/look-again';
import { makePlan } from '../../../lambdas/clerk/make-plan';
import { sha256 } from '../../../lambdas/adapters/sha256';
import type { CaseRef } from '../../../lib/recovery/case';
import { planIdOf } from '../../../lib/recovery/draft';
import type { HoldResult } from '../../../lib/recovery/order';
import { approvedCaseRef, checked, fences, guarded, looksAgain, opened, planned } from '../../support/case-walk';
import {
  fleetInOutage,
  healthyFleet,
  healthyNetwork,
  held,
  hostsInOutage,
  inventory,
  networkInOutage,
  networkWhileHeld,
} from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const abort = () => day.clerk.cases.requestAbort('case-1', { who: 'ann', at: day.at, reason: 'wrong cluster' });
const lastSaid = async () => (await day.clerk.cases.events('case-1')).at(-1)?.says;

describe('make plan', () => {
  test('a lost quorum gives a plan under its id, bound to the documents as deployed', async () => {
    const ref = await planned(day, await opened(day));
    expect(ref.planId).toMatch(/^[0-9a-f]{16}$/);
    const plan = await day.clerk.plans.load(ref.planId ?? '');
    expect(plan.survivors.map(({ id }) => id)).toEqual(['dkron-1']);
    expect(plan.documents.hold).toEqual({ name: 'hold', version: '7', hash: 'h'.repeat(64) });
    expect(day.bucket.json('cases/case-1/survey-1.json')).toMatchObject({ cluster: 'demo', inventory });
    expect(day.bucket.json('cases/case-1/planning-1.json')).toMatchObject({ kind: 'planned', planId: ref.planId });
  });

  const make = async (mode: 'plan' | 'recover', isHealthy: boolean) =>
    makePlan(day.clerk, {
      action: 'make-plan',
      case: await opened(day, 'case-1', mode),
      inventory,
      fleet: isHealthy ? healthyFleet() : fleetInOutage(),
      network: isHealthy ? healthyNetwork() : networkInOutage(),
      hosts: isHealthy ? [] : hostsInOutage(),
    });

  test('in plan mode the case closes as planned', async () => {
    expect((await make('plan', false)).decision).toMatchObject({ next: 'close', outcome: 'planned' });
  });
  test('in recover mode it goes to the gate, for as long as the policy says', async () => {
    const { decision, gateSeconds } = await make('recover', false);
    expect(decision).toMatchObject({ next: 'approve', outcome: null });
    expect(gateSeconds).toBe(30 * 60);
  });
  test('a healthy cluster gives nothing to do', async () => {
    expect((await make('recover', true)).decision).toMatchObject({ next: 'close', outcome: 'nothing-to-do' });
  });
  test('too little seen is refused, never acted upon', async () => {
    const { decision, case: ref } = await makePlan(day.clerk, {
      action: 'make-plan',
      case: await opened(day),
      inventory,
      fleet: fleetInOutage(),
      network: networkInOutage(),
      hosts: [],
    });
    expect(decision).toMatchObject({ next: 'close', outcome: 'refused' });
    expect(ref.planId).toBeNull();
  });

  test('planning again asks for a new approval', async () => {
    const ref = await approvedCaseRef(day);
    await planned(day, ref);
    await expect(looksAgain(day, ref)).rejects.toMatchObject({ name: 'NotApproved' });
  });
});

describe('look again', () => {
  test('the same cluster goes on to secure', async () => {
    expect((await looksAgain(day, await approvedCaseRef(day))).decision.next).toBe('secure');
  });

  test('a plan that nobody approved is refused', async () => {
    const ref = await planned(day, await opened(day));
    await expect(looksAgain(day, ref)).rejects.toMatchObject({ name: 'NotApproved' });
  });

  test('a leader that came back closes the case as drifted', async () => {
    const { decision } = await lookAgain(day.clerk, {
      action: 'look-again',
      case: await approvedCaseRef(day),
      inventory,
      fleet: healthyFleet(),
      network: healthyNetwork(),
    });
    expect(decision).toMatchObject({ next: 'close', outcome: 'drifted' });
  });

  test('an abort closes the case, and says whose it was', async () => {
    const ref = await approvedCaseRef(day);
    await abort();
    const { decision } = await looksAgain(day, ref);
    expect(decision).toMatchObject({ next: 'close', outcome: 'aborted' });
    expect(decision.says).toContain('ann');
  });

  test('plan bytes that were changed in the bucket are refused', async () => {
    const ref = await approvedCaseRef(day);
    const key = `plans/${ref.planId}.json`;
    day.bucket.texts.set(key, (day.bucket.texts.get(key) ?? '').replace('"10.0.0.1:6868"', '"10.0.0.9:6868"'));
    await expect(looksAgain(day, ref)).rejects.toMatchObject({ name: 'PlanMismatch' });
  });

  test('a run whose lease went to another one is refused', async () => {
    const ref = await approvedCaseRef(day);
    await expect(looksAgain(day, { ...ref, counter: ref.counter - 1 })).rejects.toMatchObject({ name: 'LeaseLost' });
  });
});

describe('check', () => {
  test('everything as approved releases without asking', async () => {
    expect((await checked(day, await approvedCaseRef(day))).decision).toMatchObject({ next: 'release' });
    expect((await day.clerk.cases.load('case-1')).jobsBefore).toBe(20);
  });

  test('one unproved fence puts everything back, and people read which', async () => {
    const ref = await approvedCaseRef(day);
    const { decision } = await checked(day, ref, fences(day.at, false));
    expect(decision).toMatchObject({ next: 'undo', outcome: 'blocked' });
    const said = (await day.clerk.cases.events('case-1')).map(({ says }) => says);
    expect(said.some((says) => says.startsWith('dkron-3 is NOT fenced'))).toBe(true);
  });

  test('a hash that differs on a host puts everything back', async () => {
    const { decision } = await check(day.clerk, {
      action: 'check',
      case: await approvedCaseRef(day),
      inventory,
      fleet: fleetInOutage(),
      network: networkWhileHeld(),
      fences: fences(day.at),
      holds: [held('b'.repeat(64))],
    });
    expect(decision).toMatchObject({ next: 'undo', outcome: 'blocked' });
  });

  test('a hold that was refused puts everything back, with the code of the host in the events', async () => {
    const { decision } = await check(day.clerk, {
      action: 'check',
      case: await approvedCaseRef(day),
      inventory,
      fleet: fleetInOutage(),
      network: networkWhileHeld(),
      fences: fences(day.at),
      holds: [{ outcome: 'refused', hostId: 'i-00000001', code: 'NoRoomForBackup', detail: '3 bytes free' }],
    });
    expect(decision).toMatchObject({ next: 'undo', outcome: 'blocked' });
    const said = (await day.clerk.cases.events('case-1')).map(({ says }) => says);
    expect(said).toContain('dkron-1: hold refused, NoRoomForBackup: 3 bytes free');
  });

  const withFenceOnHost = async (): Promise<CaseRef> => {
    const ref = await approvedCaseRef(day);
    const plan = await day.clerk.plans.load(ref.planId ?? '');
    const [survivor] = plan.survivors;
    if (!survivor) throw new Error('the plan has no survivor');
    const { dataDir, manager, http } = survivor;
    const fence = { kind: 'hold' as const, instanceId: 'i-00000003', dataDir, manager, http };
    const excluded = plan.excluded.map((one) => (one.id === 'dkron-3' ? { ...one, fence } : one));
    const other = { ...plan, excluded };
    const planId = planIdOf(other, sha256);
    await day.clerk.plans.keep(planId, other);
    const planning = day.bucket.json('cases/case-1/planning-1.json') as object;
    day.bucket.texts.set('cases/case-1/planning-1.json', JSON.stringify({ ...planning, plan: other, planId }));
    await day.clerk.cases.changeOpen('case-1', { planId, approvedPlanId: planId });
    return { ...ref, planId };
  };
  const checkOnHost = async (holdsOf: (peersSha256: string | null) => HoldResult[]) => {
    const ref = await withFenceOnHost();
    const { peersSha256 } = await day.clerk.plans.load(ref.planId ?? '');
    const rest = { case: ref, inventory, fleet: fleetInOutage(), network: networkWhileHeld() };
    const [gone] = fences(day.at);
    return check(day.clerk, { action: 'check', ...rest, fences: gone ? [gone] : [], holds: holdsOf(peersSha256) });
  };

  test('a fence on a host is proved by its answer to hold', async () => {
    const { decision } = await checkOnHost((peersSha256) => [
      held(peersSha256),
      { ...held(peersSha256), hostId: 'i-00000003', peersSha256: null },
    ]);
    expect(decision.next).toBe('release');
    expect(day.bucket.json('cases/case-1/fences.json')).toMatchObject([
      { serverId: 'dkron-2' },
      { serverId: 'dkron-3', kind: 'hold', proved: true },
    ]);
  });

  test('a fence on a host that did not answer is none', async () => {
    const { decision } = await checkOnHost((peersSha256) => [held(peersSha256)]);
    expect(decision).toMatchObject({ next: 'undo', outcome: 'blocked' });
  });

  test('an abort puts everything back even when all is proved', async () => {
    const ref = await approvedCaseRef(day);
    await abort();
    expect((await checked(day, ref)).decision).toMatchObject({ next: 'undo', outcome: 'aborted' });
  });

  test('with the policy `always` people are asked again', async () => {
    day.end();
    day = await new WorkingDay({ restart: 'always' }).withInventory();
    const { decision, gateSeconds } = await checked(day, await approvedCaseRef(day));
    expect(decision.next).toBe('ask');
    expect(gateSeconds).toBe(600);
  });
});

describe('guard release', () => {
  test('marks the point of no return once; the same step tried again says the same', async () => {
    const ref = await approvedCaseRef(day);
    expect((await guarded(day, ref)).decision.next).toBe('release');
    const { pointOfNoReturnAt } = await day.clerk.cases.load('case-1');
    expect(pointOfNoReturnAt).toBe(day.at);
    day.pass(5);
    expect((await guarded(day, ref)).decision.next).toBe('release');
    expect((await day.clerk.cases.load('case-1')).pointOfNoReturnAt).toBe(pointOfNoReturnAt);
  });

  test('an abort that came first wins, and nothing is marked', async () => {
    const ref = await approvedCaseRef(day);
    await abort();
    expect((await guarded(day, ref)).decision).toMatchObject({ next: 'undo', outcome: 'aborted' });
    expect((await day.clerk.cases.load('case-1')).pointOfNoReturnAt).toBeNull();
  });

  test('an abort between the look and the mark wins too', async () => {
    const ref = await approvedCaseRef(day);
    const clerk = day.clerk;
    const { passPointOfNoReturn } = clerk.cases;
    const cases = {
      ...clerk.cases,
      passPointOfNoReturn: async (...args: Parameters<typeof passPointOfNoReturn>) => {
        await abort();
        return passPointOfNoReturn(...args);
      },
    };
    jest.spyOn(day, 'clerk', 'get').mockReturnValue({ ...clerk, cases });
    expect((await guarded(day, ref)).decision).toMatchObject({ next: 'undo', outcome: 'aborted' });
  });

  test('a table that fails just after the mark does not turn the release into an undo', async () => {
    const ref = await approvedCaseRef(day);
    day.table.failOnce('put');
    expect((await guarded(day, ref)).decision.next).toBe('release');
    expect(await lastSaid()).not.toContain('point of no return');
    expect((await day.clerk.cases.load('case-1')).pointOfNoReturnAt).toBe(day.at);
  });

  test('after the mark an abort is refused', async () => {
    await guarded(day, await approvedCaseRef(day));
    expect(await abort()).toBeNull();
  });
});
