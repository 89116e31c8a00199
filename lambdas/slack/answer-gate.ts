import { RequorumError } from '../../lib/recovery/errors';
import type { Gate } from '../../lib/recovery/gate';
import type { Caller } from '../../lib/recovery/people';
import type { Planning } from '../../lib/recovery/plan';
import { answerOf } from '../../lib/slack/answers';
import type { Modal } from '../../lib/slack/blocks';
import type { Interaction } from '../../lib/slack/interaction';
import { declineModal, nameLostModal, overrideModal, powerCycleModal } from '../../lib/slack/modals';
import { copied, plain } from '../../lib/slack/text';
import { takeAnswer, type Taken } from '../door/take-answer';
import type { SlackDesk } from './desk';

type Pressed = Extract<Interaction, { kind: 'button' }>;
type Submitted = Extract<Interaction, { kind: 'modal' }>;

/** A button answers at once or opens a modal; a modal answers. What the person is told; null where the modal says it. */
export const answerGate = async (
  desk: SlackDesk,
  asked: Pressed | Submitted,
  caller: Caller,
): Promise<string | null> => {
  const stored = await desk.gates.find(asked.gateId);
  if (!stored) throw new RequorumError('UnknownGate', 'of this message');
  const { gate } = stored;
  if (asked.kind === 'modal') return shown(await takeAnswer(desk, gate.gateId, answerOf(gate, asked), caller));
  const { action } = asked;
  const hasForm = action !== 'approve' && action !== 'wait';
  if (hasForm && gate.status === 'open') return open(desk, asked, gate);
  // Of a gate that is closed any answer brings who was first.
  const answering = { kind: action === 'wait' ? 'wait' : 'approve' } as const;
  return shown(await takeAnswer(desk, gate.gateId, answerOf(gate, answering), caller));
};

const open = async (desk: SlackDesk, { action, triggerId }: Pressed, gate: Gate): Promise<string | null> => {
  const view = await modalFor(desk, action, gate);
  const told = await desk.api.call('views.open', { trigger_id: triggerId, view });
  if (told.kind === 'told') return null;
  return `:x: Slack did not show the form (${plain(told.code)}). Press again, or use the requorum CLI.`;
};

const modalFor = async (desk: SlackDesk, action: Pressed['action'], gate: Gate): Promise<Modal> => {
  if (action === 'decline') return declineModal(gate);
  if (action === 'power-cycle') return powerCycleModal(gate);
  const planning = await desk.plans.planningOf(await desk.cases.load(gate.caseId));
  const shownBeside = { gate, warns: planning === null ? [] : warnsOf(planning) };
  return action === 'override' ? overrideModal(shownBeside) : nameLostModal(shownBeside);
};

const warnsOf = ({ briefing: { findings, loss } }: Planning): string[] => [
  ...findings.flatMap(({ severity, says }) => (severity === 'danger' ? [says] : [])),
  ...loss,
];

const shown = (taken: Taken): string => {
  switch (taken.kind) {
    case 'answered':
      return `:white_check_mark: ${plain(taken.says)}. The case goes on; its message shows how.`;
    case 'pending':
      return `:ballot_box_with_check: ${plain(taken.says)}.`;
    case 'refused':
      return `:no_entry: ${plain(taken.says)}. *Next:* ${copied(taken.nextStep)}`;
  }
};
