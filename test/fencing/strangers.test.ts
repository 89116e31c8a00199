import { setTimeout as sleep } from 'node:timers/promises';
import { CLUSTER, type LabHost } from '../../lab/lab';
import { type AsFound, asFound } from '../lab/support/as-found';
import { type CaseLab, approval, caseLab, untilClosed, untilGate } from '../lab/support/case-lab';

/** A bound on patience for a fresh server that makes itself a cluster of its own, seconds. */
const PATIENCE_SECONDS = 30;

/*
 * Where a stranger can come in between (E3 of facts/dkron §12): after the plan was approved and before anything is touched,
 * and after everything is held. What it would do is shown in rule-2-no-strangers; here it is found, named, and leaves no
 * trace on the hosts of the cluster. Each stays out of the other's way by being terminated at the end.
 */
describe('a stranger between approval and release', () => {
  let world: CaseLab;
  let before: AsFound;
  let stranger: LabHost | undefined;

  beforeAll(async () => {
    world = await caseLab({
      servers: 3,
      cluster: { policy: { restart: 'always', planGateMinutes: 5, restartGateMinutes: 5 } },
    });
    await world.lab.terminate('dkron-2');
    await world.lab.impair('dkron-3');
    await world.lab.untilLeaderless();
  });
  beforeEach(async () => {
    before = await ownHosts();
  });
  afterEach(async () => {
    if (stranger) await world.lab.terminate(stranger.instanceId);
    stranger = undefined;
  });
  afterAll(() => world?.lab.down());

  /** Hosts of the cluster only; the stranger's own are none of ours. */
  const ownHosts = async (): Promise<AsFound> => {
    const { hosts, groups } = await asFound(world.lab);
    return { hosts: hosts.filter(({ serverId }) => serverId !== stranger?.serverId), groups };
  };

  /** What an Auto Scaling group or a hasty colleague would launch: the selector's tags, an empty disk, bootstrap-expect 1. */
  const launch = async (n: number): Promise<LabHost> => {
    const own = world.lab.address(n);
    stranger = await world.lab.addHost(n, { join: [own], expect: 1 });
    await world.lab.boot(stranger.instanceId);
    await untilLeads(own);
    return stranger;
  };

  const expectAsFound = async (): Promise<void> => {
    let now = await ownHosts();
    const isSame = (): boolean => JSON.stringify(now.hosts) === JSON.stringify(before.hosts);
    for (const end = Date.now() + 30_000; !isSame() && Date.now() < end; await sleep(500)) now = await ownHosts();
    expect(now.hosts).toEqual(before.hosts);
    expect(now.groups).toMatchObject(before.groups);
  };

  test('before Hold: the case ends as drifted, names the instance, and nothing was touched', async () => {
    const { api } = world;
    const caseId = await api.openCase(CLUSTER, 'recover');
    const gate = await untilGate(api, caseId);
    const { instanceId } = await launch(7);
    await api.answer(gate.gateId, approval(gate));
    const { report, events } = await untilClosed(api, caseId);
    expect(report).toMatchObject({ outcome: 'drifted' });
    expect(report?.problem?.says).toContain(`${instanceId} was launched after the case opened`);
    expect(report?.problem?.says).toMatch(/\(i-\w+\) answers on the RPC port/);
    expect(events.filter(({ phase }) => ['secure', 'check', 'undo'].includes(phase))).toEqual([]);
    await expectAsFound();
  });

  test('between Hold and Release: the first act of Release blocks it, and everything is put back', async () => {
    const { api } = world;
    const caseId = await api.openCase(CLUSTER, 'recover');
    const gate = await untilGate(api, caseId);
    await api.answer(gate.gateId, approval(gate));
    const restart = await untilGate(api, caseId, 'approve-restart');
    const { instanceId } = await launch(8);
    await api.answer(restart.gateId, approval(restart));
    const { report, events } = await untilClosed(api, caseId);
    expect(report).toMatchObject({ outcome: 'blocked' });
    expect(report?.problem?.says).toContain(`${instanceId} was launched after the case opened`);
    expect(events.filter(({ phase }) => phase === 'release')).toEqual([]);
    await expectAsFound();
  });

  test('while one is there no plan is made, and the finding names it with the command that stops it', async () => {
    const { api } = world;
    const { instanceId } = await launch(9);
    const { report, planning } = await untilClosed(api, await api.openCase(CLUSTER, 'recover'));
    expect(report).toMatchObject({ outcome: 'refused' });
    const finding = planning?.briefing.findings.find(({ code }) => code === 'stranger');
    expect(finding?.severity).toBe('danger');
    expect(planning?.briefing.findings.map(({ nextStep }) => nextStep).join('\n')).toContain(
      `aws ec2 stop-instances --instance-ids ${instanceId}`,
    );
    await expectAsFound();
  });
});

async function untilLeads(address: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_SECONDS * 1000; Date.now() < end; await sleep(200)) {
    const url = `http://${address}:8080/v1/isleader`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => null);
    if (answer?.status === 200) return;
  }
  throw new Error(`${address} does not lead`);
}
