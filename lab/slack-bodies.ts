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
}

export const submitted = (by: By, modal: string, gateId: string, { cluster, reason, lost }: Given): string =>
  form({
    payload: JSON.stringify({
      type: 'view_submission',
      team: { id: by.team, domain: 'ops' },
      user: userOf(by),
      view: {
        callback_id: modal,
        private_metadata: gateId,
        state: {
          values: {
            ...(cluster !== undefined && { cluster: { value: { type: 'plain_text_input', value: cluster } } }),
            reason: { value: { type: 'plain_text_input', value: reason ?? null } },
            ...(lost && {
              lost: { value: { type: 'multi_static_select', selected_options: lost.map((value) => ({ value })) } },
            }),
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
