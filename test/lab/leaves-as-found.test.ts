import { setTimeout as sleep } from 'node:timers/promises';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { CLUSTER } from '../../lab/lab';
import { type AsFound, asFound, pathsOf, untilAsFound } from './support/as-found';
import { type CaseLab, approval, caseLab, decline, untilClosed, untilGate } from './support/case-lab';

/* One broken cluster; each case below ends before the point of no return and must leave it as it was found. */
describe('a case that ends before the point of no return leaves everything as found', () => {
  let world: CaseLab;
  let before: AsFound;

  beforeAll(async () => {
    world = await caseLab({
      servers: 3,
      cluster: { policy: { restart: 'always', planGateMinutes: 0.5, restartGateMinutes: 0.5 } },
    });
    await world.lab.terminate('dkron-2');
    await world.lab.impair('dkron-3');
    await world.lab.untilLeaderless();
  });
  beforeEach(async () => {
    before = await asFound(world.lab);
  });
  afterAll(() => world?.lab.down());

  const open = (): Promise<string> => world.api.openCase(CLUSTER, 'recover');

  /** Up to the second gate: everything is held, fenced and staged by then. */
  const openHeld = async (): Promise<string> => {
    const caseId = await open();
    const gate = await untilGate(world.api, caseId);
    await world.api.answer(gate.gateId, approval(gate));
    await untilGate(world.api, caseId, 'approve-restart');
    // There is something to put back: the survivor is held, the silent one stopped.
    await world.lab.refresh();
    expect(await pathsOf(world.lab.host('dkron-1'))).toContain(`raft.held-${caseId}`);
    expect(world.lab.host('dkron-3').ec2).toBe('stopped');
    return caseId;
  };

  /** Power follows EC2 a moment later. */
  const expectAsFound = async (): Promise<void> => {
    expect(await untilAsFound(world.lab, before)).toEqual(before);
  };

  test('planned only', async () => {
    const caseId = await world.api.openCase(CLUSTER, 'plan');
    expect((await untilClosed(world.api, caseId)).report).toMatchObject({ outcome: 'planned' });
    await expectAsFound();
  });

  test('declined', async () => {
    const caseId = await open();
    const gate = await untilGate(world.api, caseId);
    await world.api.answer(gate.gateId, decline(gate));
    expect((await untilClosed(world.api, caseId)).report).toMatchObject({
      outcome: 'declined',
      approvals: [expect.objectContaining({ decision: 'declined' })],
    });
    await expectAsFound();
  });

  test('two at once: the second one is told which case is running', async () => {
    const first = await open();
    await untilGate(world.api, first);
    const second = await untilClosed(world.api, await open());
    expect(second.report).toMatchObject({ outcome: 'already-running' });
    expect(second.report?.problem?.says).toContain(first);
    await world.api.abort(first, 'enough');
    await untilClosed(world.api, first);
  });

  test('aborted at the plan gate', async () => {
    const caseId = await open();
    await untilGate(world.api, caseId);
    await world.api.abort(caseId, 'power comes back');
    expect((await untilClosed(world.api, caseId)).report).toMatchObject({ outcome: 'aborted' });
    await expectAsFound();
  });

  test('expired: nobody answers the plan gate', async () => {
    const caseId = await open();
    await untilGate(world.api, caseId);
    expect((await untilClosed(world.api, caseId)).report).toMatchObject({ outcome: 'expired' });
    await expectAsFound();
  });

  test('aborted at the restart gate, when all is held and fenced', async () => {
    const caseId = await openHeld();
    await world.api.abort(caseId, 'power comes back');
    expect((await untilClosed(world.api, caseId)).report).toMatchObject({ outcome: 'aborted' });
    await expectAsFound();
  });

  test('stopped from the console while everything is held: the janitor undoes it', async () => {
    const caseId = await openHeld();
    const view = await world.api.case(caseId);
    const { executionArn } = view.case;
    await world.lab.clients().sfn.send(new StopExecutionCommand({ executionArn }));
    expect((await untilClosed(world.api, caseId)).report).toMatchObject({ outcome: 'tidied' });
    await expectAsFound();
  });

  test('drifted: the silent server came back between the plan and its approval', async () => {
    const caseId = await open();
    const gate = await untilGate(world.api, caseId);
    await world.lab.unimpair('dkron-3');
    while (!(await world.lab.leader())) await sleep(200);
    await world.api.answer(gate.gateId, approval(gate));
    expect((await untilClosed(world.api, caseId)).report).toMatchObject({ outcome: 'drifted' });
    expect(await world.lab.leader()).not.toBeNull();
    // Broken again for the tests after this one.
    await world.lab.impair('dkron-3');
    await world.lab.untilLeaderless();
  });
});
