import { COMING_BACK, READMITTED, planningOf } from '../support/chapters';
import { FakeDoor } from '../support/fake-door';
import { FakeTerminal } from '../support/fake-terminal';
import { planned } from '../support/recorded-cases';
import { readmitted } from '../support/recorded-remedies';
import { runCli } from '../support/run-cli';

describe('requorum readmit', () => {
  let door: FakeDoor;
  beforeEach(async () => {
    door = await FakeDoor.start();
    door.play('demo', readmitted());
  });
  afterEach(() => door.stop());
  const readmit = ['readmit', '--cluster', 'demo', '--server', 'dkron-2'];

  test('asks at the gate of each plan, and says who works again and how strong the cluster is', async () => {
    const yes = { at: /approve plan [0-9a-f]{16}\? \[y\/N\]/, line: 'y' };
    const terminal = new FakeTerminal({ tty: true, columns: 120, typed: [yes, yes] });
    const { exit, out } = await runCli(door, readmit, { terminal });
    expect(exit).toBe(0);
    expect(door.opened).toEqual([{ cluster: 'demo', mode: 'recover', readmit: 'dkron-2' }]);
    expect(door.answers).toMatchObject([{ planId: COMING_BACK.planId }, { planId: READMITTED.planId }]);
    expect(out).toContain('Power on dkron-2 in quarantine, where it reaches nobody; look at its disk; then ask again');
    expect(out).toContain('Let dkron-2 in with an empty data-dir; old data is kept aside;');
    expect(out).toContain('dkron-2 works in demo; dkron-1 leads, 2 of 2 servers work, 20 of 20 jobs.');
    expect(out.replace(/\s+/g, ' ')).toContain('requorum readmit --cluster demo --server dkron-3');
  });

  test('without a terminal and without --yes it declines and says so', async () => {
    const { exit, out } = await runCli(door, readmit);
    expect(exit).toBe(3);
    expect(door.answers).toMatchObject([{ decision: 'decline' }]);
    expect(out).toContain('no (no terminal to ask at; --yes answers for scripts)');
  });

  test('whoever no case took out is refused with the names of those who are out', async () => {
    const planning = planningOf({
      servers: { 'dkron-1': { leads: true } },
      members: ['dkron-1'],
      size: 3,
      out: { 'dkron-2': 'gone' },
      intent: { kind: 'readmit', server: 'dkron-7' },
    });
    door.play('demo', planned(planning, 'refused'));
    const { exit, out } = await runCli(door, ['readmit', '--cluster', 'demo', '--server', 'dkron-7']);
    expect(exit).toBe(3);
    expect(out).toContain('no case took dkron-7 out');
    expect(out).toContain('out: dkron-2');
    expect(door.answers).toEqual([]);
  });

  test.each([[['readmit', '--cluster', 'demo']], [['readmit', '--server', 'dkron-2']]])(
    'the command line %j is 2, and no case is opened',
    async (args) => {
      expect((await runCli(door, args)).exit).toBe(2);
      expect(door.opened).toEqual([]);
    },
  );
});
