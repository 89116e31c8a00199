import { RETIRED, planningOf } from '../support/chapters';
import { FakeDoor } from '../support/fake-door';
import { FakeTerminal } from '../support/fake-terminal';
import { retired } from '../support/recorded-remedies';
import { planned } from '../support/recorded-cases';
import { runCli } from '../support/run-cli';

describe('requorum retire', () => {
  let door: FakeDoor;
  beforeEach(async () => {
    door = await FakeDoor.start();
    door.play('demo', retired());
  });
  afterEach(async () => {
    await door.stop();
  });
  const retire = ['retire', '--cluster', 'demo', '--server', 'dkron-3'];

  test('asks for the server by its name, shows the plan, and says who is out', async () => {
    const typed = [{ at: /approve plan [0-9a-f]{16}\? \[y\/N\]/, line: 'y' }];
    const terminal = new FakeTerminal({ tty: true, columns: 120, typed });
    const { exit, out } = await runCli(door, retire, { terminal });
    expect(exit).toBe(0);
    expect(door.opened).toEqual([{ cluster: 'demo', mode: 'recover', retire: 'dkron-3' }]);
    expect(door.answers).toMatchObject([{ planId: RETIRED.planId, decision: 'approve', countAsLost: [] }]);
    expect(out).toContain('Take dkron-3 out for good: it leaves by itself, is stopped and held;');
    expect(out).toContain('dkron-3 is out of demo; dkron-1 leads, 2 of 2 servers work, 20 of 20 jobs.');
    expect(out).not.toContain('is back');
  });

  test('without a terminal and without --yes it declines and says so', async () => {
    const { exit, out } = await runCli(door, retire);
    expect(exit).toBe(3);
    expect(door.answers).toMatchObject([{ decision: 'decline' }]);
    expect(out).toContain('no (no terminal to ask at; --yes answers for scripts)');
  });

  test('--yes --json answers for scripts, with one object at the end', async () => {
    const { exit, out, json } = await runCli(door, [...retire, '--yes', '--json']);
    expect(exit).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(json).toMatchObject({ outcome: 'recovered', verdict: 'healthy', planId: RETIRED.planId, leader: 'dkron-1' });
  });

  test('a name that is no voter is refused with the names that are', async () => {
    const servers = { 'dkron-1': { leads: true }, 'dkron-2': { names: 'dkron-1' }, 'dkron-3': { names: 'dkron-1' } };
    door.play('demo', planned(planningOf({ servers, intent: { kind: 'retire', server: 'dkron-7' } }), 'refused'));
    const { exit, out } = await runCli(door, ['retire', '--cluster', 'demo', '--server', 'dkron-7']);
    expect(exit).toBe(3);
    expect(out).toContain('voters: dkron-1, dkron-2, dkron-3');
    expect(door.answers).toEqual([]);
  });

  test.each([[['retire', '--cluster', 'demo']], [['retire', '--server', 'dkron-3']]])(
    'the command line %j is 2, and no case is opened',
    async (args) => {
      expect((await runCli(door, args)).exit).toBe(2);
      expect(door.opened).toEqual([]);
    },
  );

  test('recover names no server: its body is what it was before there was retire', async () => {
    await runCli(door, ['recover', '--cluster', 'demo']);
    expect(door.opened).toEqual([{ cluster: 'demo', mode: 'recover' }]);
  });
});
