import type * as z from 'zod';
import type { HoldOrder, HoldResult, Orders, ReleaseOrder, UndoOrder, VerifyOrder } from './order';
import type { Excluded, Plan, Survivor } from './plan';

/** Minutes that a command stays valid on a host; a later delivery is refused there (design rule 10). */
const VALID_SECONDS = 600;

export interface OrderContext {
  readonly caseId: string;
  readonly counter: number;
  /** Seconds to add to our clock to get the host's, by instance. */
  readonly skew: Readonly<Record<string, number>>;
  readonly now: string;
}
type Held = Extract<Excluded['fence'], { kind: 'hold' }> & { readonly id: string; readonly address: string };

export function holdOrders(plan: Plan, context: OrderContext): Orders {
  return ordersOf(context, [
    ...plan.survivors.map((survivor): readonly [string, z.infer<typeof HoldOrder>] => [
      survivor.instanceId,
      {
        ...guarded(survivor, context),
        role: 'survivor',
        address: survivor.address,
        peersJson: plan.peersJson,
        peersSha256: plan.peersSha256,
      },
    ]),
    ...heldFences(plan).map((held): readonly [string, z.infer<typeof HoldOrder>] => [
      held.instanceId,
      { ...guarded(held, context), role: 'fence', address: held.address, peersJson: null, peersSha256: null },
    ]),
  ]);
}

/** The join override names every survivor's gossip address, the own one included (facts/dkron §11, E5). */
export function releaseOrders(plan: Plan, context: OrderContext): Orders {
  const joinOverride = plan.survivors.map(({ gossip }) => gossip);
  return ordersOf(
    context,
    plan.survivors.map((survivor): readonly [string, z.infer<typeof ReleaseOrder>] => [
      survivor.instanceId,
      { ...guarded(survivor, context), address: survivor.address, peersSha256: plan.peersSha256, joinOverride },
    ]),
  );
}

/**
 * The canary is made on the leader only; every other host is looked at. The later looks take the join override away:
 * by then the cluster has held together for the whole time of proof.
 */
export function verifyOrders(
  plan: Plan,
  context: OrderContext & { readonly part: 'canary' | 'look'; readonly leader: string | null },
): Orders {
  const { part, leader } = context;
  return ordersOf(
    context,
    plan.survivors.map((survivor): readonly [string, z.infer<typeof VerifyOrder>] => [
      survivor.instanceId,
      {
        ...guarded(survivor, context),
        part: survivor.id === leader ? part : 'look',
        removeOverride: part === 'look',
      },
    ]),
  );
}

/** Dkron is started again where it ran before; a host that never answered Hold is taken to have run. */
export function undoOrders(plan: Plan, context: OrderContext & { readonly holds: readonly HoldResult[] }): Orders {
  const wasRunning = (hostId: string): boolean => {
    const hold = context.holds.find((one) => one.hostId === hostId);
    return hold && hold.outcome !== 'refused' ? hold.wasRunning : true;
  };
  return ordersOf(
    context,
    [...plan.survivors, ...heldFences(plan)].map((host): readonly [string, z.infer<typeof UndoOrder>] => [
      host.instanceId,
      { ...guarded(host, context), wasRunning: wasRunning(host.instanceId) },
    ]),
  );
}

function heldFences(plan: Plan): Held[] {
  return plan.excluded.flatMap(({ id, address, fence }) => (fence.kind === 'hold' ? [{ ...fence, id, address }] : []));
}

function guarded(host: Survivor | Held, { skew, now }: OrderContext) {
  const deadline = new Date(Date.parse(now) + (VALID_SECONDS + (skew[host.instanceId] ?? 0)) * 1000).toISOString();
  return { deadline, dataDir: host.dataDir, manager: host.manager, nodeName: host.id, http: host.http };
}

function ordersOf({ caseId, counter }: OrderContext, hosts: readonly (readonly [string, unknown])[]): Orders {
  return { caseId, counter, hosts: Object.fromEntries(hosts) };
}
