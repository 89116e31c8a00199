import { approval, caseLab, type CaseLab, untilCase, untilClosed, untilGate } from '../lab/support/case-lab';
import { CLUSTER } from '../../lab/lab';
import { healed, keepRow, summaryOf } from './support/chapter';

/*
 * Two of five are left, and one of the two dies in the moment of its release: the case looks again under the same lease, and
 * asks about a plan of its own.
 */
let world: CaseLab;

beforeAll(async () => {
  world = await caseLab({ servers: 5, cluster: { policy: { leaderSeconds: 60 } } });
});
afterAll(() => world.lab.down());

test('quorum-lost, and a survivor that does not come up: a second survey, a second gate, the last one recovered', async () => {
  const { lab, api } = world;
  for (const id of ['dkron-3', 'dkron-4', 'dkron-5']) await lab.terminate(id);
  await lab.untilLeaderless();
  const caseId = await api.openCase(CLUSTER, 'recover');
  const first = await untilGate(api, caseId);
  const asked = [await api.case(caseId)];
  await api.answer(first.gateId, approval(first));
  await untilCase(api, caseId, 'the point of no return', ({ events }) =>
    events.some(({ phase }) => phase === 'release'),
  );
  await lab.terminate('dkron-2');
  const second = await untilCase(
    api,
    caseId,
    'a gate of its own',
    ({ gate }) => gate?.status === 'open' && gate.gateId !== first.gateId,
    400,
  );
  expect(second.gate?.planId).not.toBe(first.planId);
  expect(second.planning).toMatchObject({
    plan: { survivors: [{ id: 'dkron-1' }], excluded: [{ id: 'dkron-2', fence: { kind: 'gone' } }] },
  });
  asked.push(second);
  if (second.gate) await api.answer(second.gate.gateId, approval(second.gate));
  const view = await untilClosed(api, caseId);
  keepRow({ version: 'v4.0.5', broken: 'three of five terminated, a fourth in its release', view, asked });
  expect(summaryOf(view)).toEqual(healed('quorum-lost', 'rewrite'));
  expect((await lab.leader())?.serverId).toBe('dkron-1');
});
