import type { Target } from '../../lib/recovery/boundary';
import { leaderSeen } from '../../lib/recovery/leader';
import type { NetworkReport, NetworkView } from '../../lib/recovery/survey';
import { nowIso, sleep } from '../adapters/clock';
import { probeTarget, silentReport, type RaftConfiguration } from './probe-target';

/** Rest between two looks at one address, milliseconds. */
const REST_MS = 250;
/** One look at one address; short, so that a server that comes up is seen soon. */
const LOOK_MS = 1000;

/**
 * Looks again and again until a leader is confirmed or the deadline has come. Every address has a loop of its own: a
 * silent host (an excluded one, fenced) must not delay what the survivors say by its time-outs.
 */
export const untilLeader = async (
  targets: readonly Target[],
  deadline: Date,
  raftConfiguration: RaftConfiguration,
): Promise<NetworkView> => {
  const latest = new Map<Target, NetworkReport>();
  const view = (): NetworkView => ({
    at: nowIso(),
    reports: targets.map((target) => latest.get(target) ?? silentReport(target)),
  });
  /** A look that the deadline would cut short says "no answer" of a server that answers: only whole ones, save the first. */
  const isTimeFor = (target: Target): boolean => !latest.has(target) || Date.now() + LOOK_MS <= deadline.getTime();
  let found = false;
  const watch = async (target: Target, confirmed: () => void): Promise<void> => {
    while (!found && isTimeFor(target)) {
      const look = new Date(Math.min(Date.now() + LOOK_MS, deadline.getTime()));
      latest.set(target, await probeTarget(target, look, raftConfiguration));
      found ||= leaderSeen(view()).kind === 'leader';
      if (found) confirmed();
      else await sleep(REST_MS);
    }
  };
  await new Promise<void>((confirmed, failed) => {
    void Promise.all(targets.map((target) => watch(target, confirmed))).then(() => confirmed(), failed);
  });
  return view();
};
