import { createHash } from 'node:crypto';
import type { Gate } from '../recovery/gate';
import { planIdOf } from '../recovery/draft';
import type { Planning } from '../recovery/plan';
import { CliProblem, EXIT } from './problem';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const hashOf = (peersJson: string | null): string | null => (peersJson === null ? null : sha256(peersJson));

/**
 * What a person read is what is approved (design rule 9): the id is computed here once more from the plan that was
 * shown, and the hash from its peers.json, so that neither is taken on trust.
 * @throws CliProblem OtherPlan; nothing was answered then
 */
export const assertShown = (planning: Planning | null, gate: Gate): void => {
  const isShown =
    planning?.kind === 'planned' &&
    planning.planId === gate.planId &&
    planIdOf(planning.plan, sha256) === gate.planId &&
    hashOf(planning.plan.peersJson) === planning.plan.peersSha256;
  if (isShown) return;
  throw new CliProblem(
    EXIT.failed,
    'OtherPlan',
    `The plan that was shown does not have the id ${gate.planId} that the gate asks about; nothing was answered.`,
    'Use the requorum command of the version that is deployed. If it is, do not approve: the plan was changed on its way.',
  );
};
