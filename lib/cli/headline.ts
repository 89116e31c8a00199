import type { Outcome } from '../recovery/case';
import { OUTCOMES } from '../recovery/case';
import type { Briefing } from '../recovery/plan';
import type { VerdictName } from '../recovery/verdict-name';
import { shortOfStrength } from '../recovery/redundancy';

/** "1 of 3 servers is": the noun follows the whole, the verb the part. */
const ofServers = (part: number, all: number): string =>
  `${part} of ${all} ${all === 1 ? 'server' : 'servers'} ${part === 1 ? 'is' : 'are'}`;

interface Counts {
  readonly all: number;
  /** Servers that can run with their data. */
  readonly left: number;
  readonly silent: number;
}

const countsOf = ({ servers }: Briefing): Counts => ({
  all: servers.length,
  left: servers.filter((server) => server.class === 'restartable').length,
  silent: servers.filter((server) => !server.answers).length,
});

/** A server that was rebuilt answers, and is no part of the quorum yet: then nobody is down. */
const whoIsDown = ({ all, silent }: Counts): string =>
  silent === 0 ? 'not every server has caught up yet' : `${ofServers(silent, all)} down`;

const whoIsThere = ({ all, left }: Counts): string =>
  all === 1 ? 'though its only server is there' : `though enough servers are there: ${left} of ${all}`;

const whatIsSeen = ({ findings }: Briefing): string =>
  findings.some(({ code }) => code === 'too-little-seen') ? 'too little is seen' : 'what is seen does not fit together';

/** The verdict as the one sentence a person reads first. */
export const verdictHeadline = (cluster: string, briefing: Briefing): string => {
  const counts = countsOf(briefing);
  const { all, left } = counts;
  const short = shortOfStrength(briefing.redundancy);
  const headlines: Readonly<Record<VerdictName, string>> = {
    healthy:
      short === null
        ? `${cluster} is healthy: ${ofServers(all, all)} there and one leads.`
        : `${cluster} works with ${short}.`,
    stranded: `${cluster} has two histories: its servers are not one cluster any more.`,
    'down-with-quorum': `${cluster} works: it has a leader, and ${whoIsDown(counts)}.`,
    'quorum-restartable': `${cluster} has no leader, and enough servers can be started again: ${left} of ${all}.`,
    'no-leader': `${cluster} has no leader, ${whoIsThere(counts)}.`,
    'quorum-lost': `${cluster} has lost its quorum: ${ofServers(left, all)} left.`,
    'single-server-down': `${cluster} is down: its only server ${left === 0 ? 'has no data' : 'does not answer'}.`,
    'all-lost': `${cluster} is lost: none of ${all} servers has its data left.`,
    unknown: `${cluster} cannot be judged: ${whatIsSeen(briefing)}.`,
  };
  return headlines[briefing.verdict.name];
};

/** How a case ended, where the case itself has no more to tell. */
export const plainOutcome = (cluster: string, outcome: Outcome): string =>
  `${cluster}: ${outcome.replaceAll('-', ' ')} — ${OUTCOMES[outcome].means}.`;
