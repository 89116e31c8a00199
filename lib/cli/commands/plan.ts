import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { byHand } from '../../recovery/by-hand';
import { ClusterName } from '../../recovery/ids';
import { Planning } from '../../recovery/plan';
import type { Context, Ending } from '../context';
import { CliProblem, EXIT } from '../problem';
import { showPlanning } from '../show-plan';
import { terminalHost } from '../terminal-host';
import { followToEnd } from './follow-to-end';

export interface PlanOptions {
  readonly cluster?: string;
  readonly from?: string;
  readonly byHand?: boolean;
}

/** A planning as it lies in the evidence bucket, or inside a report or the output of `plan --json`. */
const PlanningFile = z.union([
  Planning.transform((planning) => ({ planning, cluster: undefined })),
  z.object({ planning: Planning, cluster: ClusterName.optional() }),
]);

const readPlanning = async (file: string): Promise<z.infer<typeof PlanningFile>> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliProblem(EXIT.notFound, 'NoFile', `${file} cannot be read.`, 'Check the path given to --from.', {
      cause,
    });
  });
  try {
    return PlanningFile.parse(JSON.parse(text));
  } catch (cause) {
    const says = `${file} holds no planning.`;
    const nextStep = 'Give planning-<n>.json or a report from the evidence bucket, or the output of plan --json.';
    throw new CliProblem(EXIT.usage, 'BadFile', says, nextStep, { cause });
  }
};

const clusterOf = (planning: Planning, named: string | undefined): string =>
  planning.kind === 'planned' ? planning.plan.cluster : (named ?? 'the cluster');

const fromFile = async ({ terminal }: Context, file: string, options: PlanOptions): Promise<Ending> => {
  const { planning, cluster: inFile } = await readPlanning(file);
  const cluster = clusterOf(planning, inFile ?? options.cluster);
  if (options.byHand === true) terminal.data(byHand(planning));
  else terminal.say(showPlanning(planning, { cluster, caseId: null }, terminal));
  return { exit: planning.kind === 'refused' ? EXIT.stopped : EXIT.well, json: { cluster, planning } };
};

/** Makes a plan and shows it; touches nothing. With `from` it is read from a file, without AWS. */
export const plan = async (context: Context, options: PlanOptions): Promise<Ending> => {
  if (options.from !== undefined) return fromFile(context, options.from, options);
  if (options.cluster === undefined) {
    throw new CliProblem(EXIT.usage, 'NoCluster', 'No cluster is named.', 'Give --cluster NAME, or --from FILE.');
  }
  const api = await context.connect();
  const caseId = await api.openCase(options.cluster, 'plan');
  const { view, ending } = await followToEnd(context, api, caseId, terminalHost(context.terminal));
  if (options.byHand === true && view.planning !== null) context.terminal.data(byHand(view.planning));
  return { exit: ending.exit, json: { ...ending.json, planning: view.planning } };
};
