import * as z from 'zod';
import { nowIso } from '../adapters/clock';
import { clusterNamed } from '../adapters/clusters';
import { log } from '../adapters/log';
import type { Door } from './door';
import { bodyOf } from './http';
import type { Reply } from './http';
import type { Request } from './routes';

const Body = z.object({ reason: z.string().max(500).default('') });

/** Nothing acts on the cluster any more; a case that has not passed its point of no return is put back at its next step. */
export const disableCluster = async (door: Door, { event, id, who }: Request): Promise<Reply> => {
  const { name } = clusterNamed(id, door.clusters);
  const { reason } = bodyOf(event, Body);
  log.warn('switched off', { cluster: name, who, reason });
  const control = await door.controls.set(name, { off: { who, at: nowIso(door.clock), reason } });
  return { status: 200, body: { cluster: name, control } };
};

export const enableCluster = async (door: Door, { id, who }: Request): Promise<Reply> => {
  const { name } = clusterNamed(id, door.clusters);
  log.warn('switched on', { cluster: name, who });
  return { status: 200, body: { cluster: name, control: await door.controls.set(name, { off: null }) } };
};

/** A person has looked at what the last case did: alarms may open the next one. */
export const acknowledgeCluster = async (door: Door, { id, who }: Request): Promise<Reply> => {
  const { name } = clusterNamed(id, door.clusters);
  log.info('acknowledged', { cluster: name, who });
  return { status: 200, body: { cluster: name, control: await door.controls.set(name, { coolDown: null }) } };
};
