import { kept } from '../lib/slack/kept';

/* Request bodies as Slack sends them. Also there, and never to be believed: names, which change hands. */

export interface By {
  readonly team: string;
  readonly user: string;
}

const RESPONSE_URL = 'https://hooks.slack.com/actions/T0001/1/x';

const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();
const userOf = ({ team, user }: By) => ({ id: user, team_id: team, username: 'ann', name: 'ann' });

export const pressed = (by: By, action: string, gateId: string, rest: object = {}): string =>
  form({
    payload: JSON.stringify({
      type: 'block_actions',
      team: { id: by.team, domain: 'ops' },
      user: userOf(by),
      trigger_id: '13345224609.738474920.8088930838d88f008e0',
      response_url: RESPONSE_URL,
      actions: [{ type: 'button', block_id: 'gate', action_id: action, value: gateId }],
      ...rest,
    }),
  });

export interface Given {
  readonly cluster?: string;
  readonly reason?: string;
  readonly lost?: readonly string[];
  readonly hosts?: readonly string[];
}

/** What a form of ours keeps of its gate. */
export interface Asking {
  readonly gateId: string;
  readonly cluster?: string;
  readonly countAsLost?: string[];
}

const picked = (values: readonly string[]) => ({
  value: { type: 'multi_static_select', selected_options: values.map((value) => ({ value })) },
});

export const submitted = (
  by: By,
  modal: string,
  { gateId, cluster: asked = 'demo', countAsLost = [] }: Asking,
  { cluster, reason, lost, hosts }: Given,
): string =>
  form({
    payload: JSON.stringify({
      type: 'view_submission',
      team: { id: by.team, domain: 'ops' },
      user: userOf(by),
      view: {
        callback_id: modal,
        private_metadata: kept({ gateId, cluster: asked, countAsLost }),
        state: {
          values: {
            ...(cluster !== undefined && { cluster: { value: { type: 'plain_text_input', value: cluster } } }),
            reason: { value: { type: 'plain_text_input', value: reason ?? null } },
            ...(lost && { lost: picked(lost) }),
            ...(hosts && { hosts: picked(hosts) }),
          },
        },
      },
    }),
  });

export const slashed = ({ team, user }: By, words: string, responseUrl = RESPONSE_URL): string =>
  form({
    ...{ token: 'unused', team_id: team, team_domain: 'ops', channel_id: 'C0001', user_id: user, user_name: 'ann' },
    ...{ command: '/requorum', text: words, response_url: responseUrl, trigger_id: '1.2.3' },
  });
