import type { Excluded } from './plan';
import type { Instance } from './survey';

/**
 * A silent host that was counted as lost and whose agent hears again: perhaps it is back, and the quorum with it (design rule 6).
 * Meaningful until this case cuts it off: in quarantine an agent hears as well.
 */
export function cameBack({ id, class: hostClass, fence, fencedBefore }: Excluded, instance: Instance): string[] {
  if (fence.kind !== 'quarantine-stop' || hostClass !== 'unreachable' || fencedBefore) return [];
  return agentIsBack(id, instance);
}

export function agentIsBack(id: string, { instanceId, state, agent }: Instance): string[] {
  return state === 'running' && agent === 'connected' ? [`the agent of ${id} on ${instanceId} is connected again`] : [];
}
