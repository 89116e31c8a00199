import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits that say nothing. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

export const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** Bound to one secret and one purpose: who has it has seen something that only the owner of the secret is shown. */
export const tokenOf = (secret: string, purpose: string): string =>
  createHmac('sha256', secret).update(purpose).digest('base64url');

/** In a time that does not tell how much of it was right. */
export const isSame = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};
