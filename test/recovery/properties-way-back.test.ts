import fc from 'fast-check';
import type * as z from 'zod';
import { makePlan, signsOf, type Plan, type Planning, type Survey } from '../../lib/recovery';
import { NOW, PINS, QUARANTINE, ServerWorld, sha256, surveyOf, type World } from '../support/world';

/*
 * Readmit in any world: a leader or none, servers that are out in any state, their fences whole or broken. What is expected is
 * said here once more, from the world itself and not from the code that decides it.
 */
type Rare = Partial<ServerWorld>;
const CASE = 'case-of-yesterday';
const fenced: Rare = { host: 'stopped', groups: ['sg-0fence'] };
const held: Rare = { running: false, answers: false, data: 'file' };
const anything = fc.record(
  {
    host: fc.constantFrom<ServerWorld['host']>('up', 'impaired', 'closed', 'stopped', 'terminated', 'broken', 'absent'),
    answers: fc.boolean(),
    running: fc.boolean(),
    data: fc.constantFrom<ServerWorld['data']>('dir', 'file', 'missing'),
    groups: fc.constantFrom<string[]>(['sg-0fence'], ['sg-0dkron'], ['sg-0fence', 'sg-0dkron']),
    log: fc.constantFrom('2/100', '9/900'),
    nodeName: fc.constantFrom('dkron-1', 'dkron-9'),
    manager: fc.constantFrom<ServerWorld['manager']>('supervisor', 'systemd'),
  },
  { requiredKeys: ['host'] },
);
const kind = fc.constantFrom<'gone' | 'hold' | 'quarantine-stop'>('gone', 'hold', 'quarantine-stop');
/** Mostly a fence that stands: of worlds of chance hardly one would let anybody in. */
const out = kind.chain((fence) =>
  fc
    .oneof(
      {
        weight: 4,
        arbitrary: fc.constant<Rare>(
          { gone: { host: 'terminated' as const }, hold: held, 'quarantine-stop': fenced }[fence],
        ),
      },
      { weight: 1, arbitrary: anything },
    )
    .map((server) => ({ fence, server })),
);
const member = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Rare>({ names: 'dkron-1' }) },
  { weight: 1, arbitrary: anything },
);

const world = fc
  .record({
    leads: fc.integer({ min: 0, max: 5 }).map((chance) => chance > 0),
    members: fc.array(member, { maxLength: 2 }),
    outside: fc.array(out, { minLength: 1, maxLength: 3 }),
    beside: fc.array(anything, { maxLength: 1 }),
    wanted: fc.nat(3),
  })
  .map(({ leads, members, outside, beside, wanted }): z.input<typeof World> => {
    const inside = [{ leads, answers: leads }, ...members].map((one, at) => [`dkron-${at + 1}`, one] as const);
    const others = outside.map(({ fence, server }, at) => ({ id: `dkron-${inside.length + at + 1}`, fence, server }));
    // Whom no case took out: removed by id perhaps, and never fenced.
    const unknown = beside.map((server) => ['dkron-8', server] as const);
    return {
      servers: Object.fromEntries([...inside, ...others.map(({ id, server }) => [id, server] as const), ...unknown]),
      members: inside.map(([id]) => id),
      size: 7,
      out: Object.fromEntries(others.map(({ id, fence }) => [id, fence])),
      intent: { kind: 'readmit', server: `dkron-${inside.length + 1 + wanted}` },
    };
  });

interface Seen {
  readonly survey: Survey;
  readonly world: World;
  readonly planning: Planning;
  readonly plan: Plan | null;
}
const seen = (input: z.input<typeof World>): Seen => {
  const { survey, cluster, world: whole } = surveyOf(input);
  const context = { sha256, documents: PINS, quarantine: QUARANTINE, now: NOW, intent: whole.intent };
  const planning = makePlan(survey, cluster, context);
  return { survey, world: whole, planning, plan: planning.kind === 'planned' ? planning.plan : null };
};

const answers = ({ host, answers: told }: ServerWorld): boolean =>
  host !== 'absent' && (told ?? (host === 'up' || host === 'closed'));

/** Its old data cannot reach anybody, as the world says. */
const isOut = ({ world: { servers, out: kinds } }: Seen, id: string): boolean => {
  const server = servers[id];
  if (!server) return true;
  if (answers(server)) return false;
  if (kinds[id] === 'gone' || server.host === 'terminated' || server.host === 'absent') return true;
  if (kinds[id] === 'hold') return server.host === 'stopped' || (server.host === 'up' && server.data === 'file');
  return server.host === 'stopped' && server.groups.join() === 'sg-0fence';
};

const forEveryPlan = (holds: (plan: Plan, seen: Seen) => void): void => {
  const remedies = new Map<string, number>();
  fc.assert(
    fc.property(world, (input) => {
      const what = seen(input);
      if (what.plan === null) return;
      remedies.set(what.plan.remedy, (remedies.get(what.plan.remedy) ?? 0) + 1);
      holds(what.plan, what);
    }),
    { numRuns: 1500 },
  );
  // A property over plans says nothing when no world is planned.
  expect([...remedies.keys()].sort()).toEqual(['power-on', 'readmit']);
  for (const count of remedies.values()) expect(count).toBeGreaterThan(20);
};

test('nobody is let in, or powered on for it, while another one that is out could come back with its old data', () => {
  forEveryPlan((plan, what) => {
    const wanted = what.world.intent?.server ?? '';
    const others = Object.keys(what.world.out).filter((id) => id !== wanted);
    expect(others.filter((id) => !isOut(what, id))).toEqual([]);
    expect(plan.keptOut.map(({ serverId }) => serverId).sort()).toEqual(others.sort());
  });
});

test('nobody is let in while a host that no case took out may have old data, and reaches others', () => {
  forEveryPlan((_, { world: { servers } }) => {
    const { host = 'absent', data, groups = [] } = servers['dkron-8'] ?? {};
    const isThere = host !== 'absent' && host !== 'terminated';
    const isEmpty = host === 'up' && (data === 'missing' || data === 'file');
    if (isThere && !isEmpty) expect(groups).toEqual(['sg-0fence']);
  });
});

test('nobody is let in without a leader whose host was looked at', () => {
  forEveryPlan((plan, { survey }) => {
    const { leader } = signsOf(survey);
    expect(leader.kind).toBe('leader');
    expect(plan.standing.map(({ id }) => id)).toContain(leader.kind === 'leader' ? leader.id : '');
  });
});

test('one at a time, the one that was asked for, on the host that was taken out, and without peers.json', () => {
  forEveryPlan((plan, { world: { intent, servers, out: kinds }, survey }) => {
    const touched = [...plan.joining, ...plan.powerOn];
    expect(touched.map(({ id }) => id)).toEqual([intent?.server]);
    const exclusion = survey.exclusions.find(({ serverId }) => serverId === intent?.server);
    expect(exclusion?.fence).toMatchObject({ instanceId: touched[0]?.instanceId });
    expect(plan.membership.map(({ id }) => id)).not.toContain(intent?.server);
    expect([plan.peersJson, plan.survivors, plan.excluded, plan.removals]).toEqual([null, [], [], []]);
    expect(kinds[intent?.server ?? '']).not.toBe('gone');
    expect(plan.joining.filter(({ id }) => answers(servers[id] ?? ServerWorld.parse({})))).toEqual([]);
  });
});

test('what is let in is held by the case that took it out, or cut off, or does not run', () => {
  forEveryPlan(({ joining, letIn }, { world: { servers } }) => {
    for (const { id, instanceId, heldBy } of joining) {
      const { data, running, groups } = servers[id] ?? {};
      if (data === 'file') expect(heldBy).toBe(CASE);
      else if (running) expect([groups, data]).toEqual(data === 'missing' ? [groups, data] : [['sg-0fence'], data]);
      if (groups?.join() === 'sg-0fence') expect(letIn).toEqual([instanceId]);
    }
  });
});

test('a refusal names what forbids it, with a next step for each', () => {
  fc.assert(
    fc.property(world, (input) => {
      const { planning } = seen(input);
      expect(['planned', 'refused']).toContain(planning.kind);
      if (planning.kind !== 'refused') return;
      const dangers = planning.briefing.findings.filter(({ severity }) => severity === 'danger');
      expect(dangers).not.toEqual([]);
      expect(dangers.filter(({ nextStep }) => nextStep === '')).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
