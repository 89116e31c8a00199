import { createHash } from 'node:crypto';

/** The hash that lib/recovery gets injected (it is pure and imports no node:*): hexadecimal, over UTF-8. */
export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
