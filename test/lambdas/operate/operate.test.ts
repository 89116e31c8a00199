import { GetCommandInvocationCommand, SendCommandCommand } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { collect } from '../../../lambdas/operate/collect';
import { send } from '../../../lambdas/operate/send';
import type { CaseRef } from '../../../lib/recovery/case';
import { Orders } from '../../../lib/recovery/order';
import { approvedCaseRef, checked, guarded, opened, planned } from '../../support/case-walk';
import { held } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';

const HOST = 'i-00000001';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  day.ssm.on(SendCommandCommand).resolves({ Command: { CommandId: 'command-1' } });
});
afterEach(() => day.end());

type Phase = Parameters<typeof send>[1]['phase'];
const sendPhase = (ref: CaseRef, phase: Phase, part: 'canary' | 'look' = 'look') =>
  send(day.operate, { action: 'send', phase, case: ref, part });
const commands = () => day.ssm.commandCalls(SendCommandCommand).map(({ args: [{ input }] }) => input);
const ordersSent = (): Orders[] =>
  commands().map(({ Parameters }) =>
    Orders.parse(JSON.parse(Buffer.from(Parameters?.['Orders']?.[0] ?? '', 'base64').toString('utf8'))),
  );

test('hold goes to the survivor in one command, by version and hash, with case, counter and deadline', async () => {
  const ref = await approvedCaseRef(day);
  const { sent } = await sendPhase(ref, 'hold');
  expect(sent).toEqual({
    commands: [{ commandId: 'command-1', instanceIds: [HOST] }],
    document: 'hold',
    sentAt: day.at,
  });
  expect(commands()).toMatchObject([{ DocumentName: 'hold', DocumentVersion: '7', DocumentHash: 'h'.repeat(64) }]);
  const [orders] = ordersSent();
  const plan = await day.clerk.plans.load(ref.planId ?? '');
  expect(orders).toMatchObject({ caseId: 'case-1', counter: ref.counter });
  const { deadline, peersSha256 } = z
    .object({ deadline: z.string(), peersSha256: z.string() })
    .parse(orders?.hosts[HOST]);
  expect(peersSha256).toBe(plan.peersSha256);
  expect(Date.parse(deadline)).toBeGreaterThan(day.clock.now().getTime());
});

describe('nothing is sent', () => {
  afterEach(() => expect(commands()).toEqual([]));

  test('for a plan that nobody approved', async () => {
    const ref = await planned(day, await opened(day));
    await expect(sendPhase(ref, 'hold')).rejects.toMatchObject({ name: 'NotApproved' });
  });

  test('for another plan than the approved one', async () => {
    const ref = await approvedCaseRef(day);
    await expect(sendPhase({ ...ref, planId: '0123456789abcdef' }, 'hold')).rejects.toMatchObject({
      name: 'PlanMismatch',
    });
  });

  test('for plan bytes whose hash is not the approved id', async () => {
    const ref = await approvedCaseRef(day);
    const key = `plans/${ref.planId}.json`;
    day.bucket.texts.set(key, (day.bucket.texts.get(key) ?? '').replace(HOST, 'i-00000003'));
    await expect(sendPhase(ref, 'hold')).rejects.toMatchObject({ name: 'PlanMismatch' });
  });

  test('under a counter that is not the lease’s', async () => {
    const ref = await approvedCaseRef(day);
    await expect(sendPhase({ ...ref, counter: ref.counter - 1 }, 'hold')).rejects.toMatchObject({ name: 'LeaseLost' });
  });

  test('for a case that is closed', async () => {
    const ref = await approvedCaseRef(day);
    await day.clerk.cases.close('case-1', {});
    await expect(sendPhase(ref, 'hold')).rejects.toMatchObject({ name: 'LeaseLost' });
  });

  test.each(['release', 'verify'] as const)('for %s before the point of no return', async (phase) => {
    const ref = await approvedCaseRef(day);
    await checked(day, ref);
    await expect(sendPhase(ref, phase)).rejects.toMatchObject({ name: 'NotApproved' });
  });

  test('for hold after the point of no return', async () => {
    const ref = await approvedCaseRef(day);
    await guarded(day, ref);
    await expect(sendPhase(ref, 'hold')).rejects.toMatchObject({ name: 'NotApproved' });
  });

  test('for undo where nothing was approved: there is nothing to put back', async () => {
    expect(await sendPhase(await opened(day), 'undo')).toEqual({ sent: null });
    expect(await sendPhase(await planned(day, await opened(day)), 'undo')).toEqual({ sent: null });
  });
});

test('release goes out once the point of no return is marked', async () => {
  const ref = await approvedCaseRef(day);
  await guarded(day, ref);
  expect((await sendPhase(ref, 'release')).sent?.document).toBe('release');
});

test('the canary is ordered from the leader only', async () => {
  const ref = await approvedCaseRef(day);
  await guarded(day, ref);
  await day.clerk.cases.changeOpen('case-1', { leader: 'dkron-1' });
  await sendPhase(ref, 'verify', 'canary');
  expect(ordersSent()[0]?.hosts).toMatchObject({ [HOST]: { part: 'canary' } });
});

test('undo starts Dkron again where it was stopped, and only there', async () => {
  const ref = await approvedCaseRef(day);
  const plan = await day.clerk.plans.load(ref.planId ?? '');
  day.bucket.texts.set('cases/case-1/holds.json', JSON.stringify([{ ...held(plan.peersSha256), wasRunning: false }]));
  await sendPhase(ref, 'undo');
  expect(ordersSent()[0]?.hosts).toMatchObject({ [HOST]: { wasRunning: false } });
});

describe('collecting', () => {
  const sent = {
    commands: [{ commandId: 'command-1', instanceIds: [HOST] }],
    document: 'hold',
    sentAt: '2026-11-25T05:00:00.000Z',
  };
  const collected = (phase: Phase = 'hold') =>
    collect({ action: 'collect', phase, case: {} as CaseRef, sent, attempt: 1 }, day.clock);
  const says = (Status: 'Success' | 'Failed' | 'InProgress', line?: unknown) =>
    day.ssm.on(GetCommandInvocationCommand).resolves({
      Status,
      StandardOutputContent: line === undefined ? '' : `noise\nREQUORUM-RESULT ${JSON.stringify(line)}\n`,
    });

  test('a host that is still at work is waited for', async () => {
    says('InProgress');
    expect(await collected()).toEqual({ done: false, results: [] });
  });

  test('what the host printed is the result', async () => {
    says('Success', held('a'.repeat(64)));
    expect(await collected()).toMatchObject({ done: true, results: [{ outcome: 'held', hostId: HOST }] });
  });

  test('a refusal is a value, with the code of the host', async () => {
    says('Failed', { outcome: 'refused', hostId: HOST, code: 'AlreadyReleased', detail: 'too late' });
    expect(await collected('undo')).toMatchObject({
      done: true,
      results: [{ outcome: 'refused', code: 'AlreadyReleased' }],
    });
  });

  test('silence is a refusal, never a yes', async () => {
    says('InProgress');
    day.pass(601);
    expect(await collected()).toMatchObject({ done: true, results: [{ outcome: 'refused', code: 'CommandLost' }] });
  });

  test('an answer for another host does not count', async () => {
    says('Success', { ...held('a'.repeat(64)), hostId: 'i-00000009' });
    expect(await collected()).toMatchObject({ results: [{ outcome: 'refused', hostId: HOST, code: 'BadResult' }] });
  });

  test('an answer of another phase does not count', async () => {
    says('Success', { outcome: 'undone', hostId: HOST, raft: 'dir', running: true });
    expect(await collected('hold')).toMatchObject({ results: [{ outcome: 'refused', code: 'BadResult' }] });
  });

  test('nothing sent is done', async () => {
    expect(await collect({ action: 'collect', phase: 'undo', case: {} as CaseRef, sent: null, attempt: 1 })).toEqual({
      done: true,
      results: [],
    });
  });
});
