import * as z from 'zod';
import { InstanceId, ServerId } from './ids';

/** What people may answer for one unreachable host: wait, power-cycle, or count it as lost (design §2, `quorum-lost`). */
export const HostChoice = z.object({
  id: ServerId,
  instanceId: InstanceId,
  /** Why its host is not power-cycled; null where it may be. */
  notCycled: z.string().nullable(),
});
export type HostChoice = z.infer<typeof HostChoice>;

export const WAYS = ['wait', 'power-cycle', 'lost'] as const;
export type Way = (typeof WAYS)[number];

const minutes = (n: number): string => (n === 0 ? 'at once' : n === 1 ? 'in 1 minute' : `in ${n} minutes`);

/** One sentence for each: what will happen, and what it can destroy. */
export function wayText(way: Way, { instanceId }: Pick<HostChoice, 'instanceId'>, waitMinutes: number): string {
  switch (way) {
    case 'wait':
      return `Nothing is changed; everything is looked at again ${minutes(waitMinutes)}, and you are asked again.`;
    case 'power-cycle':
      return `After a yes of its own: ${instanceId} is cut off, stopped and started again, and let in once its disk was looked at. Whatever runs there is killed; its disks stay.`;
    case 'lost':
      return `${instanceId} is cut off and stopped for good: what only it has is given up.`;
  }
}
