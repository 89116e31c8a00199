import { createHmac, timingSafeEqual } from 'node:crypto';

/** How old a request may be: Slack's own rule, and as long as a captured one could be sent again at all. */
export const MAX_AGE_SECONDS = 300;
/** Clocks differ by so much; what is further ahead was not sent by Slack now. */
const MAX_AHEAD_SECONDS = 5;

export interface SignedRequest {
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  /** As it came over the wire, byte for byte. */
  readonly body: string;
}

export type Verified =
  | { readonly kind: 'genuine' }
  /** Signed by Slack, and not sent now: somebody has recorded it, or a clock is wrong. */
  | { readonly kind: 'refused'; readonly code: 'TooOld' | 'FromTheFuture' }
  /** Not signed with our secret: it says nothing about anybody. */
  | { readonly kind: 'refused'; readonly code: 'BadSignature' };

/** Slack's v0 scheme: HMAC-SHA256 over `v0:{timestamp}:{raw body}`. Signed first, then looked at: a forged time is no time. */
export function verify({ timestamp, signature, body }: SignedRequest, secret: string, now: Date): Verified {
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) return BAD;
  if (!isEqual(sign(secret, timestamp, body), signature)) return BAD;
  const age = now.getTime() / 1000 - Number(timestamp);
  if (age > MAX_AGE_SECONDS) return { kind: 'refused', code: 'TooOld' };
  if (age < -MAX_AHEAD_SECONDS) return { kind: 'refused', code: 'FromTheFuture' };
  return { kind: 'genuine' };
}

/** The value of `x-slack-signature`. */
export function sign(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

const BAD: Verified = { kind: 'refused', code: 'BadSignature' };

/** In constant time whatever differs, length included. */
function isEqual(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return timingSafeEqual(a, b.length === a.length ? b : Buffer.alloc(a.length)) && a.length === b.length;
}
