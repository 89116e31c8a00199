import * as z from 'zod';
import { nowIso } from '../adapters/clock';
import { clusterNamed } from '../adapters/clusters';
import { log } from '../adapters/log';
import { askToAbort } from './abort-case';
import type { Door } from './door';
import { bodyOf } from './http';
import type { Reply } from './http';
import type { Request } from './routes';

const Body = z.object({ reason: z.string().max(500).default('') });

/**
 * Nothing acts on the cluster any more: no case opens, and the one that works on it is aborted, unless it only looks or has
 * passed its point of no return. Switched off first, so that a case that opens meanwhile hears it.
 */
export const disableCluster = async (door: Door, { event, id, who }: Request): Promise<Reply> => {
  const { name } = clusterNamed(id, door.clusters);
  const { reason } = bodyOf(event, Body);
  const off = { who, at: nowIso(door.clock), reason };
  log.warn('switched off', { cluster: name, who, reason });
  const control = await door.controls.set(name, { off });
  const lease = await door.leases.leaseOf(name);
  const working = lease && !lease.released ? await door.cases.find(lease.caseId) : null;
  if (working && working.mode !== 'plan') {
    await askToAbort(door, working, { ...off, reason: `switched off${reason === '' ? '' : `: ${reason}`}` });
  }
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
