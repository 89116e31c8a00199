import type { Gate } from '../recovery/gate';
import { needed } from '../recovery/gate-decision';
import { wayText } from '../recovery/host-choice';
import { ACTIONS } from './actions';
import { context, section, text, type Block } from './blocks';
import { code, lines, moment, plain, until } from './text';

/** What an open gate asks, how long still, who has answered; and its buttons, which carry the gate's id and nothing else. */
export const gateBlocks = (gate: Gate, now: Date): Block[] => [
  section(lines([question(gate), ...lost(gate), ...answersSoFar(gate)])),
  ...putOff(gate),
  { type: 'actions', block_id: 'gate', elements: [...putOffButtons(gate), ...buttons(gate)] },
  context(`until ${moment(gate.expiresAt)}, ${until(gate.expiresAt, now)} left · silence is no · ${whoMay(gate)}`),
];

const question = ({ kind, planId, cluster, danger }: Gate): string => {
  const ask =
    kind === 'approve-plan'
      ? `*Plan ${code(planId)} waits for an answer.*`
      : `*${plain(cluster)} is at its point of no return, and going on waits for an answer.*`;
  return danger ? `${ask}\n:red_circle: A danger finding is open: only an override counts.` : ask;
};

const lost = ({ countAsLost }: Gate): string[] =>
  countAsLost.length === 0 ? [] : [`:warning: Counts as lost: ${countAsLost.map(code).join(', ')}`];

/** What loses nothing, said before what does. */
const putOff = ({ choices, waitMinutes }: Gate): Block[] => {
  const [first] = choices;
  if (first === undefined) return [];
  const cycle = (host: Gate['choices'][number]): string =>
    host.notCycled === null
      ? `• *Power-cycle* ${code(host.id)}: ${plain(wayText('power-cycle', host, waitMinutes))}`
      : `• ${code(host.id)} is not power-cycled: ${plain(host.notCycled)}`;
  const wait = `• *Wait*: ${plain(wayText('wait', first, waitMinutes))}`;
  return [section(lines(['*Better than counting a server as lost*', wait, ...choices.map(cycle)]))];
};

const answersSoFar = (gate: Gate): string[] =>
  gate.answers.map(
    ({ decision, who, person, at }) =>
      `:ballot_box_with_check: ${plain(decision)} by ${who_(who, person)} at ${moment(at)}`,
  );

const who_ = (who: string, person: string | null): string => plain(person ?? who);

const whoMay = (gate: Gate): string => {
  const people = needed(gate) === 1 ? 'one person decides' : `${needed(gate)} people have to agree`;
  return gate.approvers.length === 0 ? people : `${people}: ${plain(gate.approvers.join(', '))}`;
};

/** Either puts the plan off and changes nothing by itself, so that a press, or a form of one input, is enough. */
const putOffButtons = ({ gateId, choices }: Gate) => {
  if (choices.length === 0) return [];
  const wait = { type: 'button', action_id: ACTIONS.wait, text: text('Wait, and ask again'), value: gateId } as const;
  if (choices.every(({ notCycled }) => notCycled !== null)) return [wait];
  const cycle = { action_id: ACTIONS.powerCycle, text: text('Power-cycle…'), value: gateId } as const;
  return [wait, { type: 'button', ...cycle } as const];
};

const buttons = ({ gateId, danger, countAsLost, cluster, planId, kind }: Gate) => {
  const decline = { type: 'button', action_id: ACTIONS.decline, text: text('Decline…'), value: gateId } as const;
  if (danger) {
    const override = { action_id: ACTIONS.override, text: text('Override…'), style: 'danger' } as const;
    return [{ type: 'button', value: gateId, ...override } as const, decline];
  }
  if (countAsLost.length > 0) {
    const name = { action_id: ACTIONS.name, text: text('Approve…'), style: 'primary' } as const;
    return [{ type: 'button', value: gateId, ...name } as const, decline];
  }
  const sure = {
    title: text('Approve?'),
    text: text(`${cluster}: ${kind === 'approve-plan' ? `plan ${planId}` : 'go on past the point of no return'}`, 300),
    confirm: text('Approve'),
    deny: text('Not yet'),
  };
  const approve = { action_id: ACTIONS.approve, text: text('Approve'), style: 'primary', confirm: sure } as const;
  return [{ type: 'button', value: gateId, ...approve } as const, decline];
};
