import { FakeDoor } from '../support/fake-door';
import { FakeTerminal } from '../support/fake-terminal';
import { lostAndRecovered } from '../support/recorded-cases';
import { runCli } from '../support/run-cli';

describe('an error of the command line', () => {
  let door: FakeDoor;
  beforeEach(async () => {
    door = await FakeDoor.start();
    door.play('demo', lostAndRecovered());
  });
  afterEach(async () => {
    await door.stop();
  });

  test('every request is signed as it was sent, queries and $default in the path included', async () => {
    const { exit } = await runCli(door, ['recover', '--cluster', 'demo', '--yes']);
    expect(exit).toBe(0);
    expect(door.unsigned).toBe(0);
  });

  test('a wrong secret is 4 and names the permission', async () => {
    const { exit, out } = await runCli(door, ['plan', '--cluster', 'demo'], { secret: 'wrong' });
    expect(exit).toBe(4);
    expect(door.unsigned).toBe(1);
    expect(out).toContain('execute-api:Invoke');
  });

  test('a door that is not there is 4, in one sentence and a next step, without a stack', async () => {
    await door.stop();
    const { exit, out } = await runCli({ endpoint: 'http://127.0.0.1:9/' }, ['plan', '--cluster', 'demo']);
    expect(exit).toBe(4);
    expect(out).toMatch(/^Requorum does not answer at http:\/\/127\.0\.0\.1:9 \(.*\)\.\n {2}→ Check --endpoint.*\n$/);
    door = await FakeDoor.start();
  });

  test('--debug adds where it comes from', async () => {
    const { out } = await runCli({ endpoint: 'http://127.0.0.1:9/' }, ['--debug', 'plan', '--cluster', 'demo']);
    expect(out).toContain('signed-send.ts');
  });

  test('an endpoint that is no address is 2', async () => {
    expect((await runCli({ endpoint: 'ftp://x' }, ['plan', '--cluster', 'demo'])).exit).toBe(2);
  });

  test('an endpoint that is something else is 4, not "not found"', async () => {
    const { exit, out } = await runCli({ endpoint: `${door.endpoint}/other` }, ['plan', '--cluster', 'demo']);
    expect(exit).toBe(4);
    expect(out).toContain('it is not Requorum');
  });

  test('an unknown cluster is 5, and --json carries code, sentence and next step', async () => {
    const { exit, json } = await runCli(door, ['plan', '--cluster', 'prod', '--json']);
    expect(exit).toBe(5);
    expect(json).toMatchObject({ error: 'UnknownCluster', says: 'no cluster prod is configured', exit: 5 });
  });

  test.each([[['recover']], [['fly']], [['recover', '--cluster', 'demo', '--nope']], [['plan']], [['watch']]])(
    'the command line %j is 2',
    async (args) => {
      expect((await runCli(door, args)).exit).toBe(2);
      expect(door.opened).toEqual([]);
    },
  );

  test('--help is 0 and documents the exit codes', async () => {
    const { exit, out } = await runCli(door, ['--help']);
    expect(exit).toBe(0);
    expect(out).toMatch(/3 {4}stopped: declined/);
  });

  test('colour is for terminals, and NO_COLOR wins', async () => {
    const run = async (tty: boolean, env: NodeJS.ProcessEnv): Promise<string> => {
      const terminal = new FakeTerminal({ tty, env });
      return (await runCli(door, ['recover', '--cluster', 'demo', '--yes'], { terminal })).out;
    };
    const colour = '\u001b[31m';
    expect(await run(true, {})).toContain(colour);
    expect(await run(true, { NO_COLOR: '1' })).not.toContain(colour);
    expect(await run(false, {})).not.toContain('\u001b');
  });
});
