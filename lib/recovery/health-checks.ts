import type { Planner } from './draft';
import { caughtUp, noPeersJson, oneTimeline, sameJobs } from './health-of-logs';
import { noExcludedAlive, noStranger } from './health-of-outsiders';
import { everyServerAnswers, fullStrength, oneLeader, sameConfiguration } from './health-of-servers';
import type { Checked, HealthCheck } from './health-check';
import { sightOf, type Sight } from './sight';

interface Row {
  readonly id: string;
  /** What has to be so. */
  readonly says: string;
  readonly ask: (sight: Sight) => Checked;
}

/** In the order of what a person has to hear first: what loses jobs goes before what costs the next outage. */
const CHECKS: readonly Row[] = [
  { id: 'one-leader', says: 'one leader by Raft id, confirmed on itself and named by every server', ask: oneLeader },
  { id: 'one-timeline', says: "every server that runs is of the leader's timeline", ask: oneTimeline },
  { id: 'no-excluded-alive', says: 'no excluded server is alive', ask: noExcludedAlive },
  { id: 'no-stranger', says: 'no strange server is alive', ask: noStranger },
  { id: 'same-configuration', says: 'the same configuration on every server', ask: sameConfiguration },
  { id: 'every-server-answers', says: 'every server of the configuration answers', ask: everyServerAnswers },
  { id: 'caught-up', says: "every log ends where the leader's does", ask: caughtUp },
  { id: 'same-jobs', says: 'every server has as many jobs as the leader', ask: sameJobs },
  { id: 'no-peers-json', says: 'no peers.json waits for the next start', ask: noPeersJson },
  { id: 'full-strength', says: 'as many voters as configured, and all of them run', ask: fullStrength },
];

/** All that has to be so in a healthy cluster, seen at one moment. "One leader" is one check of many (facts/dkron §8). */
export function healthChecks(planner: Planner): HealthCheck[] {
  const sight = sightOf(planner);
  return CHECKS.map(({ id, says, ask }) => ({ id, says, ...ask(sight) }));
}
