import fc from 'fast-check';
import {
  byHand,
  declare,
  driftOf,
  guardRelease,
  lookAgain,
  makePlan,
  reportMarkdown,
  serversOf,
  takeInventory,
  type Declaration,
  type FleetView,
  type Survey,
} from '../../lib/recovery';
import { buildReport } from '../../lib/recovery/close';
import { CaseRecord } from '../../lib/recovery/case-record';
import { fenceProof } from '../../lib/recovery/fence-proof';
import { fencesOf, planOf, quiet } from '../support/planned';
import { NOW, OPENED, PINS, QUARANTINE, sha256, surveyOf, type ServerWorld } from '../support/world';

/*
 * A person's word in place of the proof of rule 14 (ADR 0012): it covers what EC2 cannot tell any more, and nothing that is
 * seen.
 */
const WORLD = {
  servers: {
    'dkron-1': {},
    'dkron-2': { host: 'terminated' as const, addressHeldBy: 'i-0000000f' },
    'dkron-3': { host: 'terminated' as const },
  },
  declared: { 'dkron-2': 'i-0000000f is the build server' },
};
const planned = planOf(WORLD);
const { plan, planId, survey, cluster } = planned;
const [dkron2] = plan.excluded;
const declarations = survey.declarations;

const seen = {
  plan,
  cluster,
  declarations,
  inventory: survey.inventory,
  fleet: survey.fleet,
  network: survey.network,
  openedAt: OPENED,
};
const remains = (rest: Partial<FleetView['remains'][number]>): FleetView => ({
  ...survey.fleet,
  remains: survey.fleet.remains.map((one) => (one.serverId === 'dkron-2' ? { ...one, ...rest } : one)),
});
const beside = (rest: Partial<FleetView['instances'][number]>): FleetView => {
  const [own] = survey.fleet.instances;
  if (!own) throw new Error('no instance');
  return {
    ...survey.fleet,
    instances: [own, { ...own, instanceId: 'i-00000002', interfaces: [], volumes: [], ...rest }],
  };
};

describe('a plan that rests on a declaration', () => {
  test('names who said so, when, why, and exactly what is not proved', () => {
    expect(dkron2?.fence).toEqual({
      kind: 'gone',
      declared: {
        who: 'ann',
        at: '2026-03-01T04:09:00.000Z',
        because: 'i-0000000f is the build server',
        despite: ['i-0000000f holds its address'],
      },
    });
    expect(plan.countAsLost).toEqual([]);
  });

  test.each([
    ['by another person', { who: 'bob' }],
    ['at another time', { at: '2026-03-01T04:09:01.000Z' }],
    ['for another reason', { because: 'i-0000000f is a printer' }],
  ])('is another plan where the word was given %s', (_, rest) => {
    const other = makePlan({ ...survey, declarations: declarations.map((one) => ({ ...one, ...rest })) }, cluster, {
      sha256,
      documents: PINS,
      quarantine: QUARANTINE,
      now: NOW,
    });
    expect(other.kind).toBe('planned');
    if (other.kind === 'planned') expect(other.planId).not.toBe(planId);
  });

  test('has a danger finding, and is refused where the word was not given', () => {
    expect(planned.briefing.findings.filter(({ severity }) => severity === 'danger').map(({ code }) => code)).toEqual([
      'declared-gone',
    ]);
    const without = makePlan({ ...survey, declarations: [] }, cluster, {
      sha256,
      documents: PINS,
      quarantine: QUARANTINE,
      now: NOW,
    });
    expect(without.kind).toBe('refused');
  });

  test('says it by hand as well, and nothing that a person wrote leaves its comment', () => {
    const text = byHand(planOf({ ...WORLD, declared: { 'dkron-2': 'burnt\nrm -rf /' } }));
    expect(text).toContain('declared destroyed by ann at 2026-03-01T04:09:00.000Z: burnt rm -rf /');
    expect(text).not.toMatch(/^rm -rf/m);
  });
});

describe('look again', () => {
  test('a world that did not change is the same, also when EC2 has forgotten the instance', () => {
    expect(lookAgain(seen)).toEqual({ kind: 'same' });
    expect(driftOf({ ...seen, fleet: remains({ instance: 'absent' }) })).toEqual([]);
  });

  test.each<[string, Partial<typeof seen>, RegExp]>([
    ['the word was taken back', { declarations: [] }, /taken back/],
    ['the word was given anew', { declarations: later() }, /taken back/],
    ['its instance runs', { fleet: beside({ state: 'running' }) }, /its instance i-00000002 is running/],
    ['its instance is stopped', { fleet: beside({ state: 'stopped' }) }, /its instance i-00000002 is stopped/],
    ['EC2 has its instance, without our tags', { fleet: remains({ instance: 'running' }) }, /i-00000002 is running/],
    [
      'an instance of the cluster has its address',
      { fleet: beside({ instanceId: 'i-00000009', interfaces: [nic('10.0.2.12')] }) },
      /i-00000009/,
    ],
    [
      'an instance in our security group has its address',
      { fleet: { ...survey.fleet, neighbours: [neighbour('10.0.2.12')] } },
      /i-0000000e in a security group/,
    ],
    [
      'its volume is attached elsewhere',
      { fleet: remains({ volumes: [{ volumeId: 'vol-02', state: 'in-use', attachedTo: 'i-0000000e' }] }) },
      /vol-02 is attached to i-0000000e/,
    ],
    [
      'its volume is on an instance of the cluster',
      {
        fleet: beside({
          instanceId: 'i-00000009',
          volumes: [{ volumeId: 'vol-02', device: 'x', deleteOnTermination: false }],
        }),
      },
      /vol-02 is attached to i-00000009/,
    ],
    [
      'somebody else than before holds its address',
      { fleet: remains({ addressHeldBy: { interfaceId: 'eni-0e', instanceId: 'i-0000000e' } }) },
      /since then i-0000000e holds its address/,
    ],
    [
      'the inventory does not know it any more',
      { fleet: { ...survey.fleet, remains: survey.fleet.remains.filter(({ serverId }) => serverId !== 'dkron-2') } },
      /since then no inventory knows it/,
    ],
    ['it is alive in gossip', { network: gossip('dkron-2') }, /gossip sees it alive/],
  ])('%s: drifted, and blocked as the first act of Release', (_, rest, says) => {
    const again = lookAgain({ ...seen, ...rest });
    expect(again.kind).toBe('drifted');
    if (again.kind === 'drifted') expect(again.says).toMatch(says);
    const held = { ...seen, network: quiet(planned), fences: fencesOf(planned), ...rest };
    expect(guardRelease(held)).toMatchObject({ kind: 'blocked' });
  });

  test('a removal drifts by the same signs', () => {
    const removal = planOf({
      servers: {
        'dkron-1': { leads: true },
        'dkron-2': { names: 'dkron-1' },
        'dkron-3': { host: 'terminated', addressHeldBy: 'i-0000000f' },
      },
      declared: { 'dkron-3': 'the rack burnt' },
    });
    const [same, gone] = [removal.survey.declarations, []].map((words) =>
      lookAgain({ ...seen, ...removal.survey, cluster, plan: removal.plan, declarations: words }),
    );
    expect(same).toEqual({ kind: 'same' });
    expect(gone).toMatchObject({ kind: 'drifted' });
  });
});

describe('the proof of its fence', () => {
  const proof = (left: FleetView['remains'][number] | null) =>
    dkron2 &&
    fenceProof(dkron2, {
      instance: null,
      remains: left,
      record: null,
      holdResult: null,
      quarantineGroupId: null,
      now: NOW,
    });
  const [, left = null] = survey.fleet.remains;

  test('is the word itself, said to be no more than that', () => {
    expect(proof(left)).toMatchObject({ kind: 'gone', proved: true });
    expect(proof(left)?.evidence).toBe(
      'declared destroyed by ann at 2026-03-01T04:09:00.000Z: i-0000000f is the build server; not proved: i-0000000f holds its address',
    );
  });

  test('is none where the instance is there', () => {
    expect(left && proof({ ...left, instance: 'running' })).toMatchObject({ proved: false });
  });
});

test('the report prints the word, as danger and as what to remember', () => {
  const report = buildReport({
    record: CaseRecord.parse({
      caseId: 'demo-1',
      cluster: 'demo',
      mode: 'recover',
      counter: 1,
      openedAt: OPENED,
      executionArn: 'arn',
      requester: 'ann',
      openedBy: 'ann',
      status: 'open',
      phase: 'verify',
    }),
    outcome: 'recovered',
    closedAt: NOW,
    problem: null,
    planning: planned,
    size: 3,
    gates: [],
    fences: [],
    events: [],
    audit: [],
  });
  const text = reportMarkdown(report);
  expect(text).toContain('**danger** dkron-2 is not proved gone: declared destroyed by ann');
  expect(report.nextSteps.join('\n')).toContain('dkron-2 was declared destroyed by ann');
});

describe('declaring', () => {
  const known = { cluster, inventory: survey.inventory, exclusions: [], fleet: survey.fleet, network: survey.network };
  const say = (server: string, rest: Partial<typeof known> = {}) =>
    declare({ server, who: 'ann', at: NOW, because: ' it\n burnt ' }, { ...known, ...rest });

  test('keeps who, when, why and what was known of it', () => {
    expect(say('dkron-2')).toEqual({
      kind: 'declared',
      declaration: {
        serverId: 'dkron-2',
        who: 'ann',
        at: NOW,
        because: 'it burnt',
        known: { address: '10.0.2.12:6868', instanceId: 'i-00000002', volumeIds: ['vol-02'], interfaceIds: ['eni-02'] },
      },
    });
  });

  test('is refused for who answers, with what to do instead', () => {
    expect(say('dkron-1')).toMatchObject({ kind: 'refused', code: 'NotGone' });
    expect(say('dkron-1')).toMatchObject({ says: expect.stringContaining('answers') as string });
  });

  test('is refused for a name that nobody knows, with the names that are', () => {
    const refused = say('dkron-22');
    expect(refused).toMatchObject({ kind: 'refused', code: 'UnknownServer' });
    expect(refused.kind === 'refused' && refused.says).toContain('dkron-1, dkron-2, dkron-3');
  });

  test('any name is taken where nobody knows any: that is when it is needed', () => {
    expect(say('dkron-22', { inventory: null, network: { ...survey.network, reports: [] } })).toMatchObject({
      kind: 'declared',
      declaration: { known: null },
    });
  });

  test('who was taken out by an earlier case is known by that', () => {
    const exclusion = {
      serverId: 'dkron-9',
      address: '10.0.9.9:6868',
      caseId: 'demo-1',
      since: OPENED,
      fence: { kind: 'quarantine-stop' as const, instanceId: 'i-00000009', interfaceIds: ['eni-9'] },
      groupsBefore: { 'eni-9': ['sg-1'] },
      volumeIds: ['vol-09'],
    };
    expect(say('dkron-9', { exclusions: [exclusion] } as object)).toMatchObject({
      kind: 'declared',
      declaration: {
        known: { address: '10.0.9.9:6868', instanceId: 'i-00000009', volumeIds: ['vol-09'], interfaceIds: ['eni-9'] },
      },
    });
  });
});

test('the inventory keeps the Auto Scaling group of each server', () => {
  const good = surveyOf({
    servers: { 'dkron-1': { leads: true, group: 'asg' }, 'dkron-2': { names: 'dkron-1' } },
  });
  const taken = takeInventory({ ...good.survey, cluster: good.cluster, now: NOW });
  expect(taken?.servers.map(({ autoScalingGroup }) => autoScalingGroup)).toEqual(['asg', null]);
});

test('whatever people declare: who answers, was inspected or has an instance is never gone, and no plan rests on a word in silence', () => {
  const host = fc.constantFrom<ServerWorld['host']>(
    'up',
    'impaired',
    'closed',
    'stopped',
    'terminated',
    'broken',
    'absent',
  );
  const any: fc.Arbitrary<Partial<ServerWorld>> = fc.record(
    {
      host,
      answers: fc.boolean(),
      volume: fc.constantFrom('deleted', 'available', 'in-use i-0000000f'),
      addressHeldBy: fc.constantFrom(null, 'i-0000000f'),
      version: fc.constantFrom('4.0.5', '3.1.7'),
    },
    { requiredKeys: ['host'] },
  );
  // Most worlds of chance are refused for something else: plain ones are planned.
  const plain: fc.Arbitrary<Partial<ServerWorld>> = fc.record({
    host: fc.constantFrom<ServerWorld['host']>('up', 'terminated', 'absent', 'absent'),
  });
  const server = fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: any });
  const ids = ['dkron-1', 'dkron-2', 'dkron-3', 'dkron-4', 'dkron-5'];
  const world = fc.record({
    servers: fc
      .array(server, { minLength: 1, maxLength: 5 })
      .map((all) => Object.fromEntries(all.map((one, at) => [ids[at] ?? '', one]))),
    inventory: fc.boolean(),
    declared: fc.subarray(ids).map((some) => Object.fromEntries(some.map((id) => [id, 'burnt']))),
  });
  let [declaredGone, rested] = [0, 0];
  fc.assert(
    fc.property(world, (input) => {
      const made = surveyOf(input);
      const views = serversOf(made.survey);
      for (const view of views.filter((one) => one.class === 'gone')) {
        expect(view).toMatchObject({ answers: false, facts: null, instance: null });
        // Which volumes it had is known by an inventory only.
        if (input.inventory) expect(input.servers[view.id]?.volume ?? '').not.toMatch(/^in-use/);
        if (view.declared) declaredGone += 1;
      }
      // A word never makes anything of a server that is seen.
      const without = serversOf({ ...made.survey, declarations: [] });
      views.forEach((view, at) => {
        if (view.declared === null) expect(view.class).toBe(without[at]?.class);
      });
      const planning = makePlan(made.survey, made.cluster, {
        sha256,
        documents: PINS,
        quarantine: QUARANTINE,
        now: NOW,
      });
      if (planning.kind !== 'planned') return;
      const rests = planning.plan.excluded.filter(({ fence }) => fence.kind === 'gone' && fence.declared !== null);
      const dangers = planning.briefing.findings.filter(({ code }) => code === 'declared-gone');
      if (planning.plan.peersJson !== null) expect(dangers.length).toBe(rests.length);
      if (rests.length > 0) {
        rested += 1;
        expect(planning.plan.survivors.every(({ id }) => input.servers[id]?.version !== '3.1.7')).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
  expect(declaredGone).toBeGreaterThan(50);
  expect(rested).toBeGreaterThan(10);
});

function later(): Declaration[] {
  return survey.declarations.map((one) => ({ ...one, at: '2026-03-01T04:11:00.000Z' }));
}
function nic(address: string) {
  return { id: 'eni-09', addresses: [address], publicAddresses: [], groups: [] };
}
function neighbour(address: string): FleetView['neighbours'][number] {
  return {
    instanceId: 'i-0000000e',
    state: 'running',
    launchedAt: '2026-01-01T00:00:00.000Z',
    interfaces: [nic(address)],
    autoScalingGroup: null,
  };
}
function gossip(name: string): Survey['network'] {
  const [first] = survey.network.reports;
  if (!first) throw new Error('no report');
  const member = { name, address: '10.0.2.12', status: 'alive', server: true, rpcAddr: null };
  return { ...survey.network, reports: [{ ...first, members: { outcome: 'answered', members: [member] } }] };
}
