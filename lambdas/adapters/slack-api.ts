import * as z from 'zod';
import { isOfSlack } from '../../lib/slack/settings';
import { log } from './log';
import { secretOf } from './secrets-manager';

/** Seconds for one call; nobody waits for it but the message. */
const TIMEOUT_SECONDS = 5;
const Answer = z.object({ ok: z.boolean(), error: z.string().default(''), ts: z.string().optional() });

export type Told =
  | { readonly kind: 'told'; readonly ts: string }
  /** `code`: Slack's own word for it, `timed-out`, or the status of HTTP. */
  | { readonly kind: 'failed'; readonly code: string };

interface Api {
  readonly api: string;
  readonly botTokenArn: string;
}

const post = async (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Promise<Response | string> => {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
    });
  } catch (thrown) {
    return thrown instanceof Error && thrown.name === 'TimeoutError' ? 'timed-out' : 'not-reachable';
  }
};

/** Slack as far as it is used: methods of its Web API, and the one-time address of an answer. That it fails is a value. */
export const slackApi = ({ api, botTokenArn }: Api) => ({
  call: async (
    method: 'chat.postMessage' | 'chat.update' | 'chat.postEphemeral' | 'views.open',
    body: unknown,
  ): Promise<Told> => {
    const token = await secretOf(botTokenArn);
    const answer = await post(`${api}/${method}`, { authorization: `Bearer ${token}` }, body);
    if (typeof answer === 'string') return { kind: 'failed', code: answer };
    const read = Answer.safeParse(await answer.json().catch(() => null));
    if (!answer.ok || !read.success) return { kind: 'failed', code: `http-${answer.status}` };
    return read.data.ok ? { kind: 'told', ts: read.data.ts ?? '' } : { kind: 'failed', code: read.data.error };
  },

  /** To the one who acted, and to nobody else. An answer that does not arrive is only logged: what was done is done. */
  respond: async (url: string, text: string): Promise<void> => {
    if (!isOfSlack(url, api))
      return log.warn('an answer was asked for elsewhere than at Slack', { host: new URL(url).host });
    const answer = await post(url, {}, { response_type: 'ephemeral', replace_original: false, text });
    const code = typeof answer === 'string' ? answer : answer.ok ? null : `http-${answer.status}`;
    if (code !== null) log.warn('an answer did not reach Slack', { code });
  },
});
