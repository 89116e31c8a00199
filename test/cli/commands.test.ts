import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QUORUM_LOST, STRANDED } from '../support/chapters';
import { FakeDoor } from '../support/fake-door';
import { FakeTerminal } from '../support/fake-terminal';
import { GATE, lostAndRecovered, planned } from '../support/recorded-cases';
import { runCli } from '../support/run-cli';

describe('requorum', () => {
  let door: FakeDoor;
  beforeEach(async () => {
    door = await FakeDoor.start();
  });
  afterEach(async () => {
    await door.stop();
  });

  /** A case of somebody else's whose gate is open. */
  const openGate = async (gate: Parameters<typeof lostAndRecovered>[0] = {}): Promise<void> => {
    door.have({ ...lostAndRecovered(gate), views: lostAndRecovered(gate).views.slice(-1) });
    await runCli(door, ['approve', '--case', GATE.caseId, '--plan', '0000000000000000']);
  };

  test('open prints the link, whom it lets in and how long', async () => {
    const { exit, out } = await runCli(door, ['open', '--case', GATE.caseId]);
    expect(exit).toBe(0);
    expect(out).toMatch(/lets in arn:aws:iam::123456789012:user\/grace, once, until 04:15:00Z/);
    expect(out).toMatch(/^https:\/\/page\.test\/page\/enter\?link=secret$/m);
  });

  describe('plan', () => {
    test('opens a case that touches nothing and shows the plan', async () => {
      door.play('demo', planned(QUORUM_LOST, 'planned'));
      const { exit, out } = await runCli(door, ['plan', '--cluster', 'demo']);
      expect(exit).toBe(0);
      expect(door.opened).toEqual([{ cluster: 'demo', mode: 'plan' }]);
      expect(out).toContain(`sha256 ${QUORUM_LOST.plan.peersSha256}`);
    });

    test('a refusal is 3 and names what to do instead', async () => {
      door.play('demo', planned(STRANDED, 'refused'));
      const { exit, out } = await runCli(door, ['plan', '--cluster', 'demo']);
      expect(exit).toBe(3);
      expect(out).toContain('→ start and stop nothing; decide which history counts');
    });

    test('--by-hand prints the plan for a shell on stdout, and nothing else there', async () => {
      door.play('demo', planned(QUORUM_LOST, 'planned'));
      const { exit, out, err } = await runCli(door, ['plan', '--cluster', 'demo', '--by-hand']);
      expect(exit).toBe(0);
      expect(out).toContain('/var/lib/dkron');
      expect(out).toContain(QUORUM_LOST.plan.peersJson?.trim());
      expect(out).not.toContain('lease 1772338200 of demo taken');
      expect(err).toContain('lease 1772338200 of demo taken');
    });

    test('its own --json output can be read back by --from, without a door', async () => {
      door.play('demo', planned(STRANDED, 'refused'));
      const { out } = await runCli(door, ['plan', '--cluster', 'demo', '--json']);
      await door.stop();
      const folder = await mkdtemp(join(tmpdir(), 'requorum-cli-'));
      try {
        await writeFile(join(folder, 'plan.json'), out);
        const again = await runCli({ endpoint: '' }, ['plan', '--from', join(folder, 'plan.json')]);
        expect(again.exit).toBe(3);
        expect(again.out).toContain('demo has two histories: its servers are not one cluster any more.');
      } finally {
        await rm(folder, { recursive: true });
        door = await FakeDoor.start();
      }
    });

    test('a file that is missing is 5, one that holds no plan is 2', async () => {
      expect((await runCli(door, ['plan', '--from', join(tmpdir(), 'requorum-no-such-file')])).exit).toBe(5);
      const { exit, out } = await runCli(door, ['plan', '--from', join(__dirname, '../../package.json')]);
      expect(exit).toBe(2);
      expect(out).toContain('holds no planning');
    });
  });

  describe('approve, decline, abort', () => {
    test('an approval carries the plan id of the gate and the servers named as lost', async () => {
      await openGate();
      const { exit, out } = await runCli(door, ['approve', '--case', GATE.caseId, '--lost', 'dkron-3']);
      expect(exit).toBe(0);
      expect(door.answers).toMatchObject([{ planId: GATE.planId, decision: 'approve', countAsLost: ['dkron-3'] }]);
      expect(out).toContain(`demo: plan ${GATE.planId} is approved`);
    });

    test('an approval that does not name the lost server is refused with the name to add', async () => {
      await openGate();
      const { exit, out } = await runCli(door, ['approve', '--case', GATE.caseId]);
      expect(exit).toBe(3);
      expect(out).toContain('name exactly these as lost: dkron-3\n  → look at the plan again');
    });

    test('an approval of another plan than the one asked about is not sent', async () => {
      await openGate();
      const { exit } = await runCli(door, ['approve', '--case', GATE.caseId, '--plan', 'ffffffffffffffff']);
      expect(exit).toBe(3);
      expect(door.answers).toEqual([]);
    });

    test('an override carries the typed name and the reason', async () => {
      await openGate({ danger: true, soloOverride: true, countAsLost: [] });
      const args = ['approve', '--case', GATE.caseId, '--override', 'demo', '--reason', 'backup is fresh'];
      expect((await runCli(door, args)).exit).toBe(0);
      expect(door.answers).toMatchObject([{ decision: 'override', clusterTyped: 'demo', reason: 'backup is fresh' }]);
    });

    test('a gate that is answered cannot be answered again', async () => {
      await openGate();
      expect((await runCli(door, ['decline', '--case', GATE.caseId, '--reason', 'power is back'])).exit).toBe(0);
      const { exit, out } = await runCli(door, ['approve', '--case', GATE.caseId, '--lost', 'dkron-3']);
      expect(exit).toBe(3);
      expect(out).toContain('it is declined');
    });

    test('abort sends the reason and says what follows', async () => {
      const { exit, out } = await runCli(door, ['abort', '--case', GATE.caseId, '--reason', 'power is back']);
      expect(exit).toBe(0);
      expect(door.aborts).toEqual([{ caseId: GATE.caseId, reason: 'power is back' }]);
      expect(out).toContain('puts everything back');
    });
  });

  describe('watch', () => {
    test('shows how to answer an open gate and answers nothing itself', async () => {
      door.have(lostAndRecovered());
      const terminal = new FakeTerminal({ tty: true, columns: 200 });
      terminal.out.on('data', () => {
        if (/elsewhere: requorum approve/.test(terminal.out.text)) door.answeredElsewhere(GATE.caseId, 'decline');
      });
      const { exit, out } = await runCli(door, ['watch', '--cluster', 'demo'], { terminal });
      expect(exit).toBe(3);
      expect(out).toContain(`requorum approve --case ${GATE.caseId} --plan ${GATE.planId} --lost dkron-3`);
      expect(door.answers).toEqual([]);
    });

    test('a cluster without a case is 5', async () => {
      door.play('demo', lostAndRecovered());
      const { exit, out } = await runCli(door, ['watch', '--cluster', 'demo']);
      expect(exit).toBe(5);
      expect(out).toContain('demo has had no case yet.');
    });

    test('a case that does not exist is 5 once patience ends', async () => {
      const { exit, out } = await runCli(door, ['watch', '--case', 'nope'], { follow: { pollMs: 5, patienceMs: 30 } });
      expect(exit).toBe(5);
      expect(out).toContain('there is no case nope');
    });
  });

  describe('inventory', () => {
    test('--refresh looks before it shows', async () => {
      door.play('demo', lostAndRecovered());
      door.inventory = {
        cluster: 'demo',
        at: '2026-03-01T03:00:00.000Z',
        servers: [
          {
            id: 'dkron-1',
            address: '10.0.1.11:6868',
            instanceId: 'i-0a1b2c3d4e5f60001',
            volumeIds: ['vol-01'],
            interfaceIds: ['eni-01'],
            launchedAt: '2026-02-01T00:00:00.000Z',
            autoScalingGroup: null,
          },
        ],
      };
      door.health = {
        cluster: 'demo',
        at: '2026-03-01T05:00:00.000Z',
        leader: 'dkron-1',
        redundancy: { level: 'none', voters: 1, running: 1, size: 3, tolerates: 0 },
        says: 'dkron-1 leads; 1 of 3 voters, no failure is tolerated',
      };
      const { exit, out } = await runCli(door, ['inventory', '--cluster', 'demo', '--refresh']);
      expect(exit).toBe(0);
      expect(door.refreshed).toBe(1);
      expect(out).toContain(
        '  dkron-1  10.0.1.11:6868  i-0a1b2c3d4e5f60001\n    vol-01 · eni-01 · launched 2026-02-01T00:00Z',
      );
      expect(out).toContain('at 2026-03-01T05:00:00.000Z: dkron-1 leads; 1 of 3 voters, no failure is tolerated');
    });

    test('a cluster that was never seen healthy is 5, with the command that changes it', async () => {
      door.play('demo', lostAndRecovered());
      const { exit, out } = await runCli(door, ['inventory', '--cluster', 'demo']);
      expect(exit).toBe(5);
      expect(out).toContain('requorum inventory --cluster demo --refresh');
    });
  });
});
