import fc from 'fast-check';
import { makePlan, planIdOf, signsOf, verdictOf, type Plan, type Planning, type Survey } from '../../lib/recovery';
import { planOf } from '../support/planned';
import { NOW, PINS, QUARANTINE, sha256, surveyOf, type ServerWorld } from '../support/world';

/*
 * What holds for every world: hosts in any state, any claim of leadership, any log.
 */
const server = fc.record(
  {
    host: fc.constantFrom<ServerWorld['host']>('up', 'impaired', 'closed', 'stopped', 'terminated', 'broken', 'absent'),
    answers: fc.boolean(),
    running: fc.boolean(),
    leads: fc.boolean(),
    names: fc.constantFrom('dkron-1', 'dkron-2'),
    hostNames: fc.constantFrom('dkron-1', 'dkron-3'),
    log: fc.option(
      fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 120 })).map(([t, i]) => `${t}/${i}`),
    ),
    configuration: fc.subarray(['dkron-1', 'dkron-2', 'dkron-3']),
    data: fc.constantFrom<ServerWorld['data']>('dir', 'file', 'missing', 'link'),
    manager: fc.constantFrom<ServerWorld['manager']>('supervisor', 'systemd', 'none'),
    version: fc.constantFrom('4.0.5', '3.1.1', 'devel', null),
    group: fc.constantFrom('asg', null),
    volume: fc.constantFrom('deleted', 'available', 'in-use i-0000000f'),
  },
  // Most keys are left out most of the time: else hardly any world would be planned.
  { requiredKeys: ['host'] },
);
const rare = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ host: fc.constantFrom<ServerWorld['host']>('up', 'impaired', 'terminated', 'stopped') }),
  },
  { weight: 1, arbitrary: server },
);
type Rare = Partial<ServerWorld>;
/** A cluster that works: the first leads, and whoever is up follows it. Hardly any world of chance would have a leader. */
const led = (servers: readonly Rare[]): Rare[] =>
  servers.map((one, at) => (at === 0 ? { leads: true } : one.host === 'up' ? { ...one, names: 'dkron-1' } : one));
const world = fc.record({
  servers: fc
    .tuple(fc.array(rare, { minLength: 1, maxLength: 7 }), fc.integer({ min: 0, max: 3 }))
    .map(([servers, chance]) => (chance === 0 ? led(servers) : servers))
    .map((servers) => Object.fromEntries(servers.map((one, at) => [`dkron-${at + 1}`, one]))),
  inventory: fc.boolean(),
});

const planned = (survey: Survey, cluster: Parameters<typeof makePlan>[1]): Planning =>
  makePlan(survey, cluster, { sha256, documents: PINS, quarantine: QUARANTINE, now: NOW });

const shuffled = (survey: Survey, turn: number): Survey => {
  const turned = <T>(list: readonly T[]): T[] => {
    const at = list.length === 0 ? 0 : turn % list.length;
    return [...list.slice(at), ...list.slice(0, at)].reverse();
  };
  return {
    ...survey,
    fleet: { ...survey.fleet, instances: turned(survey.fleet.instances), remains: turned(survey.fleet.remains) },
    network: { ...survey.network, reports: turned(survey.network.reports) },
    hosts: turned(survey.hosts),
    inventory: survey.inventory && { ...survey.inventory, servers: turned(survey.inventory.servers) },
  };
};

test('no survey makes the table throw, and it always has a verdict with a reason', () => {
  fc.assert(
    fc.property(world, (input) => {
      const { survey, cluster } = surveyOf(input);
      expect(verdictOf(survey, cluster).because.length).toBeGreaterThan(0);
      expect(['planned', 'refused', 'nothing-to-do']).toContain(planned(survey, cluster).kind);
    }),
    { numRuns: 400 },
  );
});

test('the same survey gives the same plan, whatever the order of servers', () => {
  fc.assert(
    fc.property(world, fc.nat(6), (input, turn) => {
      const { survey, cluster } = surveyOf(input);
      const one = planned(survey, cluster);
      const other = planned(shuffled(survey, turn), cluster);
      expect(other.kind).toBe(one.kind);
      expect(other.briefing.verdict).toEqual(one.briefing.verdict);
      if (one.kind === 'planned' && other.kind === 'planned') expect(other.planId).toBe(one.planId);
    }),
    { numRuns: 400 },
  );
});

test('peers.json is never planned while a leader is seen or a quorum can be restarted, answers or both', () => {
  let plans = 0;
  fc.assert(
    fc.property(world, (input) => {
      const { survey, cluster } = surveyOf(input);
      const planning = planned(survey, cluster);
      if (planning.kind !== 'planned' || planning.plan.peersJson === null) return;
      plans += 1;
      const { leader, restartable, inReach, quorum } = signsOf(survey);
      expect(leader.kind).toBe('none');
      expect(restartable.length).toBeLessThan(quorum);
      expect(inReach.length).toBeLessThan(quorum);
      expect(
        survey.network.reports.filter(({ isLeader }) => isLeader.outcome === 'answered' && isLeader.leads),
      ).toEqual([]);
    }),
    { numRuns: 1000 },
  );
  // A property over plans says nothing when no world is planned.
  expect(plans).toBeGreaterThan(20);
});

test('a plan fences every server of the old configuration that it does not keep, and names each once', () => {
  let plans = 0;
  fc.assert(
    fc.property(world, (input) => {
      const { survey, cluster } = surveyOf(input);
      const planning = planned(survey, cluster);
      if (planning.kind !== 'planned' || planning.plan.peersJson === null) return;
      plans += 1;
      const { membership, survivors, excluded, countAsLost, peersJson } = planning.plan;
      const ids = [...survivors, ...excluded].map(({ id }) => id).sort();
      expect(ids).toEqual(membership.map(({ id }) => id).sort());
      const silent = excluded.filter((one) => one.class === 'unreachable').map(({ id }) => id);
      expect(countAsLost).toEqual(silent);
      const peers = (JSON.parse(peersJson ?? '[]') as { id: string }[]).map(({ id }) => id);
      expect(peers).toEqual(survivors.map(({ id }) => id).sort());
    }),
    { numRuns: 1000 },
  );
  expect(plans).toBeGreaterThan(20);
});

test('a plan without peers.json fences nobody, and starts or removes nobody that is not of the configuration', () => {
  const remedies = new Set<string>();
  fc.assert(
    fc.property(world, (input) => {
      const { survey, cluster } = surveyOf(input);
      const planning = planned(survey, cluster);
      if (planning.kind !== 'planned' || planning.plan.peersJson !== null) return;
      const { membership, survivors, standing, removals, powerOn, excluded, remedy } = planning.plan;
      remedies.add(remedy);
      expect(excluded).toEqual([]);
      const touched = [...survivors, ...standing, ...removals, ...powerOn].map(({ id }) => id);
      expect(new Set(touched).size).toBe(touched.length);
      expect(touched.filter((id) => !membership.some((member) => member.id === id))).toEqual([]);
      // Whoever is removed leaves a majority of the old configuration that answers.
      const { answering, quorum } = signsOf(survey);
      const left = answering.filter(({ id }) => !removals.some((one) => one.id === id));
      if (removals.length > 0) expect(left.length).toBeGreaterThanOrEqual(quorum);
    }),
    { numRuns: 2000 },
  );
  expect([...remedies].sort()).toEqual(['power-on', 'remove', 'restart']);
});

/** Every way to change one leaf of a value. */
const changes = (value: unknown, put: (changed: unknown) => unknown): unknown[] => {
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    return [
      put([...list, 'more']),
      ...list.flatMap((inner, at) =>
        changes(inner, (changed) => put(list.map((one, n) => (n === at ? changed : one)))),
      ),
    ];
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([key, inner]) =>
      changes(inner, (changed) => put({ ...value, [key]: changed })),
    );
  }
  return [put(typeof value === 'number' ? value + 1 : `${String(value)}x`)];
};

test('the plan id changes when any field of the plan changes, and not with the order of keys', () => {
  const { plan, planId } = planOf();
  const changed = changes(plan, (one) => one) as Plan[];
  expect(changed.length).toBeGreaterThan(40);
  const ids = changed.map((one) => planIdOf(one, sha256));
  expect(ids.filter((id) => id === planId)).toEqual([]);
  const reversed = Object.fromEntries(Object.entries(plan).reverse()) as Plan;
  expect(planIdOf(reversed, sha256)).toBe(planId);
  expect(planId).toMatch(/^[0-9a-f]{16}$/);
});
