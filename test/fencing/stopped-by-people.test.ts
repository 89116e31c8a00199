import { CLUSTER } from '../../lab/lab';
import { caseOpenedByAlarm } from '../../lab/demo-case';
import { type AsFound, asFound, untilAsFound } from '../lab/support/as-found';
import { type CaseLab, approval, caseLab, untilClosed, untilGate } from '../lab/support/case-lab';
import { installSeam } from '../lab/support/seam';
import { commandsOf } from './support/commands';
import { runsOf, untilRuns } from './support/executions';
import { until } from './support/old-servers';
import { tell } from './support/told';

/*
 * People stop what automation does: with `abort` or the off switch in whatever state the case is, and by the cool-down after
 * it. One broken cluster; each case ends before the point of no return. Gates and the console: test/lab/leaves-as-found.
 */
const RULE = '17: only people let it act';
/** Enough to be in the middle of a command when somebody says stop. */
const SLOW_SECONDS = 6;
let world: CaseLab;
let before: AsFound;

beforeAll(async () => {
  world = await caseLab({ servers: 3, cluster: { policy: { restart: 'always' } } });
  await world.lab.terminate('dkron-2');
  await world.lab.impair('dkron-3');
  await world.lab.untilLeaderless();
});
beforeEach(async () => {
  before = await asFound(world.lab);
});
afterEach(() => world?.lab.delayCommands(0));
afterAll(() => world?.lab.down());

const isAsFound = async (): Promise<void> => {
  expect(await untilAsFound(world.lab, before)).toEqual(before);
};

const approvePlan = async (caseId: string): Promise<void> => {
  const gate = await untilGate(world.api, caseId);
  await world.api.answer(gate.gateId, approval(gate));
};
const sent = (document: string) => async (): Promise<boolean> =>
  (await commandsOf(world.lab)).some(({ name, ended }) => name.endsWith(document) && !ended);

test('aborted in the survey: no host was asked to do anything, and the case ends as aborted', async () => {
  const { lab, api } = world;
  await lab.delayCommands(SLOW_SECONDS);
  const caseId = await api.openCase(CLUSTER, 'recover');
  await until('hosts are being inspected', sent('inspect'));
  await api.abort(caseId, 'enough');
  expect((await untilClosed(api, caseId)).report).toMatchObject({ outcome: 'aborted' });
  await isAsFound();
  tell({ threat: 'a person aborts in the survey', rule: RULE, on: 'aborted; as found' });
});

test('aborted while hosts are being held and fenced: everything is put back', async () => {
  const { lab, api } = world;
  const caseId = await api.openCase(CLUSTER, 'recover');
  await untilGate(api, caseId);
  await lab.delayCommands(SLOW_SECONDS);
  await approvePlan(caseId);
  await until('the hold is on its way', sent('hold'));
  await api.abort(caseId, 'enough');
  await lab.delayCommands(0);
  expect((await untilClosed(api, caseId)).report).toMatchObject({ outcome: 'aborted' });
  await isAsFound();
  tell({ threat: 'a person aborts while hosts are held and fenced', rule: RULE, on: 'aborted; as found' });
});

test('switched off while everything is held: it is put back, and no case opens until it is switched on again', async () => {
  const { api } = world;
  const caseId = await api.openCase(CLUSTER, 'recover');
  await approvePlan(caseId);
  await untilGate(api, caseId, 'approve-restart');
  await api.disable(CLUSTER, 'we look first');
  expect((await untilClosed(api, caseId)).report).toMatchObject({ outcome: 'aborted' });
  await isAsFound();
  const refused = await untilClosed(api, await api.openCase(CLUSTER, 'recover'));
  expect(refused.report).toMatchObject({ outcome: 'disabled' });
  await api.enable(CLUSTER);
  await isAsFound();
  tell({ threat: 'a person switches it off in mid-case', rule: RULE, on: 'aborted; as found; no case opens' });
});

describe('after a case of an alarm that held and fenced hosts', () => {
  const threat = 'alarms open case after case';

  test('switched on: the next alarm ends as cooling-down, until a person acknowledges', async () => {
    const { lab, api } = world;
    await lab.raiseAlarm();
    const caseId = await caseOpenedByAlarm(api, CLUSTER);
    await approvePlan(caseId);
    await untilGate(api, caseId, 'approve-restart');
    await api.abort(caseId, 'not like this');
    await untilClosed(api, caseId);
    expect(await outcomeOfNextAlarm()).toBe('cooling-down');
    await api.acknowledge(CLUSTER);
    await lab.raiseAlarm();
    const next = await caseOpenedByAlarm(api, CLUSTER);
    // It may ask again, and so cools down again when it has touched something.
    await approvePlan(next);
    await untilGate(api, next, 'approve-restart');
    await api.abort(next, 'seen');
    await untilClosed(api, next);
    await isAsFound();
    tell({ threat, rule: RULE, on: 'cooling-down, until acknowledged' });
  });

  test('switched off: the next alarm opens the next case', async () => {
    const { lab, api } = world;
    await installSeam(lab, 'clerk', { 'lib/recovery/control.ts': 'always-open.ts' });
    await lab.raiseAlarm();
    const caseId = await caseOpenedByAlarm(api, CLUSTER);
    await untilGate(api, caseId);
    await api.abort(caseId, 'seen');
    await untilClosed(api, caseId);
    tell({ threat, rule: RULE, off: 'the next alarm opens the next case' });
  });

  const outcomeOfNextAlarm = async (): Promise<string | null | undefined> => {
    const known = (await runsOf(world.lab)).map(({ arn }) => arn);
    await world.lab.raiseAlarm();
    const runs = await untilRuns(world.lab, 'the run of the alarm ended', (now) =>
      now.some(({ arn, outcome }) => !known.includes(arn) && outcome !== null),
    );
    return runs.find(({ arn }) => !known.includes(arn))?.outcome;
  };
});
