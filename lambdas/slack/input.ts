import * as z from 'zod';
import { DENIALS } from '../../lib/slack/let-in';
import { Interaction } from '../../lib/slack/interaction';
import { HttpEvent } from '../door/http';

/** A request of Slack: its signature is in two headers. */
export const SlackRequest = HttpEvent.extend({
  headers: z.object({ 'x-slack-signature': z.string().optional(), 'x-slack-request-timestamp': z.string().optional() }),
});
export type SlackRequest = z.infer<typeof SlackRequest>;

/** What the first call found genuine and hands over to the second, which has time. */
export const Handed = z.object({
  action: z.literal('slack'),
  /** Of the signature: names this one request. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  act: Interaction,
  /** Signed by Slack, and not sent now: only written down. */
  refused: z.enum(Object.keys(DENIALS) as [keyof typeof DENIALS, ...(keyof typeof DENIALS)[]]).nullable(),
});
export type Handed = z.infer<typeof Handed>;

/** Keys of items that were written, as the table's stream tells them; what is in them it does not tell. */
export const Changes = z.object({
  Records: z.array(z.object({ dynamodb: z.object({ Keys: z.object({ pk: z.object({ S: z.string() }) }) }) })),
});
export type Changes = z.infer<typeof Changes>;

/** Every minute: time passes at an open gate, and Slack may have been away. */
export const Look = z.object({ action: z.literal('look') });

export const Input = z.union([Handed, Look, Changes, SlackRequest]);
