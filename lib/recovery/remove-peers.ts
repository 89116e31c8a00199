import { leaderSeen } from './leader';
import type { LeaveResult, RemovePeerResult } from './order';
import type { Plan } from './plan';
import type { NetworkView } from './survey';

/** Looks, five seconds apart: a leave waits for the leader's reconcile, which comes once a minute (facts/dkron §7). */
const LOOKS_FOR_LEAVE = 20;
/** Looks after which it is given up: the removal that a leave falls back to has had another minute by then. */
const MOST_LOOKS = 32;

export type Removed =
  | { readonly kind: 'done'; readonly says: string }
  | { readonly kind: 'wait' | 'remove' | 'failed'; readonly says: string };

export interface RemoveInput {
  readonly plan: Plan;
  readonly network: NetworkView;
  readonly answers: readonly (RemovePeerResult | LeaveResult)[];
  readonly attempt: number;
}

/** Until nobody who is to go is left in the leader's configuration; who does not go by itself is removed by id. */
export function removePeers({ plan, network, answers, attempt }: RemoveInput): Removed {
  const left = stillListed(plan, network);
  if (left === null) return waitOrFail(attempt, 'nobody leads and tells its configuration');
  if (left.length === 0) {
    return { kind: 'done', says: `${plan.removals.map(({ id }) => id).join(', ')} left the configuration` };
  }
  const says = `${left.join(', ')} is still in the leader's configuration`;
  const refusals = answers.flatMap((answer) =>
    answer.outcome === 'refused' ? [`${answer.code}: ${answer.detail}`] : [],
  );
  const leaving = plan.removals.some(({ id, by }) => by === 'leave' && left.includes(id));
  const hasLeft = answers.some((answer) => answer.outcome === 'left' || answer.outcome === 'already-left');
  if (refusals.length > 0 && !hasLeft) return { kind: 'failed', says: `${says}; ${refusals.join('; ')}` };
  // Once, at the first look that a leader answers from there on: it may have been away at the very look that was due.
  const isAsked = answers.some(({ outcome }) => outcome === 'removed' || outcome === 'already-removed');
  if (isAsked || (leaving && attempt < LOOKS_FOR_LEAVE)) return waitOrFail(attempt, says);
  return { kind: 'remove', says: leaving ? `${says} after its leave` : says };
}

function waitOrFail(attempt: number, says: string): Removed {
  return attempt >= MOST_LOOKS ? { kind: 'failed', says } : { kind: 'wait', says };
}

/** Ids that are to go and that the confirmed leader still lists; null where nobody leads or tells. */
function stillListed({ removals }: Plan, network: NetworkView): string[] | null {
  const leader = leaderSeen(network);
  if (leader.kind !== 'leader') return null;
  const told = network.reports.find(({ isLeader }) => isLeader.outcome === 'answered' && isLeader.leads)?.raft;
  if (told?.outcome !== 'answered') return null;
  return removals.map(({ id }) => id).filter((id) => told.servers.some((server) => server.id === id));
}
