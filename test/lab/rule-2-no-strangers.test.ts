import { setTimeout as sleep } from 'node:timers/promises';
import { CLUSTER } from '../../lab/lab';
import { type AgentNode, startAgentNode } from './support/agent-node';
import { peek } from './support/as-found';
import { type CaseLab, approval, caseLab, untilCase, untilClosed, untilGate } from './support/case-lab';
import { jobsAt } from './support/jobs';
import { leads, untilLeads } from './support/leads';
import { installSeam } from './support/seam';

/** Both clusters look at the gossip every 60 s (facts/dkron §7): two rounds and some rest. */
const PATIENCE_SECONDS = 180;
/** Each start of a cluster of one is an election: enough of them to be ahead of the survivor's term. */
const ELECTIONS = 6;
const STRANGER = 7;

/*
 * E3 of facts/dkron §12: while the survivor is held, a fresh server bootstraps a cluster of its own and reaches a higher
 * term. When gossip brings the two together, the empty log wins and every job is erased.
 */
describe('rule 2: no strangers', () => {
  let world: CaseLab;
  let agentNode: AgentNode | undefined;

  beforeEach(async () => {
    world = await caseLab({ servers: 3, cluster: { policy: { restart: 'always', restartGateMinutes: 5 } } });
  });
  afterEach(async () => {
    agentNode?.end();
    await world?.lab.down();
  });

  /** Up to the second gate, with a fresh server beside: what Auto Scaling or a bootstrap-expect of 1 would do. */
  const heldBesideAStranger = async ({ lab, api }: CaseLab): Promise<string> => {
    await lab.terminate('dkron-2');
    await lab.impair('dkron-3');
    await lab.untilLeaderless();
    const caseId = await api.openCase(CLUSTER, 'recover');
    const gate = await untilGate(api, caseId);
    await api.answer(gate.gateId, approval(gate));
    await untilGate(api, caseId, 'approve-restart');
    const own = lab.address(STRANGER);
    const stranger = await lab.addHost(STRANGER, { join: [own], expect: 1 });
    await lab.boot(stranger.instanceId);
    for (let election = 0; election < ELECTIONS; election += 1) {
      await untilLeads(own);
      await lab.stopInstance(stranger.instanceId);
      await lab.startInstance(stranger.instanceId);
    }
    await untilLeads(own);
    return caseId;
  };

  const approveRestart = async ({ api }: CaseLab, caseId: string): Promise<void> => {
    const gate = await untilGate(api, caseId, 'approve-restart');
    await api.answer(gate.gateId, approval(gate));
  };

  test('switched off: the empty cluster wins, without any job, and the survivor is stuck', async () => {
    const { lab, api } = world;
    await installSeam(lab, 'clerk', { 'lib/recovery/look-again.ts': 'look-away.ts' });
    const caseId = await heldBesideAStranger(world);
    await approveRestart(world, caseId);
    await untilCase(
      api,
      caseId,
      'the release',
      ({ case: { status }, events }) => status === 'closed' || events.some(({ says }) => says.includes('is started')),
    );
    await untilLeads(lab.address(1));
    agentNode = await startAgentNode(lab, [lab.address(1), lab.address(STRANGER)]);
    const survivor = lab.address(1);
    for (let s = 0; s < PATIENCE_SECONDS && (await leads(survivor)); s += 1) await sleep(1000);
    // The survivor is a follower for good, and whoever asks the leader finds no job (E3: "0 jobs, survivors stuck").
    expect(await leads(survivor)).toBe(false);
    await untilLeads(lab.address(STRANGER));
    expect(await jobsAt(lab.address(STRANGER))).toBe(0);
  });

  test('switched on: the stranger is named, everything is put back, and the survivor keeps its log', async () => {
    const { lab, api } = world;
    const before = await peek(lab.host('dkron-1').dataDir);
    const caseId = await heldBesideAStranger(world);
    await approveRestart(world, caseId);
    const { report } = await untilClosed(api, caseId);
    expect(report).toMatchObject({ outcome: 'blocked' });
    expect(report?.problem?.says).toMatch(/launched after|RPC port|dkron-7/);
    expect(await peek(lab.host('dkron-1').dataDir)).toMatchObject({
      last_index: before.last_index,
      last_term: before.last_term,
      config: before.config,
    });
  });
});
