import * as z from 'zod';
import { Declaration } from '../../lib/recovery/declaration';
import { ServerId } from '../../lib/recovery/ids';
import { nowIso } from '../adapters/clock';
import { clusterNamed } from '../adapters/clusters';
import { invoke } from '../adapters/functions';
import { log } from '../adapters/log';
import type { Door } from './door';
import { bodyOf, refuse } from './http';
import type { Reply } from './http';
import type { Request } from './routes';

/** `because` is required with `gone: true`; `gone: false` takes the word back. */
const Body = z.discriminatedUnion('gone', [
  z.object({ gone: z.literal(true), server: ServerId, because: Declaration.shape.because }),
  z.object({ gone: z.literal(false), server: ServerId }),
]);

const Declaring = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('declared'), declaration: Declaration }),
  z.object({ kind: z.literal('refused'), code: z.string(), says: z.string(), nextStep: z.string() }),
]);

/** A person says that a server is destroyed, or takes that back. The sentinel looks first: the door reaches no server. */
export const declareGone = async (door: Door, { event, id, who }: Request): Promise<Reply> => {
  const { name: cluster } = clusterNamed(id, door.clusters);
  const body = bodyOf(event, Body);
  const { server } = body;
  if (!body.gone) return takeBack(door, cluster, server, who);
  const asked = { action: 'declare', cluster, server, who, because: body.because };
  const declaring = Declaring.parse(await invoke(door.sentinel, asked));
  if (declaring.kind === 'refused') {
    return refuse(422, declaring.code, declaring.says, declaring.nextStep);
  }
  return answer(door, cluster);
};

const takeBack = async (door: Door, cluster: string, server: string, who: string): Promise<Reply> => {
  const word = (await door.declarations.of(cluster)).find(({ serverId }) => serverId === server);
  if (!word) {
    const says = `nobody has declared ${server} of ${cluster} destroyed`;
    return refuse(404, 'NotDeclared', says, `see who is: requorum inventory --cluster ${cluster}`);
  }
  log.warn('declaration taken back', { cluster, server, who });
  await door.declarations.end(cluster, word, { who, at: nowIso(door.clock), why: 'taken back' });
  return answer(door, cluster);
};

const answer = async (door: Door, cluster: string): Promise<Reply> => ({
  status: 200,
  body: { cluster, declarations: await door.declarations.of(cluster) },
});
