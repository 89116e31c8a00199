import { RequorumError } from './errors';
import type { Orders } from './order';

/**
 * Systems Manager counts a document and its parameters together, 64 KB (facts/aws, "output"): this much of it, in characters of
 * base64, is for the orders. Nine servers whose peers.json names all nine need two commands.
 */
export const ORDERS_MAX_CHARS = 6_000;
/** Instances that one command takes by id (facts/aws, "Run Command targets"). */
const HOSTS_PER_COMMAND = 50;

/**
 * The same orders for as few commands as they fit into, in the order of their hosts. Each host is in exactly one.
 * @throws RequorumError OrdersTooLong where the order of one host alone does not fit
 */
export function splitOrders(orders: Orders, maxChars: number = ORDERS_MAX_CHARS): Orders[] {
  const groups: Orders[] = [];
  for (const [instanceId, order] of Object.entries(orders.hosts)) {
    const last = groups.at(-1);
    const joined = { ...orders, hosts: { ...last?.hosts, [instanceId]: order } };
    const alone = { ...orders, hosts: { [instanceId]: order } };
    if (base64Length(alone) > maxChars) {
      throw new RequorumError('OrdersTooLong', `${base64Length(alone)} characters for ${instanceId}, ${maxChars} fit`);
    }
    const fits = base64Length(joined) <= maxChars && Object.keys(joined.hosts).length <= HOSTS_PER_COMMAND;
    if (last && fits) groups.splice(-1, 1, joined);
    else groups.push(alone);
  }
  return groups;
}

const base64Length = (orders: Orders): number =>
  Math.ceil(new TextEncoder().encode(JSON.stringify(orders)).length / 3) * 4;
