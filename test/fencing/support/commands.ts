import {
  CreateDocumentCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  ListCommandsCommand,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import * as z from 'zod';
import type { Lab } from '../../../lab/lab';
import { until } from './old-servers';

const MARKER = 'REQUORUM-RESULT ';
const Result = z.object({ outcome: z.string(), code: z.string().optional() });
type Result = z.infer<typeof Result>;
const Orders = z.object({ caseId: z.string(), counter: z.number(), hosts: z.record(z.string(), z.unknown()) });
type Orders = z.infer<typeof Orders>;

/** One command that was sent to hosts of a lab. */
export interface SentCommand {
  readonly id: string;
  readonly name: string;
  readonly instanceIds: readonly string[];
  readonly ended: boolean;
  readonly orders: Orders;
}

/** Every command so far, oldest first. */
export async function commandsOf(lab: Lab): Promise<SentCommand[]> {
  const { Commands } = await lab.clients().ssm.send(new ListCommandsCommand({}));
  return (Commands ?? []).map(({ CommandId = '', DocumentName = '', InstanceIds, Parameters, Status }) => ({
    id: CommandId,
    name: DocumentName,
    instanceIds: InstanceIds ?? [],
    ended: Status !== 'Pending' && Status !== 'InProgress',
    orders: read(Parameters?.Orders?.[0] ?? ''),
  }));
}

/** The newest command of a document. */
export async function newest(lab: Lab, document: string): Promise<SentCommand> {
  const found = (await commandsOf(lab)).findLast(({ name }) => name.endsWith(document));
  if (!found) throw new Error(`no ${document} was sent`);
  return found;
}

/** What a host answered to a command, however late. */
export async function answerOf(lab: Lab, commandId: string, instanceId: string): Promise<Result> {
  const { ssm } = lab.clients();
  const asked = new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instanceId });
  let out = '';
  await until(`${instanceId} answered`, async () => {
    const seen = await ssm.send(asked).catch(() => null);
    out = seen?.StandardOutputContent ?? '';
    return seen !== null && seen.Status !== 'Pending' && seen.Status !== 'InProgress';
  });
  const line = out.split('\n').findLast((one) => one.startsWith(MARKER)) ?? `${MARKER}{"outcome":"nothing"}`;
  return Result.parse(JSON.parse(line.slice(MARKER.length)));
}

/** The same orders once more, or for another host, as a stray delivery would bring them. */
export async function deliver(lab: Lab, document: string, instanceId: string, orders: Orders): Promise<Result> {
  const { Command } = await lab.clients().ssm.send(
    new SendCommandCommand({
      DocumentName: document,
      InstanceIds: [instanceId],
      Parameters: { Orders: [Buffer.from(JSON.stringify(orders)).toString('base64')] },
    }),
  );
  return answerOf(lab, Command?.CommandId ?? '', instanceId);
}

/** A document with checks of its script switched off (ADR 0006): it is another one beside that of the product. */
export async function withoutChecks(lab: Lab, document: string, conditions: readonly string[]): Promise<string> {
  const { ssm } = lab.clients();
  let { Content = '' } = await ssm.send(new GetDocumentCommand({ Name: document }));
  for (const condition of conditions) {
    const parts = Content.split(JSON.stringify(condition).slice(1, -1));
    if (parts.length !== 2) throw new Error(`${document} has ${parts.length - 1} times: ${condition}`);
    Content = parts.join('if False:');
  }
  const Name = `seam-${document}-${conditions.join().replaceAll(/\W+/g, '-')}`.slice(0, 120);
  await ssm.send(new CreateDocumentCommand({ Name, Content, DocumentType: 'Command' }));
  return Name;
}

function read(orders: string): Orders {
  const text = Buffer.from(orders, 'base64').toString('utf8');
  return Orders.catch({ caseId: '', counter: 0, hosts: {} }).parse(text === '' ? {} : JSON.parse(text));
}
