import {
  DescribeDocumentCommand,
  GetCommandInvocationCommand,
  GetConnectionStatusCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { GetCommandInvocationResult } from '@aws-sdk/client-ssm';
import type { Sent } from '../../lib/recovery/boundary';
import { RequorumError } from '../../lib/recovery/errors';
import type { Orders } from '../../lib/recovery/order';
import { DocumentPins } from '../../lib/recovery/plan';
import type { DocumentPin } from '../../lib/recovery/plan';
import { splitOrders } from '../../lib/recovery/split-orders';
import type { Clock } from './clock';
import { nowIso, sleep, systemClock } from './clock';
import type { DocumentNames } from './env';

/** SendCommand throttles and has no idempotency token: the client's own retries, more of them than usual. */
const client = new SSMClient({ maxAttempts: 6 });

/** Run Command's own limit for reaching an agent, seconds; 30 is the least AWS takes (facts/aws, "delivery"). */
const DELIVERY_SECONDS = 30;
/** From sending to giving up on an instance, seconds, where the caller names nothing longer. */
const PATIENCE_SECONDS = 120;
const MARKER = 'REQUORUM-RESULT ';

interface Ordered {
  readonly document: DocumentPin;
  readonly orders: Orders;
  readonly comment: string;
}

/**
 * To every host that the orders name: one command, or as many as they fit into; each host picks its own order out of the map.
 * Whether all fit is known before the first is sent.
 */
export const sendOrders = async (ordered: Ordered, clock: Clock = systemClock): Promise<Sent> => {
  const sentAt = nowIso(clock);
  const commands: Sent['commands'] = [];
  for (const orders of splitOrders(ordered.orders)) commands.push(await sendCommand({ ...ordered, orders }));
  return { commands, document: ordered.document.name, sentAt };
};

/** By version and hash, so that a deploy in mid-case changes nothing. */
const sendCommand = async ({ document, orders, comment }: Ordered): Promise<Sent['commands'][number]> => {
  const instanceIds = Object.keys(orders.hosts);
  const { Command } = await client.send(
    new SendCommandCommand({
      DocumentName: document.name,
      DocumentVersion: document.version,
      DocumentHash: document.hash,
      DocumentHashType: 'Sha256',
      InstanceIds: instanceIds,
      Parameters: { Orders: [Buffer.from(JSON.stringify(orders), 'utf8').toString('base64')] },
      TimeoutSeconds: DELIVERY_SECONDS,
      Comment: comment.slice(0, 100),
    }),
  );
  if (!Command?.CommandId) throw new RequorumError('CommandLost', `${document.name} was sent and got no command id`);
  return { commandId: Command.CommandId, instanceIds };
};

/** Where a command stands on one instance. `done` carries the line the script printed, whatever its exit code. */
export type Collected<T> =
  | { readonly instanceId: string; readonly state: 'pending'; readonly detail: string }
  | { readonly instanceId: string; readonly state: 'done'; readonly line: T; readonly detail: string }
  | {
      readonly instanceId: string;
      readonly state: 'failed';
      readonly code: 'CommandLost' | 'BadResult';
      readonly detail: string;
    };

interface Patience {
  readonly clock?: Clock;
  /** Seconds from sending until a silent instance counts as failed, CommandLost. */
  readonly seconds?: number;
}

/** What a script printed between everything else; undefined when it printed no result. */
const resultLine = (output: string): string | undefined =>
  output
    .split('\n')
    .findLast((line) => line.startsWith(MARKER))
    ?.slice(MARKER.length);

const readInvocation = <T>(
  instanceId: string,
  invocation: GetCommandInvocationResult,
  parse: (line: unknown) => T,
): Collected<T> => {
  const { Status, StatusDetails, StandardOutputContent = '', StandardErrorContent = '' } = invocation;
  switch (Status) {
    case 'Pending':
    case 'InProgress':
    case 'Delayed':
    case 'Cancelling':
    case undefined:
      return { instanceId, state: 'pending', detail: StatusDetails ?? 'unknown' };
    case 'Success':
    case 'Failed':
    case 'Cancelled':
    case 'TimedOut': {
      const line = resultLine(StandardOutputContent);
      const detail = `${StatusDetails ?? Status}: ${StandardErrorContent.trim().slice(-500)}`;
      if (line === undefined) {
        const code = Status === 'Success' ? 'BadResult' : 'CommandLost';
        return { instanceId, state: 'failed', code, detail };
      }
      try {
        return { instanceId, state: 'done', line: parse(JSON.parse(line)), detail };
      } catch (thrown) {
        return { instanceId, state: 'failed', code: 'BadResult', detail: String(thrown).slice(0, 1000) };
      }
    }
    default: {
      const unknown: never = Status;
      return { instanceId, state: 'failed', code: 'BadResult', detail: `unknown status ${String(unknown)}` };
    }
  }
};

const isNotYetThere = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'InvocationDoesNotExist';

/** Just after SendCommand an invocation may not exist yet; three tries with jitter, then it is simply pending. */
const invocationOf = async (commandId: string, instanceId: string): Promise<GetCommandInvocationResult | undefined> => {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      return await client.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instanceId }));
    } catch (thrown) {
      if (!isNotYetThere(thrown)) throw thrown;
      await sleep(50 + Math.random() * 150);
    }
  }
  return undefined;
};

/**
 * Where orders stand on each of their instances, in the order sent. An unreachable agent keeps a command in progress
 * for long: after `seconds` it is given up here (the host's own deadline keeps it from acting late).
 */
export const collect = <T = unknown>(
  sent: Sent,
  parse: (line: unknown) => T,
  { clock = systemClock, seconds = PATIENCE_SECONDS }: Patience = {},
): Promise<Collected<T>[]> => {
  const late = clock.now().getTime() - Date.parse(sent.sentAt) > seconds * 1000;
  const asked = sent.commands.flatMap(({ commandId, instanceIds }) =>
    instanceIds.map((id) => [commandId, id] as const),
  );
  return Promise.all(
    asked.map(async ([commandId, instanceId]): Promise<Collected<T>> => {
      const invocation = await invocationOf(commandId, instanceId);
      const seen: Collected<T> = invocation
        ? readInvocation(instanceId, invocation, parse)
        : { instanceId, state: 'pending', detail: 'no invocation yet' };
      if (seen.state !== 'pending' || !late) return seen;
      const detail = `no result ${seconds} s after it was sent (${seen.detail})`;
      return { instanceId, state: 'failed', code: 'CommandLost', detail };
    }),
  );
};

export const pinDocument = async (name: string): Promise<DocumentPin> => {
  const { Document } = await client.send(new DescribeDocumentCommand({ Name: name }));
  const { DocumentVersion, Hash } = Document ?? {};
  if (!DocumentVersion || !Hash) throw new RequorumError('Unexpected', `document ${name} has no version or hash`);
  return { name, version: DocumentVersion, hash: Hash };
};

/** The documents as deployed now, by version and hash: what a plan binds itself to. */
export const pinDocuments = async (names: DocumentNames): Promise<DocumentPins> => {
  const pins = await Promise.all(
    Object.entries(names).map(async ([name, document]) => [name, await pinDocument(document)] as const),
  );
  return DocumentPins.parse(Object.fromEntries(pins));
};

/** Whether an agent is there now: GetConnectionStatus, because PingStatus lags by minutes (facts/aws). */
export const agentOf = async (instanceId: string): Promise<'connected' | 'notconnected'> => {
  try {
    const { Status } = await client.send(new GetConnectionStatusCommand({ Target: instanceId }));
    return Status === 'connected' ? 'connected' : 'notconnected';
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'TargetNotConnected') return 'notconnected';
    throw thrown;
  }
};
