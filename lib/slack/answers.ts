import type { Answer, Gate } from '../recovery/gate';
import type { Interaction } from './interaction';

type Answering = Extract<Interaction, { kind: 'modal' }> | { readonly kind: 'approve' | 'wait' };

/** What a person in Slack says to a gate. The gate's id stands for its plan: a gate never asks about another one. */
export const answerOf = (gate: Gate, act: Answering): Answer => {
  const { planId } = gate;
  const empty = { planId, countAsLost: [], reason: '', clusterTyped: '' };
  if (act.kind !== 'modal') return { ...empty, decision: act.kind };
  const { countAsLost, reason, clusterTyped, powerCycle } = act;
  switch (act.modal) {
    case 'name-lost':
      return { ...empty, decision: 'approve', countAsLost };
    case 'override':
      return { ...empty, decision: 'override', countAsLost, reason, clusterTyped };
    case 'power-cycle':
      return { ...empty, decision: 'power-cycle', powerCycle, reason };
    case 'decline':
      return { ...empty, decision: 'decline', reason };
  }
};
