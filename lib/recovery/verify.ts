import type * as z from 'zod';
import type { Policy } from './cluster';
import { leaderSeen } from './leader';
import type { ReleaseResult, VerifyResult } from './order';
import type { Plan } from './plan';
import type { Rung } from './report';
import type { NetworkView } from './survey';
import { hostOf } from './targets';

type Look = Extract<z.infer<typeof VerifyResult>, { outcome: 'looked' }>;

/** How far a follower may lie behind and still count as caught up: entries that were made between two looks. */
const CATCHING_UP = 5;

export type LeaderAwaited =
  { readonly kind: 'leader'; readonly id: string } | { readonly kind: 'not-yet'; readonly says: string };

/** One leader by Raft id, confirmed on itself, and one of the survivors. */
export function awaitLeader(input: {
  readonly plan: Plan;
  readonly network: NetworkView;
  readonly releases: readonly ReleaseResult[];
}): LeaderAwaited {
  const seen = leaderSeen(input.network);
  switch (seen.kind) {
    case 'leader':
      return input.plan.survivors.some(({ id }) => id === seen.id)
        ? { kind: 'leader', id: seen.id }
        : { kind: 'not-yet', says: `${seen.id} leads, and it is no survivor` };
    case 'disagreement':
      return { kind: 'not-yet', says: seen.says };
    case 'none':
      return { kind: 'not-yet', says: refusals(input.releases) ?? 'nobody leads yet' };
  }
}

function refusals(releases: readonly ReleaseResult[]): string | null {
  const refused = releases.flatMap((result) =>
    result.outcome === 'refused' ? [`${result.hostId}: ${result.code}, ${result.detail}`] : [],
  );
  return refused.length > 0 ? refused.join('; ') : null;
}

export interface RungsInput {
  readonly plan: Plan;
  readonly network: NetworkView;
  readonly looks: readonly VerifyResult[];
  readonly releases: readonly ReleaseResult[];
  readonly leaderAt: string | null;
  readonly now: string;
  readonly policy: Policy;
  readonly jobsBefore: number | null;
}

/** The rungs of the proof, in order (design rule 12): a leader is not recovery. */
export function rungsOf(input: RungsInput): Rung[] {
  const looks = input.looks.filter((look): look is Look => look.outcome === 'looked');
  return [
    fileConsumed(input),
    oneLeader(input),
    sameConfiguration(input),
    indexCaughtUp(input.plan, looks),
    noExcludedAlive(input, looks),
    canaryRung(looks),
    jobsRung(input, looks),
    held(input),
  ];
}

const rung = (
  id: string,
  says: string,
  passed: boolean,
  evidence: string,
  otherwise: 'pending' | 'failed' = 'pending',
): Rung => ({
  id,
  says,
  state: passed ? 'passed' : otherwise,
  evidence,
});

function fileConsumed({ plan, releases }: RungsInput): Rung {
  const left = plan.survivors.filter(
    ({ instanceId }) => !releases.some((one) => one.hostId === instanceId && one.outcome !== 'refused' && one.consumed),
  );
  const evidence =
    left.length === 0 ? 'peers.json is gone on every survivor' : `not on ${left.map(({ id }) => id).join(', ')}`;
  return rung('file-consumed', 'peers.json was taken in by every survivor', left.length === 0, evidence);
}

function oneLeader({ plan, network }: RungsInput): Rung {
  const seen = leaderSeen(network);
  const silent = plan.survivors.filter(({ address }) => reportAt(network, address)?.leader.outcome !== 'answered');
  const named = plan.survivors.every(({ address }) => {
    const report = reportAt(network, address);
    return report?.leader.outcome === 'answered' && seen.kind === 'leader' && report.leader.leader?.id === seen.id;
  });
  const evidence =
    seen.kind === 'leader'
      ? `${seen.id} leads${silent.length > 0 ? `; silent: ${silent.map(({ id }) => id).join(', ')}` : ''}`
      : seen.kind === 'none'
        ? 'nobody leads'
        : seen.says;
  return rung('one-leader', 'one leader by Raft id, named by every survivor and confirmed on itself', named, evidence);
}

/** The same set of ids everywhere, and exactly the planned one: an old timeline shows here first (facts/dkron §8). */
function sameConfiguration({ plan, network }: RungsInput): Rung {
  const planned = plan.survivors
    .map(({ id }) => id)
    .sort()
    .join(', ');
  const seen = plan.survivors.map(({ id, address }) => {
    const report = reportAt(network, address);
    const ids =
      report?.raft.outcome === 'answered'
        ? report.raft.servers
            .map((server) => server.id)
            .sort()
            .join(', ')
        : 'no answer';
    return { id, ids };
  });
  const odd = seen.filter(({ ids }) => ids !== planned);
  const evidence = odd.length === 0 ? planned : odd.map(({ id, ids }) => `${id} sees ${ids}`).join('; ');
  return rung('same-configuration', 'the same configuration on every survivor, as planned', odd.length === 0, evidence);
}

function indexCaughtUp({ survivors }: Plan, looks: readonly Look[]): Rung {
  const logs = survivors.map(({ id, instanceId }) => ({
    id,
    log: looks.find(({ hostId }) => hostId === instanceId)?.log ?? null,
  }));
  const known = logs.flatMap(({ id, log }) => (log ? [{ id, index: log.lastIndex }] : []));
  const highest = Math.max(0, ...known.map(({ index }) => index));
  const passed = known.length === survivors.length && known.every(({ index }) => highest - index <= CATCHING_UP);
  const evidence = known.map(({ id, index }) => `${id} at ${index}`).join(', ') || 'no log was read';
  return rung('index-caught-up', 'every survivor has caught up with the log', passed, evidence);
}

function noExcludedAlive({ plan, network }: RungsInput, looks: readonly Look[]): Rung {
  const survivors = new Set(plan.survivors.map(({ id }) => id));
  const told = [
    ...network.reports.flatMap(({ address, members }) =>
      members.outcome === 'answered' ? members.members.map((member) => ({ ...member, by: address })) : [],
    ),
    ...looks.flatMap(({ hostId, members }) => members.map((member) => ({ ...member, by: hostId }))),
  ];
  const alive = told.filter(({ name, server, status }) => server && status === 'alive' && !survivors.has(name));
  const answering = plan.excluded
    .filter(({ address }) => reportAt(network, address)?.raft.outcome === 'answered')
    .map(({ id }) => `${id} answers`);
  const evidence = [...new Set([...alive.map(({ name, by }) => `${name} is alive for ${by}`), ...answering])].join(
    '; ',
  );
  return rung(
    'no-excluded-alive',
    'no excluded or strange server is alive in the gossip',
    told.length > 0 && evidence === '',
    evidence || `${survivors.size} servers, all survivors`,
  );
}

/** Only one look of many makes the canary; the caller keeps its result beside the later looks. */
function canaryRung(looks: readonly Look[]): Rung {
  const says = 'a canary job was created and deleted';
  const made = looks.find(({ canary }) => canary !== 'not-asked');
  if (!made) return rung('canary', says, false, 'not tried yet');
  return rung(
    'canary',
    says,
    made.canary === 'created-and-deleted',
    `${made.canary} on ${made.hostId} ${made.detail}`.trim(),
  );
}

function jobsRung({ plan, jobsBefore }: RungsInput, looks: readonly Look[]): Rung {
  const counts = plan.survivors.map(({ id, instanceId }) => ({
    id,
    jobs: looks.find(({ hostId }) => hostId === instanceId)?.jobs ?? null,
  }));
  const says = 'as many jobs as the log held before';
  const evidence = `${jobsBefore ?? 'unknown'} before; ${counts.map(({ id, jobs }) => `${id} ${jobs ?? 'unknown'}`).join(', ')}`;
  return rung('jobs', says, jobsBefore !== null && counts.every(({ jobs }) => jobs === jobsBefore), evidence);
}

/** The 60 s reconcile is where a false recovery dies (E9), so the look that counts comes after it. */
function held({ leaderAt, now, policy }: RungsInput): Rung {
  const seconds = leaderAt === null ? 0 : (Date.parse(now) - Date.parse(leaderAt)) / 1000;
  return rung(
    'held',
    `held for ${policy.proofSeconds} s and looked at again`,
    leaderAt !== null && seconds >= policy.proofSeconds,
    `${Math.floor(seconds)} s`,
  );
}

function reportAt(network: NetworkView, address: string) {
  return network.reports.find((report) => report.address === hostOf(address));
}
