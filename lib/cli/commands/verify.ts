import { firstTrouble, healthSays, isHealthy } from '../../recovery/health-check';
import type { Context, Ending } from '../context';
import { EXIT } from '../problem';
import { showChecks } from '../show-checks';
import { terminalHost } from '../terminal-host';
import { followToEnd } from './follow-to-end';

export interface VerifyOptions {
  readonly cluster: string;
}

/** Surveys the cluster in a plan-mode case, touching nothing; well only when every check passed. */
export const verify = async (context: Context, { cluster }: VerifyOptions): Promise<Ending> => {
  const { terminal } = context;
  const api = await context.connect();
  const caseId = await api.openCase(cluster, 'plan');
  const person = terminalHost(terminal, ({ briefing }) => showChecks(briefing, cluster, terminal));
  const { view, ending } = await followToEnd(context, api, caseId, person);
  const briefing = view.planning?.briefing ?? null;
  // No survey at all (another case runs, for example) is how that case ended, not a word on the cluster's health.
  if (briefing === null) return ending;
  const { verdict, servers, findings, checks, redundancy } = briefing;
  const healthy = isHealthy(checks);
  const told = { healthy, says: healthSays(cluster, checks), nextStep: firstTrouble(checks)?.nextStep ?? '' };
  const seen = { checks, redundancy, verdict, servers, findings };
  return { exit: healthy ? EXIT.well : EXIT.failed, json: { caseId, cluster, ...told, ...seen } };
};
