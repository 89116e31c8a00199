import * as z from 'zod';
import { Declaration } from '../../lib/recovery/declaration';
import { declare as judge, type Declaring } from '../../lib/recovery/declare';
import { ServerId } from '../../lib/recovery/ids';
import { nowIso } from '../adapters/clock';
import { clusterNamed } from '../adapters/clusters';
import { log } from '../adapters/log';
import { seeCluster } from './see-cluster';
import type { Sentinel } from './sentinel';

export const DeclareInput = z.object({
  action: z.literal('declare'),
  cluster: z.string(),
  server: ServerId,
  ...Declaration.pick({ who: true, because: true }).shape,
});

/**
 * Takes a person's word that a server is destroyed, unless a look shows that it is not: now is better than in the middle of
 * the next case.
 */
export const declare = async (
  sentinel: Sentinel,
  { cluster: name, server, who, because }: z.output<typeof DeclareInput>,
): Promise<Declaring> => {
  const cluster = clusterNamed(name, sentinel.clusters);
  const { inventory, fleet, network } = await seeCluster(sentinel, cluster);
  const exclusions = await sentinel.exclusions.of(name);
  const at = nowIso(sentinel.clock);
  const declaring = judge({ server, who, at, because }, { cluster, inventory, exclusions, fleet, network });
  log.warn(declaring.kind, { cluster: name, server, who, because });
  if (declaring.kind === 'declared') await sentinel.declarations.keep(name, declaring.declaration);
  return declaring;
};
