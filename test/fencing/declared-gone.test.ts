import * as z from 'zod';
import { CLUSTER } from '../../lab/lab';
import { type CaseLab, JOBS, approval, caseLab, untilClosed, untilGate } from '../lab/support/case-lab';
import { forgetInventory } from '../lab/support/forget-inventory';
import { jobsAt } from '../lab/support/jobs';
import { until } from './support/old-servers';

const Members = z.array(z.object({ Name: z.string(), statusText: z.string() }));
const aliveInGossip = async (address: string): Promise<string[]> => {
  const answer = await fetch(`http://${address}:8080/v1/members`, { signal: AbortSignal.timeout(2000) });
  const members = Members.parse(await answer.json());
  return members.filter(({ statusText }) => statusText === 'alive').map(({ Name }) => Name);
};

/*
 * Rule 14 and its override (ADR 0012): the inventory was lost together with two hosts, so nothing can prove them gone. A
 * person vouches for them by name; what is seen outweighs every word.
 */
describe('declared gone', () => {
  let world: CaseLab;

  beforeAll(async () => {
    world = await caseLab({ servers: 3, cluster: { policy: { soloOverride: true, planGateMinutes: 5 } } });
    const { lab } = world;
    await lab.terminate('dkron-2');
    await lab.terminate('dkron-3');
    await lab.untilLeaderless();
    await forgetInventory(lab);
    // A server that gossip has not given up yet is no destroyed one.
    await until('gossip has given both up', async () => (await aliveInGossip(lab.address(1))).join() === 'dkron-1');
  });
  afterAll(() => world?.lab.down());

  test('without a word the plan is refused', async () => {
    const { api } = world;
    const { report, planning } = await untilClosed(api, await api.openCase(CLUSTER, 'recover'));
    expect(report).toMatchObject({ outcome: 'refused' });
    expect(planning?.briefing.findings.map(({ code }) => code)).toContain('cannot-be-fenced');
  });

  test('a server that answers is not declared destroyed, whoever says so', async () => {
    const { api } = world;
    await expect(api.declareGone(CLUSTER, 'dkron-1', 'it looked dead')).rejects.toMatchObject({ code: 'NotGone' });
    expect((await api.cluster(CLUSTER)).declarations).toEqual([]);
  });

  test('a word that is taken back between approval and Hold ends the case, with nothing touched', async () => {
    const { api } = world;
    for (const server of ['dkron-2', 'dkron-3']) await api.declareGone(CLUSTER, server, 'terminated by the clean-up');
    const caseId = await api.openCase(CLUSTER, 'recover');
    const gate = await untilGate(api, caseId);
    expect(gate.danger).toBe(true);
    await api.takeBackGone(CLUSTER, 'dkron-3');
    await api.answer(gate.gateId, {
      ...approval(gate),
      decision: 'override',
      clusterTyped: CLUSTER,
      reason: 'I saw it',
    });
    const { report } = await untilClosed(api, caseId);
    expect(report).toMatchObject({ outcome: 'drifted' });
    expect(report?.problem?.says).toContain('the declaration that dkron-3 is destroyed was taken back');
  });

  test('approval does not do; an override recovers, and the report says whose word it was', async () => {
    const { lab, api } = world;
    await api.declareGone(CLUSTER, 'dkron-3', 'I watched the console');
    const caseId = await api.openCase(CLUSTER, 'recover');
    const gate = await untilGate(api, caseId);
    await expect(api.answer(gate.gateId, approval(gate))).rejects.toThrow();
    await api.answer(gate.gateId, {
      ...approval(gate),
      decision: 'override',
      clusterTyped: CLUSTER,
      reason: 'I saw it',
    });
    const { report, planning } = await untilClosed(api, caseId);
    expect(report).toMatchObject({ outcome: 'recovered', jobsAfter: JOBS });
    expect(planning).toMatchObject({
      plan: {
        excluded: [
          { id: 'dkron-2', fence: { kind: 'gone', declared: { because: 'terminated by the clean-up' } } },
          { id: 'dkron-3', fence: { kind: 'gone', declared: { because: 'I watched the console' } } },
        ],
      },
    });
    expect(report?.fences.map(({ evidence }) => evidence).join('\n')).toMatch(
      /declared destroyed by arn:\S+ at .*console/,
    );
    expect(report?.nextSteps.join('\n')).toContain('dkron-3 was declared destroyed by');
    expect(await jobsAt(lab.address(1))).toBe(JOBS);
  });

  test('what was declared is shown until it is taken back, also when the cluster is healthy without them', async () => {
    const { api } = world;
    await api.refreshInventory(CLUSTER);
    const ids = (await api.cluster(CLUSTER)).declarations.map(({ serverId }) => serverId);
    expect(ids).toEqual(['dkron-2', 'dkron-3']);
  });
});
