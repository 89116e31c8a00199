import type * as z from 'zod';
import type { ProbeInput } from '../../lib/recovery/boundary';
import type { NetworkView } from '../../lib/recovery/survey';
import { nowIso } from '../adapters/clock';
import { probeTarget, type RaftConfiguration } from './probe-target';
import { untilLeader } from './until-leader';

/**
 * The network view: what every target answers, all asked at once, within one total deadline. Cannot throw or hang,
 * and writes nothing anywhere (design rules 6 and 15).
 */
export const probe = async (
  input: z.output<typeof ProbeInput>,
  raftConfiguration: RaftConfiguration,
): Promise<NetworkView> => {
  const deadline = new Date(Date.now() + input.deadlineMs);
  if (input.untilLeader) return untilLeader(input.targets, deadline, raftConfiguration);
  const reports = await Promise.all(input.targets.map((target) => probeTarget(target, deadline, raftConfiguration)));
  return { at: nowIso(), reports };
};
