import * as z from 'zod';
import { edge } from '../../../lambdas/adapters/edge';
import { env } from '../../../lambdas/adapters/env';
import { log } from '../../../lambdas/adapters/log';
import { RequorumError } from '../../../lib/recovery/errors';

const Input = z.object({ action: z.literal('add'), case: z.object({ counter: z.number() }) });
const add = edge(Input, (input) => ({ counter: input.case.counter + 1 }));

/** What a call failed with; throws when it did not fail. */
const failure = async (call: Promise<unknown>): Promise<RequorumError> => {
  const ended = await call.then(
    () => 'it succeeded',
    (thrown: unknown) => thrown,
  );
  if (ended instanceof RequorumError) return ended;
  throw new Error(`no RequorumError: ${String(ended)}`);
};

beforeEach(() => log.setLogLevel('SILENT'));
afterEach(() => {
  delete process.env['REQUORUM_CLUSTERS'];
  delete process.env['REQUORUM_DOCUMENTS'];
});

describe('the edge of a function', () => {
  test('hands the parsed input in and the result out', async () => {
    expect(await add({ action: 'add', case: { counter: 1 } })).toEqual({ counter: 2 });
  });

  test('names the field and the wrong value', async () => {
    const wrong = await failure(add({ action: 'add', case: { counter: 'seven' } }));
    expect(wrong).toMatchObject({ name: 'BadInput', code: 'BadInput' });
    expect(wrong.detail).toMatch(/^case\.counter: .*; got "seven"$/);
  });

  test.each([undefined, null, 'text', []])('refuses %j as an event, by name', async (event) => {
    await expect(add(event)).rejects.toMatchObject({ name: 'BadInput' });
  });

  test('cuts a wrong value short', async () => {
    const long = 'x'.repeat(10_000);
    expect((await failure(add({ action: 'add', case: { counter: long } }))).detail).toMatch(
      /^case\.counter: .{1,200}$/,
    );
  });

  test('lets our own error through as it is, and gives anything else our name and its cause', async () => {
    const cause = new TypeError('no such thing');
    const fails = (thrown: unknown) =>
      edge(z.unknown(), () => {
        throw thrown;
      })({});
    const own = new RequorumError('LeaseLost', 'case-2 has it');
    await expect(fails(own)).rejects.toBe(own);
    await expect(fails(cause)).rejects.toMatchObject({ name: 'Unexpected', cause });
  });

  test('does not let out what the boundary does not allow', async () => {
    const wrong = edge(z.unknown(), () => ({ counter: 'two' }), { outputSchema: z.object({ counter: z.number() }) });
    const error = await failure(wrong({}));
    expect(error.name).toBe('Unexpected');
    expect(error.detail).toMatch(/^counter: /);
  });
});

describe('settings', () => {
  test('are read when they are asked for, and name the variable that is wrong', () => {
    process.env['REQUORUM_DOCUMENTS'] = '{}';
    process.env['REQUORUM_CLUSTERS'] = 'not json';
    expect(() => env.inspect()).toThrow(/REQUORUM_CLUSTERS: .*not JSON/s);
    process.env['REQUORUM_CLUSTERS'] = '[]';
    expect(() => env.inspect()).toThrow(/REQUORUM_DOCUMENTS/);
  });

  test('give defaults to what a person may leave out', () => {
    process.env['REQUORUM_CLUSTERS'] = JSON.stringify([{ name: 'demo', selector: { a: 'b' }, size: 3 }]);
    process.env['REQUORUM_DOCUMENTS'] = JSON.stringify({
      inspect: 'i',
      hold: 'h',
      release: 'r',
      verify: 'v',
      undo: 'u',
      'remove-peer': 'p',
      leave: 'l',
    });
    expect(env.inspect().clusters[0]?.ports).toEqual({ rpc: 6868, http: 8080, serf: 8946 });
  });
});
