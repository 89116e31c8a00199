import * as z from 'zod';

/** Chapters of the outage guide, in the words of design §2. */
export const VerdictName = z.enum([
  'healthy',
  'stranded',
  'down-with-quorum',
  'quorum-restartable',
  'no-leader',
  'quorum-lost',
  'single-server-down',
  'all-lost',
  'unknown',
]);
export type VerdictName = z.infer<typeof VerdictName>;
