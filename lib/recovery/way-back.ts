import type { Planner } from './draft';
import type { Exclusion } from './exclusion';
import { unfenced } from './kept-out';
import type { Finding } from './plan';
import { leaderOutOfSight } from './plan-removal';
import { refusal } from './refusals';

/** What forbids to add a server: no leader whose host can be asked, full strength, or old data that could come back (rule 1). */
export function wayBackRefusals(planner: Planner, id: string, keptOut: readonly Exclusion[]): Finding[] {
  const { signs, verdict, cluster } = planner;
  if (verdict.name !== 'healthy' && verdict.name !== 'down-with-quorum') {
    const next = 'recover the cluster first: requorum recover';
    return [refusal('no-quorum-to-join', `nobody joins: ${verdict.means}`, '', next)];
  }
  const full =
    signs.voters.length < cluster.size
      ? []
      : [
          refusal(
            'full-strength',
            `${cluster.name} has its ${cluster.size} servers; ${id} is not missing`,
            '',
            'take one out first: requorum retire',
          ),
        ];
  return [...full, ...leaderOutOfSight(planner), ...keptOut.flatMap((exclusion) => unfenced(exclusion, planner))];
}
