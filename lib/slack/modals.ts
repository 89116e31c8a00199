import type { Gate } from '../recovery/gate';
import { wayText } from '../recovery/host-choice';
import { INPUTS, MODALS } from './actions';
import { section, text, type Block, type Modal } from './blocks';
import { kept } from './kept';
import { code, lines, plain } from './text';

interface Shown {
  readonly gate: Gate;
  /** What may be lost, and danger findings, in sentences. */
  readonly warns: readonly string[];
}

/** Override: the cluster's name typed, a reason, and the servers that count as lost picked by hand. */
export const overrideModal = ({ gate, warns }: Shown): Modal =>
  modal(MODALS.override, gate, 'Override', [
    section(
      lines([
        `*${plain(gate.cluster)}* · plan ${code(gate.planId)}`,
        ...warns.map((one) => `:red_circle: ${plain(one)}`),
      ]),
    ),
    ...lostInput(gate),
    input(INPUTS.cluster, `Type the name of the cluster: ${gate.cluster}`, { most: 64 }),
    input(INPUTS.reason, 'Why do you override?', { most: 500, multiline: true }),
  ]);

/** Approve, where servers count as lost: they are named by the person who says so. */
export const nameLostModal = ({ gate, warns }: Shown): Modal =>
  modal(MODALS.name, gate, 'Approve', [
    section(lines([`*${plain(gate.cluster)}* · plan ${code(gate.planId)}`, ...warns.map((one) => `• ${plain(one)}`)])),
    ...lostInput(gate),
  ]);

export const declineModal = (gate: Gate): Modal =>
  modal(MODALS.decline, gate, 'Decline', [
    section(`*${plain(gate.cluster)}* · plan ${code(gate.planId)}. Nothing is left changed.`),
    input(INPUTS.reason, 'Why? (for the report)', { most: 500, multiline: true, optional: true }),
  ]);

/** Power-cycle: hosts picked by hand. Nothing happens to them by this; a plan with a gate of its own follows. */
export const powerCycleModal = (gate: Gate): Modal => {
  const hosts = gate.choices.filter(({ notCycled }) => notCycled === null);
  return modal(MODALS.powerCycle, gate, 'Power-cycle', [
    section(
      lines([
        `*${plain(gate.cluster)}* · plan ${code(gate.planId)} is put off`,
        ...hosts.map((host) => `• ${code(host.id)} ${plain(wayText('power-cycle', host, gate.waitMinutes))}`),
      ]),
    ),
    pick(INPUTS.hosts, 'Which hosts?', {
      ids: hosts.map(({ id }) => id),
      hint: 'Nothing is done by this alone: you are asked once more, with the plan.',
    }),
    input(INPUTS.reason, 'Why? (for the report)', { most: 500, multiline: true, optional: true }),
  ]);
};

/** Titles hold 24 characters. */
const modal = (id: string, gate: Gate, title: string, blocks: readonly Block[]): Modal => ({
  type: 'modal',
  callback_id: id,
  private_metadata: kept(gate),
  title: text(title, 24),
  submit: text(title, 24),
  close: text('Not yet', 24),
  blocks,
});

const lostInput = ({ countAsLost }: Gate): Block[] =>
  countAsLost.length === 0
    ? []
    : [
        pick(INPUTS.lost, 'Count as lost: pick each', {
          ids: countAsLost,
          hint: 'Whatever only these servers had is lost. Silence is no proof that they are gone.',
        }),
      ];

interface Picking {
  readonly ids: readonly string[];
  readonly hint: string;
}

const pick = (block: string, label: string, { ids, hint }: Picking): Block => ({
  ...{ type: 'input', block_id: block, label: text(label, 150), hint: text(hint, 150) },
  element: {
    type: 'multi_static_select',
    action_id: INPUTS.value,
    options: ids.map((id) => ({ text: text(id), value: id })),
  },
});

const input = (
  block: string,
  label: string,
  { most, multiline, optional }: { readonly most: number; readonly multiline?: true; readonly optional?: true },
): Block => ({
  ...{ type: 'input', block_id: block, label: text(label, 150) },
  ...(optional && { optional }),
  element: { type: 'plain_text_input', action_id: INPUTS.value, max_length: most, ...(multiline && { multiline }) },
});
