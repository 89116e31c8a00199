import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { CLUSTER } from '../../lab/lab';
import { releaseOrders } from '../../lib/recovery/orders';
import { asFound, pathsOf } from '../lab/support/as-found';
import { type CaseLab, approval, caseLab, untilClosed, untilGate } from '../lab/support/case-lab';
import { untilLeads } from '../lab/support/leads';
import { processOf } from './support/processes';
import { type SentCommand, answerOf, commandsOf, deliver, newest, withoutChecks } from './support/commands';
import { until } from './support/old-servers';
import { tell } from './support/told';

/*
 * Commands that arrive too late, twice, or at the wrong host (rule 10). A host tells what it did by its data-dir and by the
 * process of its Dkron, which must be the same one as before.
 */
const RULE = '10: case, counter, host and deadline';
/** Longer than the janitor needs to take a dead run over. */
const DELIVERED_AFTER_SECONDS = 45;
const LONG_AGO = '2001-01-01T00:00:00.000Z';
let world: CaseLab;
/** What the first case sent to the survivor: it is delivered again and again below. */
let hold: SentCommand;

beforeAll(async () => {
  world = await caseLab({ servers: 3, cluster: { policy: { restart: 'always' } } });
  await world.lab.terminate('dkron-2');
  await world.lab.impair('dkron-3');
  await world.lab.untilLeaderless();
});
afterAll(() => world?.lab.down());

const survivor = () => world.lab.host('dkron-1');
const untouched = async () => ({ found: await asFound(world.lab), process: await processOf(survivor()) });
const again = (document: string, orders = hold.orders) => deliver(world.lab, document, survivor().instanceId, orders);
const late = () => ({ ...hold.orders, hosts: withField(hold.orders.hosts, { deadline: LONG_AGO }) });

test('of a run whose lease was taken over: refused, Dkron runs on', async () => {
  const { lab, api } = world;
  const before = await untouched();
  const caseId = await api.openCase(CLUSTER, 'recover');
  const gate = await untilGate(api, caseId);
  await lab.delayCommands(DELIVERED_AFTER_SECONDS);
  await api.answer(gate.gateId, approval(gate));
  await until('the hold is on its way', async () =>
    (await commandsOf(lab)).some(({ name, orders }) => name.endsWith('hold') && orders.caseId === caseId),
  );
  await lab.delayCommands(0);
  hold = await newest(lab, 'hold');
  const { executionArn } = (await api.case(caseId)).case;
  await lab.clients().sfn.send(new StopExecutionCommand({ executionArn }));
  expect((await untilClosed(api, caseId)).report).toMatchObject({ outcome: 'tidied' });
  expect(hold.ended).toBe(false);
  expect(await answerOf(lab, hold.id, survivor().instanceId)).toMatchObject({ code: 'LowerCounter' });
  await until('all is as found', async () => JSON.stringify(await untouched()) === JSON.stringify(before));
  tell({ threat: 'a command of a run whose lease was taken over', rule: RULE, on: 'LowerCounter; nothing touched' });
});

test('after its deadline: refused, Dkron runs on', async () => {
  const before = await untouched();
  expect(await again(hold.name, late())).toMatchObject({ code: 'Late' });
  expect(await untouched()).toEqual(before);
  tell({ threat: 'a command after its deadline', rule: RULE, on: 'Late; nothing touched' });
});

describe('of a case that was aborted and has closed', () => {
  let caseId: string;
  beforeAll(async () => {
    const { api, lab } = world;
    caseId = await api.openCase(CLUSTER, 'recover');
    const gate = await untilGate(api, caseId);
    await api.answer(gate.gateId, approval(gate));
    await untilGate(api, caseId, 'approve-restart');
    await api.abort(caseId, 'seen');
    await untilClosed(api, caseId);
    hold = await newest(lab, 'hold');
    expect(hold.orders.caseId).toBe(caseId);
  });

  test('the hold again, in time and by the newest lease: refused, Dkron runs on', async () => {
    const before = await untouched();
    expect(await again(hold.name)).toMatchObject({ code: 'AlreadyUndone' });
    expect(await untouched()).toEqual(before);
    tell({ threat: 'a hold delivered after its case was closed', rule: RULE, on: 'AlreadyUndone; nothing touched' });
  });

  test('the release of its plan, which was never sent: refused, Dkron runs on', async () => {
    const before = await untouched();
    const { planning } = await world.api.case(caseId);
    if (planning?.kind !== 'planned') throw new Error('no plan');
    const now = new Date().toISOString();
    const orders = releaseOrders(planning.plan, { caseId, counter: hold.orders.counter, skew: {}, now });
    expect(await again(planning.plan.documents.release.name, orders)).toMatchObject({ code: 'NotHeld' });
    expect(await untouched()).toEqual(before);
    tell({ threat: 'a release of a plan that was voided', rule: RULE, on: 'NotHeld; nothing touched' });
  });
});

test('at another host: refused, and its Dkron runs on', async () => {
  const { lab } = world;
  const bystander = await lab.addHost(7, { join: [lab.address(7)], expect: 1 });
  await lab.boot(bystander.instanceId);
  await untilLeads(bystander.address);
  const before = [await pathsOf(bystander), await processOf(bystander)];
  expect(await deliver(lab, hold.name, bystander.instanceId, hold.orders)).toMatchObject({ code: 'ForeignHost' });
  expect([await pathsOf(bystander), await processOf(bystander)]).toEqual(before);
  await lab.terminate(bystander.instanceId);
  tell({ threat: 'a command at another host', rule: RULE, on: 'ForeignHost; nothing touched' });
});

describe('switched off: the hold does what it was sent for, and nobody knows of it', () => {
  const OLDER = "if orders['counter'] < kept:";
  const LATE = "if now > parse_instant(order['deadline']):";
  const OVER = "if record.get('over', 0) >= counter:";

  afterEach(async () => {
    const { caseId, counter, hosts } = hold.orders;
    const back = { caseId, counter: counter + 1, hosts: withField(hosts, { wasRunning: true }) };
    await again(hold.name.replace('hold', 'undo'), back);
    await until('Dkron runs again', async () => (await processOf(survivor())) !== null);
  });

  test.each([
    { threat: 'a hold delivered after its case was closed', checks: [OVER], orders: () => hold.orders },
    { threat: 'a command after its deadline', checks: [LATE, OVER, OLDER], orders: late },
    {
      threat: 'a command of a run whose lease was taken over',
      checks: [OLDER, OVER],
      orders: () => ({ ...hold.orders, counter: hold.orders.counter - 1 }),
    },
  ])('$threat', async ({ threat, checks, orders }) => {
    const document = await withoutChecks(world.lab, hold.name, checks);
    expect(await processOf(survivor())).not.toBeNull();
    expect(await again(document, orders())).toMatchObject({ outcome: 'held' });
    expect(await processOf(survivor())).toBeNull();
    expect((await pathsOf(survivor())).some((path) => path.startsWith('raft.held-'))).toBe(true);
    tell({ threat, rule: RULE, off: 'Dkron stopped and held, by no open case' });
  });
});

function withField(hosts: Readonly<Record<string, unknown>>, field: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(hosts).map(([id, order]) => [id, { ...(order as object), ...field }]));
}
