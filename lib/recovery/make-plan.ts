import type { Cluster } from './cluster';
import { foreignRefusals, nothingToDo, refused, strangerRefusals, type PlanContext, type Planner } from './draft';
import type { Planning } from './plan';
import { planPowerCycle, withChoices } from './plan-power-cycle';
import { planDownWithQuorum, planRetire } from './plan-removal';
import { dataGone, planNoLeader, planQuorumRestart, planSingleServer } from './plan-restart';
import { planReadmit } from './plan-readmit';
import { planReplace } from './plan-replace';
import { planRewrite } from './plan-rewrite';
import { signsOf } from './signs';
import type { Survey } from './survey';
import { whyStranded, whyUnclear } from './unclear';
import { verdictBy } from './verdict';

/** From what is seen to what may be done, or to every reason why nothing may. Pure: the same survey gives the same plan. */
export function makePlan(survey: Survey, cluster: Cluster, context: PlanContext): Planning {
  const signs = signsOf(survey);
  const verdict = verdictBy(signs, cluster);
  const planner: Planner = { survey, cluster, context, signs, verdict };
  if (context.intent?.kind === 'retire') return planRetire(planner, context.intent.server);
  if (context.intent?.kind === 'readmit') return planReadmit(planner, context.intent.server);
  if (context.intent?.kind === 'replace') return planReplace(planner, context.intent.server);
  switch (verdict.name) {
    case 'healthy':
      return nothingToDo(planner);
    case 'stranded':
      return refused(planner, [...whyStranded(planner.signs), ...foreignRefusals(planner)]);
    case 'down-with-quorum':
      return planDownWithQuorum(planner);
    case 'single-server-down':
      return planSingleServer(planner);
    case 'quorum-restartable':
      return planQuorumRestart(planner);
    case 'no-leader':
      return planNoLeader(planner);
    case 'quorum-lost':
      return planPowerCycle(planner) ?? withChoices(planner, planRewrite(planner));
    case 'all-lost':
      return refused(planner, [dataGone(planner.signs.voters, cluster.name)]);
    case 'unknown':
      // A stranger that leads hides the cluster behind it: named, or nobody would know whom to stop.
      return refused(planner, [...whyUnclear(planner.signs, survey), ...strangerRefusals(planner)]);
  }
}
