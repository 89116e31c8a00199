import { setTimeout as sleep } from 'node:timers/promises';
import { startDkron, stopDkron, wipe } from '../../lab/breakage';
import { CLUSTER } from '../../lab/lab';
import { groupsOf } from './support/as-found';
import { type CaseLab, JOBS, approval, caseLab, untilClosed, untilGate } from './support/case-lab';
import { jobsAt } from './support/jobs';
import { installSeam } from './support/seam';
import { testWithCut } from '../support/network-cut';

const PATIENCE_SECONDS = 60;
const LATER = 5;

/*
 * One server was down while jobs were confirmed by the two others. Of those one is gone, and the other is powered off with a
 * disk that is empty by now (a volume that is not mounted). An empty server votes for anyone: it makes the stale one leader.
 */
describe('rule 1: a host that is powered on is cut off until somebody has looked at its disk', () => {
  let world: CaseLab | undefined;
  afterEach(() => world?.lab.down());

  const staleAndEmpty = async (): Promise<CaseLab> => {
    world = await caseLab({ servers: 3 });
    const { lab } = world;
    await stopDkron(lab, 'dkron-1');
    await lab.addJobs(LATER);
    await lab.stopInstance('dkron-2');
    await wipe(lab, 'dkron-2');
    await lab.terminate('dkron-3');
    await startDkron(lab, 'dkron-1');
    return world;
  };

  /** The one yes that a person gives: to power it on. */
  const approvePowerOn = async ({ api }: CaseLab): Promise<string> => {
    const caseId = await api.openCase(CLUSTER, 'recover');
    const gate = await untilGate(api, caseId);
    expect((await api.case(caseId)).planning).toMatchObject({ plan: { remedy: 'power-on' } });
    await api.answer(gate.gateId, approval(gate));
    return caseId;
  };

  test('switched off: the stale server leads, and what the cluster had confirmed is lost without a question', async () => {
    const { lab } = await staleAndEmpty();
    await installSeam(lab, 'fence', { 'lambdas/adapters/ec2-power.ts': 'power-on-freely.ts' });
    await approvePowerOn({ ...(world as CaseLab) });
    let leader = await lab.leader();
    for (let s = 0; s < PATIENCE_SECONDS && leader === null; s += 1) {
      await sleep(1000);
      leader = await lab.leader();
    }
    expect(leader?.serverId).toBe('dkron-1');
    expect(await jobsAt(leader?.address ?? '')).toBe(JOBS);
  });

  testWithCut(
    'switched on: its empty disk is seen, nothing leads, and it is powered off again as it was found',
    async () => {
      const { lab, api } = await staleAndEmpty();
      const groups = await groupsOf(lab);
      const closed = await untilClosed(api, await approvePowerOn({ ...(world as CaseLab) }));
      expect(closed.case.outcome).toBe('refused');
      expect(closed.planning?.briefing.findings.map(({ code }) => code)).toContain('empty-data-dir');
      expect(await lab.leader()).toBeNull();
      await lab.refresh();
      expect(lab.host('dkron-2')).toMatchObject({ ec2: 'stopped', power: 'off' });
      expect(await groupsOf(lab)).toEqual(groups);
    },
  );
});
