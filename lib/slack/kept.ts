import * as z from 'zod';
import type { Gate } from '../recovery/gate';

/**
 * What a modal hands back beside what was typed: its gate, and what the inputs are measured by before anything is looked up.
 * It is signed by Slack, and decides nothing: what the answer is worth is decided by the gate in the store.
 */
export const Kept = z.object({
  gateId: z.string().regex(/^[A-Za-z0-9_-]{22,43}$/),
  cluster: z.string().max(64),
  lost: z.array(z.string()).max(20),
});
export type Kept = z.infer<typeof Kept>;

export const kept = ({ gateId, cluster, countAsLost }: Pick<Gate, 'gateId' | 'cluster' | 'countAsLost'>): string =>
  JSON.stringify({ gateId, cluster, lost: countAsLost } satisfies Kept);
