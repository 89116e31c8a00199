import jsonata from 'jsonata';
import { LAST_WORD, SERVICE, longestWait } from '../../lib/workflow/retry';
import { type Definition, Graph, definitionIn, definitionText } from '../support/definition';
import type { State } from '../support/definition';
import { stackOf, templateOf } from '../support/template';

const template = templateOf(stackOf());
const definition: Definition = definitionIn(template);
const graph = new Graph(definition);
const states = [...graph.states.entries()];
const tasks = states.filter(([, { Type }]) => Type === 'Task');

const FIRST = 'Open case';
const ENDS = ['Closed', 'Closed, a person is needed'];

/** What a task asks its function to do, as far as the graph shows it. */
const asks = ({ Arguments }: State): string => {
  const { FunctionName, Payload } = Arguments as { FunctionName: string; Payload: Record<string, unknown> };
  return [FunctionName, Payload.action, Payload.phase].filter((part) => typeof part === 'string').join(' ');
};
const named = (what: RegExp): string[] => tasks.filter(([, state]) => what.test(asks(state))).map(([name]) => name);

describe('the graph of the machine', () => {
  test('begins with Open case and speaks JSONata', () => {
    expect(definition.StartAt).toBe(FIRST);
    expect(states.filter(([, { QueryLanguage }]) => QueryLanguage !== 'JSONata').map(([name]) => name)).toEqual([]);
  });

  test('has no dangling target and no state that cannot be reached', () => {
    for (const [name] of states) for (const next of graph.next(name)) expect(graph.states.has(next)).toBe(true);
    expect([...graph.reachable(FIRST)].sort()).toEqual(states.map(([name]) => name).sort());
  });

  test.each(tasks)('%s has a time-out and is tried again when Lambda stumbles', (_name, state) => {
    expect(state.TimeoutSeconds === undefined || state.TimeoutSeconds === null).toBe(false);
    expect((state.Retry ?? []).length).toBeGreaterThan(0);
  });

  test('no road ends anywhere but in an end state, and none gets there without Close case', () => {
    const ends = states.filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail').map(([name]) => name);
    expect(ends.sort()).toEqual([...ENDS].sort());
    for (const [name] of states) {
      if (ENDS.includes(name)) continue;
      expect(ENDS.some((end) => graph.reachable(name).has(end))).toBe(true);
    }
    const around = graph.reachable(FIRST, new Set(['Close case']));
    expect(ENDS.filter((end) => around.has(end))).toEqual([]);
  });

  test('every cycle passes a Choice that counts attempts', () => {
    const counting = new Set(
      states
        .filter(([, { Choices }]) =>
          (Choices ?? []).some(({ Condition }) => /(attempt|fenceAttempt|looks) (>=|<) \d+/.test(Condition)),
        )
        .map(([name]) => name),
    );
    expect(counting.size).toBeGreaterThanOrEqual(8);
    for (const [name] of states) {
      if (counting.has(name)) continue;
      const beyond = graph.next(name).flatMap((next) => [...graph.reachable(next, counting)]);
      expect(beyond.includes(name) ? name : null).toBeNull();
    }
  });

  test('nothing is fenced or held before the plan was approved', () => {
    const acting = named(/^Operate send hold|^Fence secure/);
    expect(acting.sort()).toEqual(['Fence', 'Hold']);
    const unapproved = graph.reachable(FIRST, new Set(['Approve plan']));
    expect(acting.filter((name) => unapproved.has(name))).toEqual([]);
  });

  test('only the guard of the release puts a case on the road to it', () => {
    const writes = states.filter(([, { Output }]) => JSON.stringify(Output ?? '').includes(`'road': 'release'`));
    expect(writes.map(([name]) => name)).toEqual(['To release']);
    const into = states
      .filter(([name]) => graph.next(name).includes('After the point of no return'))
      .map(([name]) => name);
    expect(into).toEqual(['Which way?']);
    const roads = graph.states.get('Which way?')?.Choices ?? [];
    expect(
      roads.filter(({ Next }) => Next === 'After the point of no return').map(({ Condition }) => Condition),
    ).toEqual([`{% $states.input.road = 'release' %}`]);
    const acting = named(/^Operate send (release|verify|leave|remove-peer)/).sort();
    expect(acting).toEqual([
      'Release',
      'Remove peers: leave',
      'Remove peers: remove',
      'Verify: canary',
      'Verify: look',
    ]);
  });

  test.each(['Approve plan', 'Look again', 'Secure', 'Check', 'Release: look at fences', 'Release: guard'])(
    'nothing is released without %s',
    (gate) => {
      expect(graph.reachable(FIRST, new Set([gate])).has('To release')).toBe(false);
    },
  );

  test('after the release there is no way back to Undo, save through a plan of its own', () => {
    const beyond = graph.reachable('Release', new Set(['Plan again']));
    expect([...beyond].filter((name) => name === 'Undo' || name === 'Put back')).toEqual([]);
    // And that plan asks people again before anything is touched.
    const again = graph.reachable('Plan again', new Set(['Approve plan']));
    expect([...again].filter((name) => ['Fence', 'Hold', 'Power on', 'To release'].includes(name))).toEqual([]);
  });

  test('hosts are powered on only after an approval and a second look, and looked at again before anything is planned', () => {
    expect(named(/^Fence power-on/)).toEqual(['Power on']);
    for (const gate of ['Approve plan', 'Look again']) {
      expect(graph.reachable(FIRST, new Set([gate])).has('Power on')).toBe(false);
    }
    const unseen = graph.reachable('Power on', new Set(['Make plan']));
    expect([...unseen].filter((name) => ['Approve plan', 'Hold', 'Release'].includes(name))).toEqual([]);
  });

  test('a plan that was put off comes back with a survey and a gate, and only a plan can be put off', () => {
    const into = states.filter(([name]) => graph.next(name).includes('Wait for hosts')).map(([name]) => name);
    expect(into).toEqual(['Plan approved?']);
    expect(graph.next('Wait for hosts')).toEqual(['Survey: begin']);
    const acting = ['Keep groups still', 'Fence', 'Power on', 'Hold', 'To release'];
    for (const gate of ['Make plan', 'Approve plan', 'Look again']) {
      const around = graph.reachable('Wait for hosts', new Set([gate]));
      expect(acting.filter((name) => around.has(name))).toEqual([]);
    }
    expect(graph.reachable('Wait for hosts').has('To release')).toBe(true);
  });

  test('a case that powered hosts on is undone, whatever ends it before the release', () => {
    const ends = states.flatMap(([name, { Output }]) => {
      const text = JSON.stringify(Output ?? '');
      return text.includes(`'ending'`) && text.includes(`'close'`) && !text.includes('plan-again')
        ? [[name, text]]
        : [];
    });
    expect(ends.length).toBeGreaterThan(2);
    for (const [, text] of ends) expect(text).toContain(`$states.input.poweredOn = true ? 'undo' : 'close'`);
  });

  test('whatever is thrown before the point of no return is put back, and after it closes the case', () => {
    const caught = (name: string) => graph.states.get(name)?.Catch;
    expect(caught('Before the point of no return')).toEqual([
      expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: 'Put back' }),
    ]);
    expect(caught('After the point of no return')).toEqual([
      expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: 'A case to close?' }),
    ]);
    expect(caught('Put back')).toEqual([
      expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: 'A case to close?' }),
    ]);
  });

  test('groups keep still before anything is held, fenced or powered on, and go on again on every road to the end', () => {
    expect(named(/^Fence suspend/)).toEqual(['Keep groups still']);
    expect(named(/^Fence resume/)).toEqual(['Close case: resume groups']);
    const unsuspended = graph.reachable(FIRST, new Set(['Keep groups still']));
    expect(['Fence', 'Hold', 'Power on'].filter((name) => unsuspended.has(name))).toEqual([]);
    const into = states.filter(([name]) => graph.next(name).includes('Close case')).map(([name]) => name);
    expect(into.sort()).toEqual(['A case to close?', 'Let groups go on', 'Let groups go on: done']);
  });

  test('of error names only the time-out of a gate and everything at once are caught', () => {
    const names = states.flatMap(([, state]) => (state.Catch ?? []).flatMap(({ ErrorEquals }) => ErrorEquals));
    expect([...new Set(names)].sort()).toEqual(['States.ALL', 'States.Timeout']);
  });

  test.each(['Approve plan', 'Approve restart'])('%s waits as long as the policy of the cluster says', (gate) => {
    expect(graph.states.get(gate)?.TimeoutSeconds).toBe('{% $states.input.gateSeconds %}');
  });

  test('every JSONata expression can be read', () => {
    const found = [...definitionText(template).matchAll(/\{% (.*?) %\}/g)].map(
      ([, text = '']) => JSON.parse(`"${text}"`) as string,
    );
    expect(found.length).toBeGreaterThan(100);
    for (const text of found) expect(() => jsonata(text)).not.toThrow();
  });

  test('the retry policies wait as long as they say', () => {
    expect(longestWait(SERVICE)).toBe(31);
    expect(longestWait(LAST_WORD)).toBe(62);
  });
});
