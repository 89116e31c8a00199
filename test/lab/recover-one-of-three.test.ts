import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseView } from '../../lib/cli/door';
import { CLUSTER, type LabHost } from '../../lab/lab';
import { caseOpenedByAlarm } from '../../lab/demo-case';
import { pathsOf, peek } from './support/as-found';
import { type CaseLab, JOBS, approval, caseLab, untilClosed, untilGate } from './support/case-lab';

/** Longer than an old pair needs to depose a recovered server (2-15 s, facts/dkron §8 and §10). */
const DEPOSED_BY_NOW_MS = 20_000;

describe('one server of three is left: one terminated with its disk, one running but silent', () => {
  let world: CaseLab;
  let closed: CaseView;
  let pathsBefore: string[];
  let pathsAfter: string[];
  let fenced: LabHost;

  beforeAll(async () => {
    world = await caseLab({ servers: 3 });
    const { lab, api } = world;
    await lab.terminate('dkron-2');
    await lab.impair('dkron-3');
    await lab.untilLeaderless();
    pathsBefore = await pathsOf(lab.host('dkron-1'));
    await lab.raiseAlarm();
    const caseId = await caseOpenedByAlarm(api, CLUSTER);
    const gate = await untilGate(api, caseId);
    await api.answer(gate.gateId, approval(gate));
    closed = await untilClosed(api, caseId);
    await lab.refresh();
    pathsAfter = await pathsOf(lab.host('dkron-1'));
    fenced = lab.host('dkron-3');
  });
  afterAll(() => world?.lab.down());

  test('the alarm opens the case, the verdict is quorum-lost, and the silent server has to be named as lost', () => {
    expect(closed.report?.openedBy).toContain('alarm');
    expect(closed.planning).toMatchObject({
      kind: 'planned',
      plan: {
        verdict: 'quorum-lost',
        countAsLost: ['dkron-3'],
        survivors: [{ id: 'dkron-1' }],
        excluded: [
          { id: 'dkron-2', class: 'gone', fence: { kind: 'gone' } },
          { id: 'dkron-3', class: 'unreachable', fence: { kind: 'quarantine-stop' } },
        ],
      },
    });
  });

  test('it is recovered, with its leader and every job', () => {
    expect(closed.report).toMatchObject({
      outcome: 'recovered',
      leader: 'dkron-1',
      jobsBefore: JOBS,
      jobsAfter: JOBS,
      problem: null,
    });
    expect(closed.report?.rungs.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'file-consumed passed',
      'one-leader passed',
      'same-configuration passed',
      'index-caught-up passed',
      'no-excluded-alive passed',
      'canary passed',
      'jobs passed',
      'held passed',
    ]);
  });

  test('the time of the leader and of the proof are told apart, as are machine and people', () => {
    const { leader, proof, machine, waiting } = closed.report?.seconds ?? {
      leader: null,
      proof: null,
      machine: 0,
      waiting: -1,
    };
    expect(proof).toBeGreaterThanOrEqual((leader ?? Infinity) + 75);
    // All of them are whole tenths; as binary fractions their sum may lack the last bit.
    expect(Math.round((machine + waiting) * 10)).toBeGreaterThanOrEqual(Math.round((proof ?? Infinity) * 10));
    expect(waiting).toBeGreaterThanOrEqual(0);
  });

  test('the silent host is stopped in the quarantine group', () => {
    expect(fenced).toMatchObject({ ec2: 'stopped', power: 'off' });
    expect(closed.report?.fences.find(({ serverId }) => serverId === 'dkron-3')).toMatchObject({ proved: true });
  });

  test('the data-dir of the survivor has the same layout as before, and a backup of this case', async () => {
    // A recovery compacts the log into a snapshot: that is Dkron's own doing.
    expect(pathsAfter.filter((path) => !path.startsWith('raft/snapshots'))).toEqual(
      pathsBefore.filter((path) => !path.startsWith('raft/snapshots')),
    );
    expect((await peek(world.lab.host('dkron-1').dataDir)).peers_json).toBe(false);
  });

  test('started again by somebody, the old server does not depose the recovered one', async () => {
    if (!world.lab.canCut) {
      console.warn('skipped: this machine allows no network namespace, so a quarantined host cannot be cut off');
      return;
    }
    await world.lab.unimpair('dkron-3');
    await world.lab.startInstance('dkron-3');
    await sleep(DEPOSED_BY_NOW_MS);
    expect(await world.lab.leader()).toMatchObject({ serverId: 'dkron-1' });
    expect((await peek(world.lab.host('dkron-1').dataDir)).config).toEqual([
      expect.objectContaining({ id: 'dkron-1' }),
    ]);
  });
});
