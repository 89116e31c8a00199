import { stripVTControlCharacters } from 'node:util';
import { colourInk } from '../../lib/cli/ink';
import { LET_IN, POWERED_ON } from '../support/chapters';
import { FakeDoor } from '../support/fake-door';
import { FakeTerminal } from '../support/fake-terminal';
import { GATE, endedAs, lostAndRecovered, tampered } from '../support/recorded-cases';
import { poweredOnAndRecovered } from '../support/recorded-remedies';
import { runCli } from '../support/run-cli';

describe('requorum recover', () => {
  let door: FakeDoor;
  beforeEach(async () => {
    door = await FakeDoor.start();
  });
  afterEach(async () => {
    await door.stop();
  });
  const recover = ['recover', '--cluster', 'demo'];

  test('a person who counts dkron-3 as lost and says yes gets a recovered cluster', async () => {
    door.play('demo', lostAndRecovered());
    const terminal = new FakeTerminal({
      tty: true,
      typed: [
        { at: /count dkron-3 as lost\? \[y\/N\]/, line: 'y' },
        { at: /approve plan [0-9a-f]{16}\? \[y\/N\]/, line: 'yes' },
      ],
    });
    const { exit, out } = await runCli(door, recover, { terminal });
    expect(exit).toBe(0);
    expect(door.answers).toEqual([
      { planId: GATE.planId, decision: 'approve', countAsLost: ['dkron-3'], reason: '', clusterTyped: '' },
    ]);
    expect(out).toContain('demo has lost its quorum: 1 of 3 servers is left.');
    expect(out).toMatch(
      /demo is recovered, no redundancy: 1 of 3 voters, no failure is tolerated\.\ndemo is back: dkron-1 leads after 41 s, 20 of 20 jobs\./,
    );
    expect(out).toContain('machine 2 min 0 s, waiting for people 12 s');
    expect(terminal.leftOver).toEqual([]);
  });

  test('one failure from the next outage is said in red, above everything else', async () => {
    door.play('demo', lostAndRecovered());
    const terminal = new FakeTerminal({ tty: true, env: {} });
    const { out } = await runCli(door, [...recover, '--yes'], { terminal });
    const [line = ''] = out.split('\n').filter((text) => text.includes('no redundancy: 1 of 3 voters'));
    expect(line).toBe(colourInk.bold(colourInk.red(stripVTControlCharacters(line))));
  });

  test('Enter at the first question declines: the default answer is no', async () => {
    door.play('demo', lostAndRecovered());
    const terminal = new FakeTerminal({ tty: true, typed: [{ at: /count dkron-3 as lost/, line: '' }] });
    const { exit, out } = await runCli(door, recover, { terminal });
    expect(exit).toBe(3);
    expect(door.answers).toMatchObject([{ decision: 'decline', countAsLost: [] }]);
    expect(out).not.toContain(`approve plan ${GATE.planId}?`);
  });

  test('the gate before the restart asks about the point of no return, not about the plan', async () => {
    door.play('demo', lostAndRecovered({ kind: 'approve-restart', countAsLost: [] }));
    const typed = [{ at: /pass the point of no return of demo, by plan [0-9a-f]{16}\? \[y\/N\]/, line: 'y' }];
    const terminal = new FakeTerminal({ tty: true, typed });
    const { exit, out } = await runCli(door, recover, { terminal });
    expect(exit).toBe(0);
    expect(out).toContain('demo is at its point of no return, and going on waits for an answer until 04:40:07Z;');
    expect(terminal.leftOver).toEqual([]);
  });

  test('--yes answers for scripts, and the last line of --json is one object', async () => {
    door.play('demo', lostAndRecovered());
    const { exit, out, err, json } = await runCli(door, [...recover, '--yes', '--json']);
    expect(exit).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(json).toMatchObject({
      outcome: 'recovered',
      leader: 'dkron-1',
      jobsBefore: 20,
      jobsAfter: 20,
      redundancy: { level: 'none', voters: 1, running: 1, size: 3, tolerates: 0 },
      seconds: { leader: 41, proof: 131, machine: 120, waiting: 12 },
      report: `reports/demo/${GATE.caseId}.md`,
    });
    expect(err).toContain('count dkron-3 as lost? yes (--yes)');
  });

  test('without a terminal and without --yes it declines and says so', async () => {
    door.play('demo', lostAndRecovered());
    const { exit, out } = await runCli(door, recover);
    expect(exit).toBe(3);
    expect(door.answers).toMatchObject([{ decision: 'decline' }]);
    expect(out).toContain('count dkron-3 as lost? no (no terminal to ask at; --yes answers for scripts)');
    expect(out).toContain('demo: declined');
  });

  test('against a danger finding y is not enough: the name of the cluster and a reason have to be typed', async () => {
    door.play('demo', lostAndRecovered({ danger: true, soloOverride: true, countAsLost: [] }));
    const typed = [
      { at: /type the cluster's name to override:/, line: 'y' },
      { at: /type the cluster's name to override:/, line: 'demo' },
      { at: /why:/, line: 'the last backup is from today' },
    ];
    const terminal = new FakeTerminal({ tty: true, typed });
    const { exit, out } = await runCli(door, recover, { terminal });
    expect(exit).toBe(0);
    expect(out).toContain('"y" is not demo');
    expect(door.answers).toMatchObject([
      { decision: 'override', clusterTyped: 'demo', reason: 'the last backup is from today' },
    ]);
  });

  test('an override by one person alone is noted, and counts only with the second one', async () => {
    door.play('demo', lostAndRecovered({ danger: true, countAsLost: [] }));
    const typed = [
      { at: /type the cluster's name to override:/, line: 'demo' },
      { at: /why:/, line: 'the last backup is from today' },
    ];
    const terminal = new FakeTerminal({ tty: true, typed });
    terminal.out.on('data', () => {
      if (terminal.out.text.includes('a second person has to agree')) door.answeredElsewhere(GATE.caseId, 'approve');
    });
    const { exit } = await runCli(door, recover, { terminal });
    expect(exit).toBe(0);
    expect(door.answers).toMatchObject([{ decision: 'override' }]);
  });

  test.each([
    ['its peers.json', { peersJson: '[]' }],
    ['who is fenced', { excluded: [] }],
    ['what is counted as lost', { countAsLost: [] }],
  ])('a plan that was changed on its way, %s, is never approved', async (_what, change) => {
    door.play('demo', tampered(lostAndRecovered(), change));
    const { exit, out } = await runCli(door, [...recover, '--yes']);
    expect(exit).toBe(1);
    expect(door.answers).toEqual([]);
    expect(out).toContain('nothing was answered');
  });

  test('--yes does not override a danger finding', async () => {
    door.play('demo', lostAndRecovered({ danger: true, soloOverride: true }));
    const { exit, out } = await runCli(door, [...recover, '--yes']);
    expect(exit).toBe(3);
    expect(door.answers.map(({ decision }) => decision)).toEqual(['decline']);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('this needs a person');
  });

  test('a question that somebody else answers is taken back, and the case is followed to its end', async () => {
    door.play('demo', lostAndRecovered());
    const terminal = new FakeTerminal({ tty: true });
    terminal.out.on('data', () => {
      if (/count dkron-3 as lost/.test(terminal.out.text)) door.answeredElsewhere(GATE.caseId, 'approve');
    });
    const { exit } = await runCli(door, recover, { terminal });
    expect(exit).toBe(0);
    expect(door.answers).toEqual([]);
  });

  test('an event is told once, though every look brings all of them', async () => {
    door.play('demo', lostAndRecovered());
    const { out } = await runCli(door, [...recover, '--yes']);
    expect(out.match(/dkron-3 is running and silent/g)).toHaveLength(1);
    expect(out).toMatch(/^04:10:41Z {2}Await leader {5}dkron-1 leads$/m);
  });

  test('a door that is away for a moment does not end the following', async () => {
    door.play('demo', lostAndRecovered());
    const terminal = new FakeTerminal();
    terminal.out.once('data', () => {
      door.stumbles = 2;
    });
    const { exit, out } = await runCli(door, [...recover, '--yes'], { terminal });
    expect(exit).toBe(0);
    expect(out).toContain('Requorum cannot be reached at the moment; the case goes on, trying again');
  });

  test('another case at work is "stopped", with that case as the next step', async () => {
    const says = 'case demo-1 holds the lease of demo';
    door.play(
      'demo',
      endedAs('already-running', { code: 'LeaseLost', says, nextStep: 'requorum watch --case demo-1' }),
    );
    const { exit, out } = await runCli(door, recover);
    expect(exit).toBe(3);
    expect(out).toContain('→ requorum watch --case demo-1');
  });

  test('a case that failed is 1, whatever the class of people who read it', async () => {
    door.play('demo', endedAs('no-leader', { code: 'NoLeader', says: 'no leader in 300 s', nextStep: 'read the log' }));
    expect((await runCli(door, recover)).exit).toBe(1);
  });

  test('a case that powered hosts on is planned again: both plans are shown, and both gates asked', async () => {
    door.play('demo', poweredOnAndRecovered());
    const typed = [
      { at: new RegExp(`approve plan ${POWERED_ON.planId}\\? \\[y/N\\]`), line: 'y' },
      { at: new RegExp(`approve plan ${LET_IN.planId}\\? \\[y/N\\]`), line: 'y' },
    ];
    const terminal = new FakeTerminal({ tty: true, columns: 120, typed });
    const { exit, out } = await runCli(door, recover, { terminal });
    expect(exit).toBe(0);
    expect(terminal.leftOver).toEqual([]);
    expect(door.answers.map(({ planId }) => planId)).toEqual([POWERED_ON.planId, LET_IN.planId]);
    expect(out).toMatch(/Power on dkron-2 in quarantine[^]*let dkron-2 out of quarantine/);
    expect(out).toContain('demo is back: dkron-2 leads after 99 s, 20 of 20 jobs.');
  });

  test('the second gate may be declined after the first was approved', async () => {
    door.play('demo', poweredOnAndRecovered());
    const typed = [
      { at: /approve plan [0-9a-f]{16}\? \[y\/N\]/, line: 'y' },
      { at: /approve plan [0-9a-f]{16}\? \[y\/N\]/, line: '' },
    ];
    const { exit } = await runCli(door, recover, { terminal: new FakeTerminal({ tty: true, typed }) });
    expect(exit).toBe(3);
    expect(door.answers.map(({ decision }) => decision)).toEqual(['approve', 'decline']);
  });
});
