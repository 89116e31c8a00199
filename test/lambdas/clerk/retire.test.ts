import { check } from '../../../lambdas/clerk/check';
import { makePlan } from '../../../lambdas/clerk/make-plan';
import { openCase } from '../../../lambdas/clerk/open-case';
import type { CaseRef } from '../../../lib/recovery/case';
import type { HoldResult } from '../../../lib/recovery/order';
import type { HostReport } from '../../../lib/recovery/survey';
import { approvedCaseRef, checked, execution, planned } from '../../support/case-walk';
import { healthyFleet, healthyNetwork, held, hostsInOutage, inventory } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const open = async (retire?: unknown, mode: 'plan' | 'recover' = 'recover', name = 'case-1') =>
  openCase(day.clerk, {
    action: 'open-case',
    input: { cluster: 'demo', mode, ...(retire === undefined ? {} : { retire }) },
    execution: execution(name),
  });
const record = (name = 'case-1') => day.clerk.cases.load(name);
const refOf = ({ case: ref }: Awaited<ReturnType<typeof open>>): CaseRef => {
  if (!ref) throw new Error('the case was not opened');
  return ref;
};

describe('a case that is opened', () => {
  test('to retire a server knows whom, and people read it', async () => {
    const { decision } = await open('dkron-3');
    expect(decision).toMatchObject({ next: 'survey' });
    expect(decision.says).toMatch(/^case to retire dkron-3 opened by console /);
    expect((await record()).intent).toEqual({ kind: 'retire', server: 'dkron-3' });
  });

  test('without a server to retire recovers', async () => {
    expect((await open()).decision.says).toMatch(/^case opened by console /);
    expect((await record()).intent).toBeNull();
  });

  test.each([
    ['an empty id', ''],
    ['a number', 3],
    ['two servers', ['dkron-2', 'dkron-3']],
  ])('to retire %s is refused, and takes no lease', async (_, retire) => {
    expect((await open(retire)).decision).toMatchObject({ next: 'close', outcome: 'bad-request' });
    expect(await day.clerk.leases.leaseOf('demo')).toBeNull();
  });
});

/** Every host as it was inspected while dkron-1 leads three. */
const hosts = (): HostReport[] => {
  const [one] = hostsInOutage();
  if (one?.outcome !== 'inspected') throw new Error('dkron-1 was inspected');
  const { facts } = one;
  return [1, 2, 3].map((n) => ({
    ...one,
    instanceId: `i-0000000${n}`,
    facts: {
      ...facts,
      hostId: `i-0000000${n}`,
      hostname: `dkron-${n}`,
      addresses: [`10.0.0.${n}`],
      bindAddress: `10.0.0.${n}:8946`,
      httpAddress: `10.0.0.${n}:8080`,
      nodeName: { value: `dkron-${n}`, evidence: 'config' },
      leader: { outcome: 'answered', leader: { id: 'dkron-1', rpcAddr: '10.0.0.1:6868' }, status: 200 },
      log: facts.log && { ...facts.log, jobs: n === 1 ? 20 : 19 },
    },
  }));
};
const seen = (ref: CaseRef) => ({ case: ref, inventory, fleet: healthyFleet(), network: healthyNetwork() });
const make = async (retire?: string, mode: 'plan' | 'recover' = 'recover') =>
  makePlan(day.clerk, { action: 'make-plan', ...seen(refOf(await open(retire, mode))), hosts: hosts() });

describe('the plan of a healthy cluster', () => {
  test('takes out the server that the case is about, by its own leave, and nobody else', async () => {
    const { decision, case: ref } = await make('dkron-3');
    expect(decision).toMatchObject({ next: 'approve', outcome: null });
    expect(decision.says).toContain('take dkron-3 out of the configuration');
    const plan = await day.clerk.plans.load(ref.planId ?? '');
    expect(plan).toMatchObject({
      remedy: 'remove',
      removals: [{ by: 'leave', id: 'dkron-3', host: { instanceId: 'i-00000003' } }],
      survivors: [],
      excluded: [],
      peersJson: null,
    });
    expect(plan.standing.map(({ id }) => id)).toEqual(['dkron-1', 'dkron-2']);
  });

  test('is none where nobody is to be retired', async () => {
    expect((await make()).decision).toMatchObject({ next: 'close', outcome: 'nothing-to-do' });
  });

  test('is only shown where the case is to plan', async () => {
    const { decision } = await make('dkron-3', 'plan');
    expect(decision).toMatchObject({ next: 'close', outcome: 'planned' });
    expect(decision.says).toContain('dkron-3');
  });

  test('is refused for a server that is no voter of it', async () => {
    const { decision, case: ref } = await make('dkron-9');
    expect(decision).toMatchObject({ next: 'close', outcome: 'refused' });
    expect(decision.says).toContain('dkron-9 is no voter');
    expect(ref.planId).toBeNull();
  });
});

test('a cluster that lost its quorum is not retired from', async () => {
  const ref = await planned(day, refOf(await open('dkron-3')));
  expect(ref.planId).toBeNull();
});

describe('the jobs that were there before', () => {
  const checkWith = async (ref: CaseRef, holds: HoldResult[] = []) => {
    await day.clerk.cases.approve(ref.caseId, ref.planId ?? '');
    return check(day.clerk, { action: 'check', ...seen(ref), fences: [], holds });
  };

  test('are told by the servers that work, where nobody is held', async () => {
    const { decision } = await checkWith((await make('dkron-3')).case);
    expect(decision).toMatchObject({ next: 'release' });
    expect((await record()).jobsBefore).toBe(20);
  });

  test('are counted on servers that stay, not on the one that goes', async () => {
    const { case: ref } = await make('dkron-1');
    await checkWith(ref);
    expect((await record()).jobsBefore).toBe(19);
  });

  test('are not told by what was held on a host that does not keep its data', async () => {
    const hold = held(null);
    if (hold.outcome === 'refused' || !hold.log) throw new Error('not held');
    const { case: ref } = await make('dkron-3');
    await checkWith(ref, [{ ...hold, hostId: 'i-00000009', log: { ...hold.log, jobs: 0 } }]);
    expect((await record()).jobsBefore).toBe(20);
  });

  /** Changes what was shown beside the plan; the plan itself stays as it is. */
  const brief = (change: { readonly role?: string; readonly jobs: number | null }): void => {
    const key = 'cases/case-1/planning-1.json';
    const planning = day.bucket.json(key) as {
      briefing: { servers: { role: string; position: { jobs: number | null } | null }[] };
    };
    for (const server of planning.briefing.servers) {
      server.role = change.role ?? server.role;
      if (server.position) server.position.jobs = change.jobs;
    }
    day.bucket.texts.set(key, JSON.stringify(planning));
  };

  test('are unknown where nobody could count', async () => {
    const ref = (await make('dkron-3')).case;
    brief({ jobs: null });
    await checkWith(ref);
    expect((await record()).jobsBefore).toBeNull();
  });

  test('are told by what was held where somebody was, whatever was known before', async () => {
    const ref = await approvedCaseRef(day);
    brief({ role: 'standing', jobs: 99 });
    await checked(day, ref);
    expect((await record()).jobsBefore).toBe(20);
  });
});
