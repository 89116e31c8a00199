import * as z from 'zod';
import { ACTIONS, INPUTS, MODALS } from './actions';
import { Kept } from './kept';

/** `T0123/U0456`: what a rule may name. Names of users and teams change hands (facts/aws), and are not even read. */
const By = z.object({ team: z.string().regex(/^T[A-Z0-9]{1,20}$/), user: z.string().regex(/^[UW][A-Z0-9]{1,20}$/) });
export type By = z.infer<typeof By>;

const Url = z.url({ protocol: /^https?$/ });

/** A person's act in Slack, as small as it is handed over. */
export const Interaction = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('button'),
    by: By,
    action: z.enum(ACTIONS),
    gateId: Kept.shape.gateId,
    triggerId: z.string(),
    responseUrl: Url,
  }),
  z.object({
    kind: z.literal('modal'),
    by: By,
    modal: z.enum(MODALS),
    gateId: Kept.shape.gateId,
    asks: Kept.pick({ cluster: true, lost: true }),
    clusterTyped: z.string().max(64),
    reason: z.string().max(500),
    countAsLost: z.array(z.string()).max(20),
    powerCycle: z.array(z.string()).max(20),
  }),
  z.object({ kind: z.literal('command'), by: By, words: z.string().max(2000), responseUrl: Url }),
]);
export type Interaction = z.infer<typeof Interaction>;

/** The user's own team counts: of a shared channel Slack names the team that owns the app beside it. */
const User = z.object({ id: z.string(), team_id: z.string().optional() });
const Team = z.object({ id: z.string() });
const Pressed = z.object({
  type: z.literal('block_actions'),
  team: Team.nullish(),
  user: User,
  trigger_id: z.string(),
  response_url: z.string(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string() })).min(1),
});
const Input = z.looseObject({
  value: z.string().nullish(),
  selected_options: z.array(z.object({ value: z.string() })).nullish(),
});
const Submitted = z.object({
  type: z.literal('view_submission'),
  team: Team.nullish(),
  user: User,
  view: z.object({
    callback_id: z.string(),
    private_metadata: z.string(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), Input)) }),
  }),
});
const Payload = z.discriminatedUnion('type', [Pressed, Submitted]);

/** What a genuine body asks for; null where it is none of what this app shows. */
export const interactionIn = (body: string): Interaction | null => {
  const form = new URLSearchParams(body);
  const payload = form.get('payload');
  const found = payload === null ? commandOf(form) : actOf(payload);
  const parsed = Interaction.safeParse(found);
  return parsed.success ? parsed.data : null;
};

const commandOf = (form: URLSearchParams): unknown => ({
  kind: 'command',
  by: { team: form.get('team_id'), user: form.get('user_id') },
  words: form.get('text') ?? '',
  responseUrl: form.get('response_url'),
});

const actOf = (payload: string): unknown => {
  const read = Payload.safeParse(jsonOf(payload));
  if (!read.success) return null;
  return read.data.type === 'block_actions' ? buttonOf(read.data) : modalOf(read.data);
};

const buttonOf = ({ team, user, actions: [action], trigger_id, response_url }: z.infer<typeof Pressed>): unknown => ({
  kind: 'button',
  by: { team: user.team_id ?? team?.id, user: user.id },
  action: action?.action_id,
  gateId: action?.value,
  triggerId: trigger_id,
  responseUrl: response_url,
});

const modalOf = ({ team, user, view }: z.infer<typeof Submitted>): unknown => {
  const given = (block: string) => view.state.values[block]?.[INPUTS.value];
  const picked = (block: string) => (given(block)?.selected_options ?? []).map(({ value }) => value);
  const keeps = Kept.safeParse(jsonOf(view.private_metadata)).data;
  return {
    kind: 'modal',
    by: { team: user.team_id ?? team?.id, user: user.id },
    modal: view.callback_id,
    gateId: keeps?.gateId,
    asks: keeps,
    clusterTyped: (given(INPUTS.cluster)?.value ?? '').trim().slice(0, 64),
    reason: (given(INPUTS.reason)?.value ?? '').slice(0, 500),
    countAsLost: picked(INPUTS.lost),
    powerCycle: picked(INPUTS.hosts),
  };
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
