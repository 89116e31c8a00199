import { expectedIds, runningAfter } from '../recovery/expected';
import type { Plan } from '../recovery/plan';
import { shortOfStrength } from '../recovery/redundancy';
import type { Report } from '../recovery/report';
import { plainOutcome } from './headline';
import { seconds } from './layout';
import { named } from '../recovery/words';
import { forMany } from './words';

/** The ending as the one sentence a person reads last. */
export const outcomeHeadline = (report: Report): string => {
  if (report.outcome !== 'recovered') return plainOutcome(report.cluster, report.outcome);
  const plan = report.planning?.kind === 'planned' ? report.planning.plan : null;
  return plan !== null && workedOn(plan) ? wentOn(report, plan) : isBack(report);
};

/** What stands above it where the cluster is short of its size: one failure from the next outage is not well. */
export const strengthHeadline = ({ cluster, outcome, redundancy }: Report): string | null => {
  const short = shortOfStrength(redundancy);
  if (short === null) return null;
  return outcome === 'recovered' ? `${cluster} is recovered, ${short}.` : `${cluster} works with ${short}.`;
};

const workedOn = ({ remedy, standing }: Plan): boolean => remedy === 'remove' || standing.length > 0;

/** A cluster that had no leader has one again. */
const isBack = (report: Report): string => {
  const after = report.seconds.leader === null ? '' : ` after ${seconds(report.seconds.leader)}`;
  return `${report.cluster} is back: ${leads(report)}${after}${jobsKept(report)}.`;
};

/** A cluster that worked all the time: who came or went, and how many work now. */
const wentOn = (report: Report, plan: Plan): string => {
  const all = expectedIds(plan).length;
  const works = `${runningAfter(plan).length} of ${all} ${all === 1 ? 'server works' : 'servers work'}`;
  return `${whatChanged(report.cluster, plan)}; ${leads(report)}, ${works}${jobsKept(report)}.`;
};

const whatChanged = (cluster: string, { removals, survivors, joining }: Plan): string => {
  const started = [...survivors, ...joining];
  const changed = removals.length > 0 ? removals : started;
  const ids = named(changed);
  if (removals.length > 0) return `${ids} ${forMany(removals, 'is', 'are')} out of ${cluster}`;
  return `${ids} ${forMany(started, 'works', 'work')} in ${cluster}${joining.length > 0 ? '' : ' again'}`;
};

const leads = ({ leader }: Report): string => `${leader ?? 'a server'} leads`;

/** A cluster that works may be given new jobs meanwhile: "21 of 20" would only startle. */
const jobsKept = ({ jobsBefore, jobsAfter }: Report): string => {
  if (jobsAfter === null) return '';
  return jobsBefore === null || jobsAfter > jobsBefore ? `, ${jobsAfter} jobs` : `, ${jobsAfter} of ${jobsBefore} jobs`;
};
