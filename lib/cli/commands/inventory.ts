import type { Context, Ending } from '../context';
import { CliProblem, EXIT } from '../problem';
import { showHealth, showInventory } from '../show-checks';

export interface InventoryOptions {
  readonly cluster: string;
  readonly refresh?: boolean;
}

/** What is known of the cluster from good times; `refresh` looks now, which counts only while it is healthy. */
export const inventory = async (context: Context, { cluster, refresh }: InventoryOptions): Promise<Ending> => {
  const api = await context.connect();
  if (refresh === true) await api.refreshInventory(cluster);
  const { inventory: known, health } = await api.cluster(cluster);
  if (known === null) {
    const nextStep = `Once the cluster is healthy: requorum inventory --cluster ${cluster} --refresh`;
    throw new CliProblem(EXIT.notFound, 'NoInventory', `${cluster} was not seen healthy yet.`, nextStep);
  }
  const { terminal } = context;
  terminal.say([...showInventory(known, terminal), ...showHealth(health, terminal)]);
  return { exit: EXIT.well, json: { inventory: known, health } };
};
