import type { Api } from '../api';
import type { Context, Ending } from '../context';
import { watchHost } from '../host';
import { CliProblem, EXIT } from '../problem';
import { terminalHost } from '../terminal-host';
import { followToEnd } from './follow-to-end';

export interface WatchOptions {
  readonly case?: string;
  readonly cluster?: string;
}

/** The open case of a cluster, else its last one. */
const caseOf = async (api: Api, cluster: string): Promise<string> => {
  const { openCase, lastCase } = await api.cluster(cluster);
  const caseId = openCase ?? lastCase;
  if (caseId !== null) return caseId;
  const nextStep = `Open one: requorum plan --cluster ${cluster} (touches nothing).`;
  throw new CliProblem(EXIT.notFound, 'NoCase', `${cluster} has had no case yet.`, nextStep);
};

/** Follows a case without answering its gates; they say how to answer them. */
export const watch = async (context: Context, options: WatchOptions): Promise<Ending> => {
  const api = await context.connect();
  if (options.case === undefined && options.cluster === undefined) {
    throw new CliProblem(EXIT.usage, 'NoCase', 'Nothing to watch is named.', 'Give --case ID or --cluster NAME.');
  }
  const caseId = options.case ?? (await caseOf(api, options.cluster ?? ''));
  const { ending } = await followToEnd(context, api, caseId, watchHost(terminalHost(context.terminal)));
  return ending;
};
