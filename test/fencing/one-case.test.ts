import { CLUSTER } from '../../lab/lab';
import { asFound } from '../lab/support/as-found';
import { type CaseLab, caseLab, untilClosed, untilGate } from '../lab/support/case-lab';
import { installSeam } from '../lab/support/seam';
import { type Run, runsOf, untilRuns } from './support/executions';
import { tell } from './support/told';

/*
 * One outage wakes two alarms and a person within a second. A cluster that lost its quorum, three of which one is left.
 */
let world: CaseLab;

beforeAll(async () => {
  world = await caseLab({ servers: 3 });
  const { lab } = world;
  await lab.terminate('dkron-2');
  await lab.impair('dkron-3');
  await lab.untilLeaderless();
});
afterAll(() => world?.lab.down());

const THREAT = 'two alarms and a person at the console at once';
const RULE = '17: one case per cluster';
const running = (runs: readonly Run[]) => runs.filter(({ outcome }) => outcome === null);

/** What each of the three has come to as soon as `settled` holds of them. */
const allAtOnce = async ({ lab, api }: CaseLab, settled: (runs: readonly Run[]) => boolean) => {
  const before = (await runsOf(lab)).map(({ arn }) => arn);
  const mine = (runs: readonly Run[]) => runs.filter(({ arn }) => !before.includes(arn));
  // One after the other: of two that rise in the same instant the second one changes no state.
  const twice = lab.raiseAlarm().then(() => lab.raiseAlarm());
  await Promise.all([twice, api.openCase(CLUSTER, 'recover')]);
  const runs = await untilRuns(lab, 'three runs that settled', (all) => mine(all).length >= 3 && settled(mine(all)));
  return mine(runs).map(({ outcome }) => outcome);
};

test('switched on: one case asks, the others end as already-running and change nothing', async () => {
  const { lab, api } = world;
  const before = await asFound(lab);
  const outcomes = await allAtOnce(world, (runs) => running(runs).length <= 1);
  expect(outcomes.filter((outcome) => outcome !== 'already-running')).toEqual([null]);
  const { openCase } = await api.cluster(CLUSTER);
  await untilGate(api, openCase ?? '');
  expect(await asFound(lab)).toEqual(before);
  await api.abort(openCase ?? '', 'seen');
  await untilClosed(api, openCase ?? '');
  tell({ threat: THREAT, rule: RULE, on: '1 case asks, 2 end as already-running' });
});

test('switched off: each takes the cluster from the one before, which fails and calls a person', async () => {
  await installSeam(world.lab, 'clerk', { 'lambdas/clerk/take-lease.ts': 'no-lease.ts' });
  const outcomes = await allAtOnce(world, (runs) => runs.some(({ outcome }) => outcome === 'undo-failed'));
  expect(outcomes).not.toContain('already-running');
  tell({ threat: THREAT, rule: RULE, off: 'each takes the cluster from the one before, which fails' });
});
