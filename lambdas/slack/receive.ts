import { createHash } from 'node:crypto';
import { interactionIn, type Interaction } from '../../lib/slack/interaction';
import { slipsOf } from '../../lib/slack/slips';
import { verify } from '../../lib/slack/verify';
import { handOver } from '../adapters/functions';
import { log } from '../adapters/log';
import { secretOf } from '../adapters/secrets-manager';
import type { HttpAnswer } from '../door/http';
import type { SlackDesk } from './desk';
import type { Handed, SlackRequest } from './input';

const answer = (statusCode: number, text = '', type = 'text/plain; charset=utf-8'): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': type, 'cache-control': 'no-store' },
  body: text,
});

/** A form that cannot be right stays open, and says where. It is handed over all the same: every attempt is written down. */
const acknowledgement = (act: Interaction | null): HttpAnswer => {
  const errors = act?.kind === 'modal' ? slipsOf(act) : {};
  if (Object.keys(errors).length === 0) return answer(200);
  return answer(200, JSON.stringify({ response_action: 'errors', errors }), 'application/json');
};

/** The signature is over what came over the wire; the HTTP API hands forms over in base64 (facts/aws). */
const rawBody = ({ body, isBase64Encoded }: SlackRequest): string =>
  isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? '');

/**
 * The public way in. It looks at the signature and hands over to itself, because Slack waits three seconds and no more;
 * nothing else is done here. Who is not Slack hears nothing, and writes nothing: else anybody could fill the record.
 */
export const receive = async (desk: SlackDesk, request: SlackRequest): Promise<HttpAnswer> => {
  try {
    const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = request.headers;
    const body = rawBody(request);
    const secret = await secretOf(desk.slack.signingSecretArn, desk.clock);
    const verified = verify({ timestamp, signature, body }, secret, desk.clock.now());
    if (verified.kind === 'refused') log.warn('a request was refused', { code: verified.code });
    if (verified.kind === 'refused' && verified.code === 'BadSignature') return answer(401);
    const act = interactionIn(body);
    if (act) {
      const refused = verified.kind === 'refused' ? verified.code : null;
      await handOver(desk.itself, { action: 'slack', digest: digestOf(signature), act, refused } satisfies Handed);
    }
    return verified.kind === 'refused' ? answer(401) : acknowledgement(act);
  } catch (thrown) {
    // The reason goes to the log only: whoever asks is not known yet.
    log.error('a request could not be taken', { reason: String(thrown).slice(0, 300) });
    return answer(503, 'Requorum could not take this. Try again, or use the requorum CLI.');
  }
};

const digestOf = (signature = ''): string => createHash('sha256').update(signature).digest('hex');
