import type { Api } from '../api';
import type { Context, Ending } from '../context';
import { CliProblem, EXIT } from '../problem';
import { showHealth } from '../show-checks';
import { showInventory } from '../show-inventory';

export interface InventoryOptions {
  readonly cluster: string;
  readonly refresh?: boolean;
  readonly gone?: string;
  readonly because?: string;
  readonly notGone?: string;
}

/**
 * What is known of the cluster; `refresh` looks now, which counts only while it is healthy. `gone` and `not-gone` change what
 * people have said of a server, and show what is known then.
 */
export const inventory = async (context: Context, options: InventoryOptions): Promise<Ending> => {
  const { cluster } = options;
  refuseContradictions(options);
  const api = await context.connect();
  await sayWord(api, options);
  if (options.refresh === true) await api.refreshInventory(cluster);
  const { inventory: known, health, exclusions, declarations } = await api.cluster(cluster);
  if (known === null && exclusions.length === 0 && declarations.length === 0) {
    const nextStep = `Once the cluster is healthy: requorum inventory --cluster ${cluster} --refresh`;
    throw new CliProblem(EXIT.notFound, 'NoInventory', `${cluster} was not seen healthy yet.`, nextStep);
  }
  const { terminal } = context;
  const sheet = { ink: terminal.ink, width: terminal.width, now: new Date() };
  const lines = showInventory({ cluster, inventory: known, exclusions, declarations }, sheet);
  terminal.say([...lines, '', ...showHealth(health, terminal)]);
  return { exit: EXIT.well, json: { inventory: known, health, exclusions, declarations } };
};

const sayWord = async (api: Api, { cluster, gone, because = '', notGone }: InventoryOptions): Promise<void> => {
  if (gone !== undefined) await api.declareGone(cluster, gone, because);
  if (notGone !== undefined) await api.takeBackGone(cluster, notGone);
};

const refuseContradictions = ({ cluster, gone, because = '', notGone }: InventoryOptions): void => {
  if (gone !== undefined && notGone !== undefined) {
    throw new CliProblem(EXIT.usage, 'TwoWords', '--gone and --not-gone exclude each other.', 'Say one of them.');
  }
  if (gone !== undefined && because.trim() === '') {
    const nextStep = `Say how you know: requorum inventory --cluster ${cluster} --gone ${gone} --because "…".`;
    throw new CliProblem(EXIT.usage, 'NoReason', 'A server is not declared destroyed without a reason.', nextStep);
  }
  if (gone === undefined && because !== '') {
    throw new CliProblem(EXIT.usage, 'NoServer', '--because says nothing without --gone.', 'Name it: --gone <server>.');
  }
};
