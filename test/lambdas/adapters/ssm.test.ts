import {
  DescribeDocumentCommand,
  GetCommandInvocationCommand,
  GetConnectionStatusCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import * as z from 'zod';
import { agentOf, collect, pinDocument, sendOrders } from '../../../lambdas/adapters/ssm';

const SENT_AT = '2026-11-25T05:00:00.000Z';
const sent = { commands: [{ commandId: 'command-1', instanceIds: ['i-00000001'] }], document: 'hold', sentAt: SENT_AT };
const at = (seconds: number) => ({ now: () => new Date(Date.parse(SENT_AT) + seconds * 1000) });
const Line = z.object({ outcome: z.string() });
const gather = (seconds = 1) => collect(sent, (line) => Line.parse(line), { clock: at(seconds), seconds: 60 });
const named = (name: string) => Object.assign(new Error(name), { name });

let ssm: ReturnType<typeof mockClient>;
beforeEach(() => {
  ssm = mockClient(SSMClient);
});
afterEach(() => ssm.restore());

test('orders travel as one base64 value, so that nothing in them can reach a shell', async () => {
  ssm.on(SendCommandCommand).resolves({ Command: { CommandId: 'command-1' } });
  const orders = { caseId: 'case-1', counter: 3, hosts: { 'i-00000001': { dataDir: '/tmp/$(reboot) "x" {{ y }} ü' } } };
  const document = { name: 'hold', version: '4', hash: 'f'.repeat(64) };
  await sendOrders({ document, orders, comment: 'c'.repeat(500) }, at(0));
  const [call] = ssm.commandCalls(SendCommandCommand);
  const { Parameters, Comment } = z
    .object({ Parameters: z.object({ Orders: z.tuple([z.string()]) }), Comment: z.string() })
    .parse(call?.args[0].input);
  expect(Parameters.Orders[0]).toMatch(/^[A-Za-z0-9+/=]+$/);
  expect(JSON.parse(Buffer.from(Parameters.Orders[0], 'base64').toString('utf8'))).toEqual(orders);
  expect(Comment).toHaveLength(100);
});

test('orders that are too long for one command travel in several, and are collected as one answer', async () => {
  const [one, other] = ['i-00000001', 'i-00000002'];
  ssm
    .on(SendCommandCommand)
    .resolvesOnce({ Command: { CommandId: 'first' } })
    .resolves({ Command: { CommandId: 'second' } });
  const hosts = { [one]: { text: 'a'.repeat(3_000) }, [other]: { text: 'b'.repeat(3_000) } };
  const document = { name: 'hold', version: '4', hash: 'f'.repeat(64) };
  const both = await sendOrders({ document, orders: { caseId: 'case-1', counter: 3, hosts }, comment: '' }, at(0));
  expect(both.commands).toEqual([
    { commandId: 'first', instanceIds: [one] },
    { commandId: 'second', instanceIds: [other] },
  ]);
  for (const [CommandId, InstanceId] of [
    ['first', one],
    ['second', other],
  ])
    ssm
      .on(GetCommandInvocationCommand, { CommandId, InstanceId })
      .resolves({ Status: 'Success', StandardOutputContent: `REQUORUM-RESULT {"outcome":"${InstanceId}"}` });
  const answers = await collect(both, (line) => Line.parse(line), { clock: at(1), seconds: 60 });
  expect(answers).toMatchObject([{ line: { outcome: one } }, { line: { outcome: other } }]);
});

test('an invocation that does not exist yet is asked for again, and is pending when it stays away', async () => {
  ssm
    .on(GetCommandInvocationCommand)
    .rejectsOnce(named('InvocationDoesNotExist'))
    .resolves({ Status: 'Success', StandardOutputContent: 'REQUORUM-RESULT {"outcome":"held"}' });
  expect(await gather()).toMatchObject([{ state: 'done', line: { outcome: 'held' } }]);
  ssm.on(GetCommandInvocationCommand).rejects(named('InvocationDoesNotExist'));
  expect(await gather()).toMatchObject([{ state: 'pending' }]);
  expect(await gather(61)).toMatchObject([{ state: 'failed', code: 'CommandLost' }]);
});

test('any other failure of the API is not taken for silence', async () => {
  ssm.on(GetCommandInvocationCommand).rejects(named('AccessDeniedException'));
  await expect(gather()).rejects.toThrow('AccessDeniedException');
});

test('the last result line counts, whatever is printed around it', async () => {
  ssm.on(GetCommandInvocationCommand).resolves({
    Status: 'Failed',
    StandardOutputContent:
      'REQUORUM-RESULT {"outcome":"first"}\nnoise\nREQUORUM-RESULT {"outcome":"last"}\nmore noise\n',
  });
  expect(await gather()).toMatchObject([{ state: 'done', line: { outcome: 'last' } }]);
});

test.each(['Failed', 'Cancelled', 'TimedOut'] as const)(
  'a command that ended %s without a result is lost, and its error output is told',
  async (Status) => {
    ssm.on(GetCommandInvocationCommand).resolves({ Status, StandardErrorContent: 'disk on fire' });
    const [lost] = await gather();
    expect(lost).toMatchObject({ state: 'failed', code: 'CommandLost' });
    expect(lost?.detail).toContain('disk on fire');
  },
);

test('a document is pinned by its version and hash, and one that has none is an error', async () => {
  ssm
    .on(DescribeDocumentCommand)
    .resolvesOnce({ Document: { DocumentVersion: '9', Hash: 'ab' } })
    .resolves({});
  expect(await pinDocument('hold')).toEqual({ name: 'hold', version: '9', hash: 'ab' });
  await expect(pinDocument('hold')).rejects.toMatchObject({ name: 'Unexpected' });
});

test('an agent is connected only when AWS says so', async () => {
  ssm
    .on(GetConnectionStatusCommand)
    .resolvesOnce({ Status: 'connected' })
    .resolvesOnce({ Status: 'notconnected' })
    .rejectsOnce(named('TargetNotConnected'))
    .rejects(named('ThrottlingException'));
  expect(await agentOf('i-00000001')).toBe('connected');
  expect(await agentOf('i-00000001')).toBe('notconnected');
  expect(await agentOf('i-00000001')).toBe('notconnected');
  await expect(agentOf('i-00000001')).rejects.toThrow('ThrottlingException');
});
