import type * as z from 'zod';
import { runningAfter } from './expected';
import type {
  HoldOrder,
  HoldResult,
  LeaveOrder,
  Orders,
  ReleaseOrder,
  RemovePeerOrder,
  UndoOrder,
  VerifyOrder,
} from './order';
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
const NOTHING_STAGED = { peersJson: null, peersSha256: null } as const;
type Held = Extract<Excluded['fence'], { kind: 'hold' }> & { readonly id: string; readonly address: string };

export function holdOrders(plan: Plan, context: OrderContext): Orders {
  return ordersOf(context, [
    ...plan.survivors.map((survivor): readonly [string, z.infer<typeof HoldOrder>] => [
      survivor.instanceId,
      {
        ...guarded(survivor, context),
        role: plan.peersJson === null ? 'restart' : 'survivor',
        address: survivor.address,
        peersJson: plan.peersJson,
        peersSha256: plan.peersSha256,
        heldBy: null,
      },
    ]),
    ...heldFences(plan).map((held): readonly [string, z.infer<typeof HoldOrder>] => [
      held.instanceId,
      { ...guarded(held, context), role: 'fence', address: held.address, heldBy: null, ...NOTHING_STAGED },
    ]),
    ...plan.joining.map((joining): readonly [string, z.infer<typeof HoldOrder>] => [
      joining.instanceId,
      {
        ...guarded(joining, context),
        role: 'clean',
        address: joining.address,
        heldBy: joining.heldBy,
        ...NOTHING_STAGED,
      },
    ]),
  ]);
}

/** The join override names every gossip address that answers then, the own one included (facts/dkron §11, E5). */
export function releaseOrders(plan: Plan, context: OrderContext): Orders {
  const joinOverride = runningAfter(plan).map(({ gossip }) => gossip);
  return ordersOf(
    context,
    [...plan.survivors, ...plan.joining].map((host): readonly [string, z.infer<typeof ReleaseOrder>] => [
      host.instanceId,
      {
        ...guarded(host, context),
        address: host.address,
        peersSha256: plan.peersSha256,
        joinOverride,
        clean: 'heldBy' in host,
      },
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
    runningAfter(plan).map((server): readonly [string, z.infer<typeof VerifyOrder>] => [
      server.instanceId,
      {
        ...guarded(server, context),
        part: server.id === leader ? part : 'look',
        removeOverride: part === 'look',
      },
    ]),
  );
}

/** Who leaves does so on its own host (the guide's `dkron leave`). */
export function leaveOrders(plan: Plan, context: OrderContext): Orders {
  return ordersOf(
    context,
    plan.removals.flatMap((removal): (readonly [string, z.infer<typeof LeaveOrder>])[] =>
      removal.by === 'leave'
        ? [[removal.host.instanceId, { ...guarded(removal.host, context), address: removal.host.address }]]
        : [],
    ),
  );
}

/** By id, on the host of the leader of this moment; nobody is asked where its host is not one of the plan's. */
export function removePeerOrders(plan: Plan, context: OrderContext & { readonly leader: string | null }): Orders {
  const leader = runningAfter(plan).find(({ id }) => id === context.leader);
  const peers = plan.removals.map(({ id, address }) => ({ id, address }));
  return ordersOf(
    context,
    leader
      ? [
          [
            leader.instanceId,
            { ...guarded(leader, context), address: leader.address, peers } satisfies z.infer<typeof RemovePeerOrder>,
          ],
        ]
      : [],
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
    [...plan.survivors, ...heldFences(plan), ...plan.joining].map(
      (host): readonly [string, z.infer<typeof UndoOrder>] => [
        host.instanceId,
        {
          ...guarded(host, context),
          wasRunning: wasRunning(host.instanceId),
          heldBy: plan.joining.find(({ instanceId }) => instanceId === host.instanceId)?.heldBy ?? null,
        },
      ],
    ),
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
