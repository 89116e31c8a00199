import * as z from 'zod';
import type { Cluster } from '../../lib/recovery/cluster';
import { RequorumError } from '../../lib/recovery/errors';
import { healthOf } from '../../lib/recovery/health';
import { takeInventory } from '../../lib/recovery/inventory';
import { nowIso } from '../adapters/clock';
import { clusterNamed } from '../adapters/clusters';
import { log } from '../adapters/log';
import { healthMetric } from './health-metric';
import { seeCluster } from './see-cluster';
import type { Sentinel } from './sentinel';
import { endDeclarations } from './end-declarations';
import { sweep } from './sweep';

export const RefreshInput = z.object({ action: z.literal('refresh'), cluster: z.string().optional() });

interface Looked {
  readonly cluster: string;
  readonly leader: string | null;
  /** The inventory is of now. */
  readonly kept: boolean;
  readonly says: string;
}

/** Metrics and logs are one stream: a line in the embedded metric format becomes a metric. */
const publish = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const look = async (sentinel: Sentinel, cluster: Cluster): Promise<Looked> => {
  const { name } = cluster;
  const { inventory: before, fleet, network } = await seeCluster(sentinel, cluster);
  const health = healthOf(network, cluster);
  publish(healthMetric(health, sentinel.clock.now()));
  await sentinel.healths.keep(health);
  const inventory = takeInventory({ cluster, fleet, network, now: nowIso(sentinel.clock) });
  if (inventory) await sentinel.inventories.keep(inventory);
  const ended = inventory ? await endDeclarations(sentinel, inventory) : [];
  const servers = inventory?.servers.map(({ id }) => id).join(', ') ?? '';
  const known = before ? `the inventory of ${before.at} stays` : 'there is no inventory yet';
  const says = inventory ? `inventory taken: ${servers}` : `not every server is seen with a leader; ${known}`;
  return { cluster: name, leader: health.leader, kept: inventory !== null, says: [says, ...ended].join('; ') };
};

/** One cluster that cannot be looked at must not keep the others from being looked at. */
const lookSafely = async (sentinel: Sentinel, cluster: Cluster): Promise<Looked> => {
  try {
    return await look(sentinel, cluster);
  } catch (thrown) {
    const error = RequorumError.from(thrown);
    log.error(`${cluster.name} could not be looked at`, error);
    return { cluster: cluster.name, leader: null, kept: false, says: `could not look: ${error.detail}` };
  }
};

/**
 * The sentinel's round: health, inventory, and what dead runs left. The inventory is written only while the cluster is
 * healthy, because in an outage it is the proof of what is gone (design rule 14).
 */
export const refresh = async (sentinel: Sentinel, { cluster }: z.output<typeof RefreshInput>) => {
  const clusters = cluster === undefined ? sentinel.clusters : [clusterNamed(cluster, sentinel.clusters)];
  const looked = await Promise.all(clusters.map((one) => lookSafely(sentinel, one)));
  return { clusters: looked, tidied: await sweep(sentinel, clusters) };
};
