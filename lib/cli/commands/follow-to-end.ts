import type { Api } from '../api';
import type { Context, Ending } from '../context';
import type { CaseView } from '../door';
import { followCase } from '../follow';
import type { Host } from '../host';
import { EXIT, exitOf } from '../problem';
import { reportKey } from '../show-report';

/** A case that was followed to its end, as an exit code and as data. */
const endingOf = ({ case: record, planning, report }: CaseView): Ending => ({
  exit: record.outcome === null ? EXIT.failed : exitOf(record.outcome),
  json: {
    outcome: record.outcome,
    caseId: record.caseId,
    cluster: record.cluster,
    verdict: planning?.briefing.verdict.name ?? null,
    planId: planning?.kind === 'planned' ? planning.planId : null,
    leader: report?.leader ?? null,
    jobsBefore: report?.jobsBefore ?? null,
    jobsAfter: report?.jobsAfter ?? null,
    redundancy: report?.redundancy ?? null,
    seconds: report?.seconds ?? null,
    problem: report?.problem ?? null,
    nextSteps: report?.nextSteps ?? [],
    report: report === null ? null : reportKey(report),
  },
});

/** Ctrl-C ends the command, never the case: a case without its terminal goes on, and silence at its gates is no. */
const withFarewell = async <T>({ terminal }: Context, caseId: string, work: Promise<T>): Promise<T> => {
  const leave = (): void => {
    terminal.say([
      '',
      `Left. The case goes on without this terminal; nothing was answered.`,
      `  → requorum watch --case ${caseId}`,
      `  → requorum abort --case ${caseId} --reason "..."`,
    ]);
    process.exit(EXIT.interrupted);
  };
  process.once('SIGINT', leave);
  try {
    return await work;
  } finally {
    process.off('SIGINT', leave);
  }
};

export interface Followed {
  readonly view: CaseView;
  readonly ending: Ending;
}

export const followToEnd = async (context: Context, api: Api, caseId: string, host: Host): Promise<Followed> => {
  const view = await withFarewell(context, caseId, followCase(api, caseId, host, context.follow));
  return { view, ending: endingOf(view) };
};
