import type { Outcome } from '../recovery/case';
import { OUTCOMES } from '../recovery/case';
import type { Briefing, VerdictName } from '../recovery/plan';
import type { Report } from '../recovery/report';
import { seconds } from './layout';

/** "1 of 3 servers is": the noun follows the whole, the verb the part. */
const ofServers = (part: number, all: number): string =>
  `${part} of ${all} ${all === 1 ? 'server' : 'servers'} ${part === 1 ? 'is' : 'are'}`;

/** The verdict as the one sentence a person reads first. `left` counts servers that can run with their data. */
export const verdictHeadline = (cluster: string, { verdict, servers }: Briefing): string => {
  const all = servers.length;
  const left = servers.filter((server) => server.class === 'restartable').length;
  const down = servers.filter((server) => !server.answers).length;
  const leftOfAll = `${ofServers(left, all)} left`;
  const headlines: Readonly<Record<VerdictName, string>> = {
    healthy: `${cluster} is healthy: ${ofServers(all, all)} there and one leads.`,
    stranded: `${cluster} has two histories: its servers' logs do not belong together.`,
    'down-with-quorum': `${cluster} has a leader, and ${ofServers(down, all)} down.`,
    'quorum-restartable': `${cluster} has no leader, and enough servers can be started again: ${left} of ${all}.`,
    'no-leader': `${cluster} has no leader, though ${leftOfAll}.`,
    'quorum-lost': `${cluster} has lost its quorum: ${leftOfAll}.`,
    'single-server-down': `${cluster} is down: its only server does not run.`,
    'all-lost': `${cluster} is lost: none of ${all} servers has its data left.`,
    unknown: `${cluster} cannot be judged: too little is seen.`,
  };
  return headlines[verdict.name];
};

const jobsKept = ({ jobsBefore, jobsAfter }: Report): string => {
  if (jobsAfter === null) return '';
  return jobsBefore === null ? `, ${jobsAfter} jobs` : `, ${jobsAfter} of ${jobsBefore} jobs`;
};

/** The ending as the one sentence a person reads last. */
export const outcomeHeadline = (report: Report): string => {
  if (report.outcome !== 'recovered') return plainOutcome(report.cluster, report.outcome);
  const after = report.seconds.leader === null ? '' : ` after ${seconds(report.seconds.leader)}`;
  return `${report.cluster} is back: ${report.leader ?? 'a server'} leads${after}${jobsKept(report)}.`;
};

export const plainOutcome = (cluster: string, outcome: Outcome): string =>
  `${cluster}: ${outcome.replaceAll('-', ' ')} — ${OUTCOMES[outcome].means}.`;
