import type * as z from 'zod';
import type { Target } from '../../lib/recovery/boundary';
import type { NetworkReport, RaftProbe } from '../../lib/recovery/survey';
import { isLeader, leaderOf, membersOf } from '../adapters/dkron-http';
import type { NoAnswer } from '../adapters/no-answer';

export type RaftConfiguration = (target: Target, deadline: Date) => Promise<z.infer<typeof RaftProbe>>;

/** What must never happen, as a value: a probe that throws would hide the answers of all the others. */
const orFailed = <T>(probe: Promise<T>): Promise<T | NoAnswer> =>
  probe.catch((thrown: unknown): NoAnswer => ({ outcome: 'failed', detail: String(thrown).slice(0, 300) }));

/** All four questions to one address at once; each ends by `deadline`, and none can throw. */
export const probeTarget = async (
  target: Target,
  deadline: Date,
  raftConfiguration: RaftConfiguration,
): Promise<NetworkReport> => {
  const [raft, leader, isLeading, members] = await Promise.all([
    orFailed(raftConfiguration(target, deadline)),
    orFailed(leaderOf(target, deadline)),
    orFailed(isLeader(target, deadline)),
    orFailed(membersOf(target, deadline)),
  ]);
  return { address: target.address, raft, leader, isLeader: isLeading, members };
};

/** For an address that had not answered when the looking ended. */
export const silentReport = ({ address }: Target): NetworkReport => {
  const silent = { outcome: 'timed-out', detail: 'no answer when the looking ended' } as const;
  return { address, raft: silent, leader: silent, isLeader: silent, members: silent };
};
