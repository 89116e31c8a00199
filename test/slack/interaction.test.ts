import { interactionIn } from '../../lib/slack/interaction';
import { pressed, slashed, submitted } from '../../lab/slack-bodies';

const GATE = 'Zk3vJq0cQm6Yd1rT8wXs2A';
const ANN = { team: 'T0001', user: 'U0001' };

test('a button is who pressed it, which one, and the gate', () => {
  expect(interactionIn(pressed(ANN, 'approve', GATE))).toMatchObject({
    kind: 'button',
    by: ANN,
    action: 'approve',
    gateId: GATE,
  });
});

test('a modal is what was typed and picked', () => {
  const given = { cluster: ' demo ', reason: 'we know', lost: ['dkron-3'] };
  expect(interactionIn(submitted(ANN, 'override', { gateId: GATE, countAsLost: ['dkron-3'] }, given))).toEqual({
    kind: 'modal',
    by: ANN,
    modal: 'override',
    gateId: GATE,
    clusterTyped: 'demo',
    reason: 'we know',
    countAsLost: ['dkron-3'],
    powerCycle: [],
    asks: { cluster: 'demo', lost: ['dkron-3'] },
  });
  expect(interactionIn(submitted(ANN, 'decline', { gateId: GATE, countAsLost: ['dkron-3'] }, {}))).toMatchObject({
    reason: '',
    countAsLost: [],
  });
});

test('a slash command is its words', () => {
  expect(interactionIn(slashed(ANN, 'status demo'))).toMatchObject({ kind: 'command', by: ANN, words: 'status demo' });
});

test('in a shared channel the own team of the user counts', () => {
  const body = pressed(ANN, 'approve', GATE, { team: { id: 'T0009' } });
  expect(interactionIn(body)).toMatchObject({ by: ANN });
});

test.each([
  ['nothing', ''],
  ['no JSON', 'payload=%7B'],
  ['another kind', `payload=${encodeURIComponent(JSON.stringify({ type: 'view_closed' }))}`],
  ['a button that is not ours', pressed(ANN, 'explode', GATE)],
  ['a value that is no gate id', pressed(ANN, 'approve', '../../x')],
  ['a team without id', pressed({ team: '', user: 'U0001' }, 'approve', GATE)],
  ['a user name in place of an id', slashed({ team: 'T0001', user: 'ann' }, 'status')],
])('%s is nothing that this app shows', (_, body) => {
  expect(interactionIn(body)).toBeNull();
});
