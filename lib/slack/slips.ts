import { INPUTS, MODALS } from './actions';
import type { Interaction } from './interaction';

type Submitted = Extract<Interaction, { kind: 'modal' }>;

/** What the first answer to a modal says beside an input that cannot be right: Slack keeps the form open, with the words typed. */
export const slipsOf = ({ modal, asks, countAsLost, clusterTyped, powerCycle }: Submitted): Record<string, string> => {
  const missing = asks.lost.filter((id) => !countAsLost.includes(id));
  return {
    ...((modal === MODALS.name || modal === MODALS.override) &&
      missing.length > 0 && {
        [INPUTS.lost]: `Pick ${missing.join(', ')} as well, or close this and wait or decline.`,
      }),
    ...(modal === MODALS.override &&
      clusterTyped !== asks.cluster && { [INPUTS.cluster]: `This is not the cluster's name: ${asks.cluster}` }),
    ...(modal === MODALS.powerCycle && powerCycle.length === 0 && { [INPUTS.hosts]: 'Pick at least one host.' }),
  };
};
