import jsonata from 'jsonata';
import * as z from 'zod';
import { LAST_WORD, SERVICE, longestWait } from '../../lib/workflow/retry';
import { Graph, definitionIn } from '../support/definition';
import type { State } from '../support/definition';
import { stackOf, templateOf } from '../support/template';

const graph = new Graph(definitionIn(templateOf(stackOf())));

const stateOf = (name: string): State => {
  const state = graph.states.get(name);
  if (!state) throw new Error(`no state is named ${name}`);
  return state;
};

/** What Step Functions would make of `{% … %}` with this item. */
const evaluate = async (text: unknown, input: unknown): Promise<unknown> => {
  const inside = /^\{% (.*) %\}$/s.exec(z.string().parse(text))?.[1];
  if (inside === undefined) throw new Error(`no expression: ${JSON.stringify(text)}`);
  return jsonata(inside).evaluate({}, { states: { input } });
};

/** Where a Choice sends this item. */
async function chosen(name: string, input: unknown): Promise<string | undefined> {
  const { Choices, Default } = stateOf(name);
  for (const { Condition, Next } of Choices ?? []) if ((await evaluate(Condition, input)) === true) return Next;
  return Default;
}

describe('a gate', () => {
  const GATES = [
    ['Approve plan', 'Plan approved?', 'Look again: fleet', 'close'],
    ['Approve restart', 'Restart approved?', 'Release: look: fleet', 'undo'],
  ] as const;

  test.each(GATES)('%s goes on when it was approved, and for no other answer', async (_gate, choice, goesOn, road) => {
    expect(await chosen(choice, { gate: { decision: 'approved' } })).toBe(goesOn);
    for (const decision of ['declined', 'aborted', 'expired', 'Approved', '', null]) {
      expect(await chosen(choice, { gate: { decision } })).toBe(`${choice} no`);
    }
    expect(
      await evaluate(stateOf(`${choice} no`).Output, { gate: { decision: 'declined', who: 'ada' } }),
    ).toMatchObject({
      road,
      ending: { outcome: 'declined', says: 'declined by ada' },
    });
  });

  test.each(GATES)('%s takes silence for no', async (gate, choice) => {
    const [silence, ...others] = stateOf(gate).Catch ?? [];
    expect(others).toEqual([]);
    expect(silence).toMatchObject({ ErrorEquals: ['States.Timeout'], Next: choice });
    const after = await evaluate(silence?.Output, { case: { planId: 'p1' } });
    expect(after).toMatchObject({ gate: { decision: 'expired', planId: 'p1', who: 'nobody' } });
    expect(await chosen(choice, after)).toBe(`${choice} no`);
  });
});

const FORKS = [
  ['Opened?', { survey: 'Before the point of no return', tidy: 'Tidy up' }, 'Not opened'],
  ['Planned?', { approve: 'Approve plan' }, 'Planned? no'],
  ['As approved?', { secure: 'Keep groups still: begin', 'power-on': 'Keep groups still: begin' }, 'As approved? no'],
  ['Checked?', { release: 'Release: look: fleet', ask: 'Approve restart' }, 'Checked? no'],
  ['Clear to release?', { release: 'To release' }, 'Clear to release? no'],
  ['A leader?', { verify: 'Verify: begin', again: 'Await leader: probe' }, 'No leader'],
  ['Proved?', { again: 'Verify: hold' }, 'Verify: end'],
] as const;
const DECISIONS = [...new Set(FORKS.flatMap(([, roads]) => Object.keys(roads))), 'close', 'undo', 'Release', ''];

test.each(FORKS)('%s knows its own decisions; any other ends the case', async (choice, roads, otherwise) => {
  const known = new Map<string, string>(Object.entries(roads));
  for (const next of DECISIONS) {
    expect([next, await chosen(choice, { decision: { next }, looks: 1 })]).toEqual([
      next,
      known.get(next) ?? otherwise,
    ]);
  }
});

test.each([
  ['release', 'After the point of no return'],
  ['undo', 'Put back'],
  ['close', 'A case to close?'],
  ['', 'A case to close?'],
])('the road %j leads to %s', async (road, to) => {
  expect(await chosen('Which way?', { road })).toBe(to);
});

test('nothing is secured or powered on while a group may still act, and that is put back', async () => {
  const to = (fenced: boolean, next: string) => chosen('Groups still?', { fenced, decision: { next } });
  expect(await to(true, 'secure')).toBe('Secure');
  expect(await to(true, 'power-on')).toBe('Power on: note');
  for (const next of ['secure', 'power-on']) expect(await to(false, next)).toBe('Groups still? no');
  const after = await evaluate(stateOf('Groups still? no').Output, {});
  expect(after).toMatchObject({ road: 'undo', ending: { outcome: 'blocked' } });
});

test('whatever comes of the groups, the case closes with the ending that was decided', async () => {
  const [caught, ...others] = stateOf('Let groups go on').Catch ?? [];
  expect(others).toEqual([]);
  expect(caught).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'Close case' });
  const decided = { ending: { outcome: 'recovered', says: '', error: null } };
  expect(await evaluate(caught?.Output, decided)).toEqual(decided);
  expect(await chosen('A case to close?', { case: null })).toBe('Close case');
  expect(await chosen('A case to close?', { case: { caseId: 'c' } })).toBe('Let groups go on');
});

test.each(['Checked?', 'Clear to release?'])('%s blocked is put back, not only closed', async (choice) => {
  const after = await evaluate(stateOf(`${choice} no`).Output, { decision: { next: 'undo', says: 'a stranger' } });
  expect(after).toMatchObject({ road: 'undo', ending: { outcome: 'blocked', says: 'a stranger' } });
});

test('only hosts that all answered, none of them with no, and lifted fences count as put back', async () => {
  const well = { undone: [{ outcome: 'undone' }], done: true, fenced: true };
  expect(await chosen('All put back?', well)).toBe('Put back: end');
  const late = { outcome: 'refused', code: 'Late' };
  for (const wrong of [{ undone: [], done: false }, { undone: [late] }, { fenced: false }]) {
    expect(await chosen('All put back?', { ...well, ...wrong })).toBe('Not put back');
  }
});

/** Seconds after which the functions themselves give a host up and say so (operate's and inspect's collect). */
const GIVEN_UP_AFTER = [
  ['Survey', 60],
  ['Hold', 600],
  ['Release', 120],
  ['Verify: canary', 90],
  ['Verify: look', 90],
  ['Undo', 300],
] as const;

test.each(GIVEN_UP_AFTER)(
  '%s does not stop looking before its function gave the last host up',
  async (title, seconds) => {
    const choice = `${title}: all answered?`;
    expect(await chosen(choice, { done: false, attempt: seconds })).toBe(`${title}: rest`);
    expect(await chosen(choice, { done: true, attempt: 1 })).not.toBe(`${title}: rest`);
  },
);

const COUNTED = /\$states\.input\.(attempt|fenceAttempt|looks) (?:>=|<) (\d+)/;
const counting = [...graph.states].flatMap(([name, { Choices }]) =>
  (Choices ?? []).flatMap(({ Condition }) => {
    const [, counter, bound] = COUNTED.exec(Condition) ?? [];
    return counter === undefined ? [] : [[name, counter, Number(bound)] as const];
  }),
);

test('there are loops to count', () => {
  expect(counting.length).toBeGreaterThanOrEqual(9);
});

test.each(counting)('%s: %s is counted on the way round, and at %d the loop is left', async (name, counter, bound) => {
  const unfinished = { done: false, fenced: false, decision: { next: 'again' } };
  const round = await chosen(name, { ...unfinished, [counter]: bound - 1 });
  const left = await chosen(name, { ...unfinished, [counter]: bound });
  expect(left).not.toBe(round);
  const counts = (state: State) =>
    JSON.stringify(state.Output ?? '').includes(`'${counter}': $states.input.${counter} + 1`);
  const counters = [...graph.states].filter(([, state]) => counts(state)).map(([counted]) => counted);
  expect(graph.reachable(round ?? '').has(name)).toBe(true);
  expect(graph.reachable(round ?? '', new Set(counters)).has(name)).toBe(false);
});

const Retry = z.object({ IntervalSeconds: z.number(), BackoffRate: z.number(), MaxAttempts: z.number() });

test('the machine waits as the arithmetic of its policies says', () => {
  const waits = [...graph.states.values()].flatMap(({ Retry: policies }) =>
    (policies ?? []).map((policy) => {
      const { IntervalSeconds, BackoffRate, MaxAttempts } = Retry.parse(policy);
      return longestWait({ errors: [], intervalSeconds: IntervalSeconds, rate: BackoffRate, attempts: MaxAttempts });
    }),
  );
  expect(new Set(waits)).toEqual(new Set([longestWait(SERVICE), longestWait(LAST_WORD)]));
});

test('Close case is tried again whatever was thrown, with the patience of a last word', () => {
  const { errors, attempts } = LAST_WORD;
  expect(stateOf('Close case').Retry).toEqual([
    expect.objectContaining({ ErrorEquals: errors, MaxAttempts: attempts }),
  ]);
});
