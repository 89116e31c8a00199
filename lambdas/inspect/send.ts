import type * as z from 'zod';
import type { InspectSendInput, SendOutput } from '../../lib/recovery/boundary';
import type { InspectOrder } from '../../lib/recovery/order';
import type { Instance } from '../../lib/recovery/survey';
import { pinDocument, sendOrders } from '../adapters/ssm';

/** Where a command can arrive: on, with an agent connected now. */
export const canBeAsked = ({ state, agent }: Instance): boolean => state === 'running' && agent === 'connected';

/** `requorum:*` tags tell a host what it cannot find out by itself; without them it looks for evidence. */
const orderFor = ({ overrides }: Instance): z.infer<typeof InspectOrder> => ({ hints: overrides });

/** The read-only document to every host that can be asked; null where there is none, which is a fact and no error. */
export const send = async (
  { case: ref, fleet }: z.output<typeof InspectSendInput>,
  documentName: string,
): Promise<z.output<typeof SendOutput>> => {
  const hosts = fleet.instances.filter(canBeAsked);
  if (hosts.length === 0) return { sent: null };
  const sent = await sendOrders({
    document: await pinDocument(documentName),
    orders: {
      caseId: ref.caseId,
      counter: ref.counter,
      hosts: Object.fromEntries(hosts.map((host) => [host.instanceId, orderFor(host)])),
    },
    comment: `requorum inspect ${ref.caseId}`,
  });
  return { sent };
};
