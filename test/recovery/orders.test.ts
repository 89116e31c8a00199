import {
  HoldOrder,
  ReleaseOrder,
  UndoOrder,
  VerifyOrder,
  holdOrders,
  peersJson,
  releaseOrders,
  undoOrders,
  verifyOrders,
} from '../../lib/recovery';
import { LOST, TWO_OF_FIVE, holdsOf, planOf } from '../support/planned';
import { NOW, sha256 } from '../support/world';

const planned = planOf(TWO_OF_FIVE);
const { plan } = planned;
const context = { caseId: 'case-1', counter: 7, skew: { 'i-00000002': -90 }, now: NOW };

test('peers.json has two spaces, the order of ids and a newline at its end, whatever the order of survivors', () => {
  const bytes = peersJson([...plan.survivors].reverse());
  expect(bytes).toBe(
    '[\n  {\n    "id": "dkron-1",\n    "address": "10.0.1.11:6868",\n    "non_voter": false\n  },\n' +
      '  {\n    "id": "dkron-2",\n    "address": "10.0.2.12:6868",\n    "non_voter": false\n  }\n]\n',
  );
  expect([plan.peersJson, plan.peersSha256]).toEqual([bytes, sha256(bytes)]);
});

test('hold goes to every survivor with the same bytes, in each host’s own time', () => {
  const { hosts, ...rest } = holdOrders(plan, context);
  expect(rest).toEqual({ caseId: 'case-1', counter: 7 });
  const orders = Object.entries(hosts).map(([id, order]) => [id, HoldOrder.parse(order)] as const);
  expect(orders.map(([id, { deadline, role, nodeName }]) => [id, deadline, role, nodeName])).toEqual([
    ['i-00000001', '2026-03-01T04:20:30.000Z', 'survivor', 'dkron-1'],
    ['i-00000002', '2026-03-01T04:19:00.000Z', 'survivor', 'dkron-2'],
  ]);
  expect(new Set(orders.map(([, order]) => `${order.peersSha256} ${order.peersJson}`)).size).toBe(1);
});

test('an excluded server that is held on its host gets the hold without a file, and no release', () => {
  const stale = planOf({
    servers: {
      'dkron-1': {},
      'dkron-2': { log: null, answers: false },
      'dkron-3': { host: 'terminated' },
      'dkron-4': { host: 'terminated' },
      'dkron-5': { host: 'terminated' },
    },
  }).plan;
  expect(holdOrders(stale, context).hosts['i-00000002']).toMatchObject({
    role: 'fence',
    peersJson: null,
    peersSha256: null,
  });
  expect(Object.keys(releaseOrders(stale, context).hosts)).toEqual(['i-00000001']);
  expect(Object.keys(undoOrders(stale, { ...context, holds: [] }).hosts)).toEqual(['i-00000001', 'i-00000002']);
});

test('the join override of a release names every survivor, the own address included', () => {
  const orders = Object.values(releaseOrders(plan, context).hosts).map((order) => ReleaseOrder.parse(order));
  expect(orders).toHaveLength(2);
  for (const { joinOverride, peersSha256 } of orders) {
    expect(joinOverride).toEqual(['10.0.1.11:8946', '10.0.2.12:8946']);
    expect(peersSha256).toBe(plan.peersSha256);
  }
});

test('the canary is made on the leader only, and the later looks take the override away', () => {
  const parts = (part: 'canary' | 'look', leader: string | null) =>
    Object.values(verifyOrders(plan, { ...context, part, leader }).hosts)
      .map((order) => VerifyOrder.parse(order))
      .map((order) => [order.nodeName, order.part, order.removeOverride]);
  expect(parts('canary', 'dkron-2')).toEqual([
    ['dkron-1', 'look', false],
    ['dkron-2', 'canary', false],
  ]);
  expect(parts('canary', null).map(([, part]) => part)).toEqual(['look', 'look']);
  expect(parts('look', 'dkron-2')).toEqual([
    ['dkron-1', 'look', true],
    ['dkron-2', 'look', true],
  ]);
});

test('undo starts Dkron where it ran before, and where nobody knows', () => {
  const holds = holdsOf(planned).map((hold, at) => ({ ...hold, wasRunning: at === 0 }));
  const running = Object.values(undoOrders(plan, { ...context, holds }).hosts).map(
    (order) => UndoOrder.parse(order).wasRunning,
  );
  expect(running).toEqual([true, false]);
  const unknown = undoOrders(planOf(LOST).plan, {
    ...context,
    holds: [{ outcome: 'refused', hostId: 'i-00000001', code: 'Busy', detail: '' }],
  });
  expect(unknown.hosts['i-00000001']).toMatchObject({ wasRunning: true });
});
