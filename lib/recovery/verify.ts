import type * as z from 'zod';
import type { Policy } from './cluster';
import { expectedIds, runningAfter } from './expected';
import { signOfLife } from './kept-out';
import { leaderSeen } from './leader';
import type { ReleaseResult, VerifyResult } from './order';
import type { Briefing, Plan, Position } from './plan';
import type { Rung } from './report';
import type { NetworkView } from './survey';
import { hostOf } from './targets';
import { leaderText } from './verdict';
import { sortedIds } from './words';

type Look = Extract<z.infer<typeof VerifyResult>, { outcome: 'looked' }>;

/** How far a follower may lie behind and still count as caught up: entries that were made between two looks. */
const CATCHING_UP = 5;

export type LeaderAwaited =
  { readonly kind: 'leader'; readonly id: string } | { readonly kind: 'not-yet'; readonly says: string };

/** One leader by Raft id, confirmed on itself, and one of the configuration that the plan ends in. */
export function awaitLeader(input: {
  readonly plan: Plan;
  readonly network: NetworkView;
  readonly releases: readonly ReleaseResult[];
}): LeaderAwaited {
  const seen = leaderSeen(input.network);
  switch (seen.kind) {
    case 'leader':
      return mayLead(input.plan, seen.id)
        ? { kind: 'leader', id: seen.id }
        : { kind: 'not-yet', says: `${seen.id} leads, and it is no survivor` };
    case 'disagreement':
      return { kind: 'not-yet', says: seen.says };
    case 'none':
      return { kind: 'not-yet', says: refusals(input.releases) ?? 'nobody leads yet' };
  }
}

/** A server that is to leave may lead until it has left. */
function mayLead(plan: Plan, id: string): boolean {
  return expectedIds(plan).includes(id) || plan.removals.some((one) => one.by === 'leave' && one.id === id);
}

function refusals(releases: readonly ReleaseResult[]): string | null {
  const refused = releases.flatMap((result) =>
    result.outcome === 'refused' ? [`${result.hostId}: ${result.code}, ${result.detail}`] : [],
  );
  return refused.length > 0 ? refused.join('; ') : null;
}

export interface RungsInput {
  readonly plan: Plan;
  readonly briefing: Briefing;
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
    ...(input.plan.peersJson === null ? [] : [fileConsumed(input)]),
    oneLeader(input),
    sameConfiguration(input),
    indexCaughtUp(input, looks),
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

/** A server that has the planned configuration and not the old one has taken the file in, also after its release. */
function fileConsumed({ plan, releases, network }: RungsInput): Rung {
  const resultOf = (instanceId: string) => releases.find(({ hostId }) => hostId === instanceId);
  const left = plan.survivors.filter(({ instanceId, address }) => {
    const result = resultOf(instanceId);
    if (result && result.outcome !== 'refused' && result.consumed) return false;
    return idsAt(network, address) !== idsOf(plan.survivors) || idsOf(plan.survivors) === idsOf(plan.membership);
  });
  const refused = left.filter(({ instanceId }) => resultOf(instanceId)?.outcome === 'refused');
  const evidence =
    left.length === 0 ? 'peers.json is gone on every survivor' : `not on ${left.map(({ id }) => id).join(', ')}`;
  const says = 'peers.json was taken in by every survivor';
  return rung('file-consumed', says, left.length === 0, evidence, refused.length > 0 ? 'failed' : 'pending');
}

/** Named by every survivor over HTTP, flagged in every survivor's configuration, confirmed on itself; and a survivor. */
function oneLeader({ plan, network }: RungsInput): Rung {
  const says = 'one leader by Raft id, named by every server and confirmed on itself';
  const seen = leaderSeen(network);
  if (seen.kind !== 'leader') return rung('one-leader', says, false, leaderText(seen));
  const others = runningAfter(plan).filter(({ address }) => {
    const report = reportAt(network, address);
    const named = report?.leader.outcome === 'answered' ? report.leader.leader?.id : null;
    const flagged = report?.raft.outcome === 'answered' && report.raft.servers.find(({ leader }) => leader)?.id;
    return named !== seen.id || flagged !== seen.id;
  });
  const isExpected = expectedIds(plan).includes(seen.id);
  const doubt = others.length > 0 ? `; not named by ${others.map(({ id }) => id).join(', ')}` : '';
  if (!isExpected) return rung('one-leader', says, false, `${seen.id} leads, and it is no survivor`, 'failed');
  return rung('one-leader', says, others.length === 0, `${seen.id} leads${doubt}`);
}

/**
 * The same everywhere, exactly as planned: an old timeline shows here first (facts/dkron §8). Addresses count where the plan
 * wrote them; a restart leaves them to Dkron, which mends moved ones in its own time.
 */
function sameConfiguration({ plan, network }: RungsInput): Rung {
  const textOf = plan.peersJson === null ? idsOf : serversText;
  const planned = plan.peersJson === null ? expectedIds(plan).join(', ') : serversText(plan.survivors);
  const expected = new Set(expectedIds(plan));
  const seen = runningAfter(plan).map(({ id, address }) => {
    const report = reportAt(network, address);
    return { id, servers: report?.raft.outcome === 'answered' ? report.raft.servers : null };
  });
  const odd = seen.filter(({ servers }) => servers === null || textOf(servers) !== planned);
  // A removal takes up to a minute (facts/dkron §7); a stranger in the configuration is another matter.
  const known = new Set([...expected, ...plan.removals.map(({ id }) => id)]);
  const others = seen.some(({ servers }) => servers?.some(({ id }) => !known.has(id)));
  const evidence =
    odd.length === 0
      ? planned
      : odd.map(({ id, servers }) => `${id} sees ${servers ? textOf(servers) : 'no answer'}`).join('; ');
  const says = 'the same configuration on every server, as planned';
  return rung('same-configuration', says, odd.length === 0, evidence, others ? 'failed' : 'pending');
}

/** Close to each other, and none behind the newest log that was approved: nothing was thrown away. */
function indexCaughtUp({ plan, briefing }: RungsInput, looks: readonly Look[]): Rung {
  const logs = runningAfter(plan).flatMap(({ id, instanceId }) => {
    const log = latest(looks, instanceId)?.log;
    return log ? [{ id, index: log.lastIndex }] : [];
  });
  const before = Math.max(0, ...briefing.servers.flatMap(({ role, position }) => keptIndex(role, position)));
  const highest = Math.max(before, ...logs.map(({ index }) => index));
  const behind = logs.filter(({ index }) => index < before || highest - index > CATCHING_UP);
  const passed = logs.length === runningAfter(plan).length && behind.length === 0;
  const evidence = `${logs.map(({ id, index }) => `${id} at ${index}`).join(', ') || 'no log was read'}; ${before} before`;
  return rung('index-caught-up', 'every server has caught up with the log', passed, evidence);
}

function keptIndex(role: Briefing['servers'][number]['role'], position: Position | null): number[] {
  return (role === 'survivor' || role === 'standing') && position ? [position.lastIndex] : [];
}

function noExcludedAlive({ plan, network }: RungsInput, looks: readonly Look[]): Rung {
  const expected = new Set(expectedIds(plan));
  const told = [
    ...network.reports.flatMap(({ address, members }) =>
      members.outcome === 'answered' ? members.members.map((member) => ({ ...member, by: address })) : [],
    ),
    ...looks.flatMap(({ hostId, members }) => members.map((member) => ({ ...member, by: hostId }))),
  ];
  const alive = told.filter(({ name, server, status }) => server && status === 'alive' && !expected.has(name));
  const answering = [...plan.excluded, ...plan.removals]
    .filter(({ address }) => reportAt(network, address)?.raft.outcome === 'answered')
    .map(({ id }) => `${id} answers`);
  const keptOut = plan.keptOut.flatMap((one) => signOfLife(one, network, runningAfter(plan)) ?? []);
  const gossip = alive.map(({ name, by }) => `${name} is alive for ${by}`);
  const evidence = [...new Set([...gossip, ...answering, ...keptOut])].join('; ');
  return rung(
    'no-excluded-alive',
    'no excluded or strange server is alive in the gossip',
    told.length > 0 && evidence === '',
    evidence || (told.length > 0 ? 'only servers of the configuration are alive' : 'nobody told its members'),
    // Gossip takes a while to notice that a server has left for good.
    evidence === '' || plan.removals.length > 0 ? 'pending' : 'failed',
  );
}

/** Only one look of many makes the canary; the caller keeps its result beside the later looks. */
function canaryRung(looks: readonly Look[]): Rung {
  const says = 'a canary job was created and deleted';
  const made = looks.find(({ canary }) => canary !== 'not-asked');
  if (!made) return rung('canary', says, false, 'not tried yet');
  const passed = made.canary === 'created-and-deleted';
  return rung('canary', says, passed, `${made.canary} on ${made.hostId} ${made.detail}`.trim(), 'failed');
}

/**
 * As many jobs as snapshot and log held before. What was not counted before cannot be proved now. A cluster that works all the
 * time may be given new jobs meanwhile: there none may be missing, and every server has as many as the others.
 */
function jobsRung({ plan, jobsBefore }: RungsInput, looks: readonly Look[]): Rung {
  const counts = runningAfter(plan).map(({ id, instanceId }) => ({
    id,
    jobs: latest(looks, instanceId)?.jobs ?? null,
  }));
  const evidence = `${jobsBefore ?? 'unknown'} before; ${counts.map(({ id, jobs }) => `${id} ${jobs ?? 'unknown'}`).join(', ')}`;
  const [first] = counts;
  const isSame = first !== undefined && counts.every(({ jobs }) => jobs === first.jobs);
  const isWhole = (jobs: number, before: number): boolean =>
    plan.standing.length > 0 ? jobs >= before : jobs === before;
  const passed = jobsBefore !== null && isSame && first.jobs !== null && isWhole(first.jobs, jobsBefore);
  return rung('jobs', 'as many jobs as the log held before', passed, evidence);
}

/** The 60 s reconcile is where a false recovery dies (E9), so the look that counts comes after it. */
function held({ leaderAt, now, network, policy }: RungsInput): Rung {
  const lookedAt = Math.min(Date.parse(now), Date.parse(network.at));
  const seconds = leaderAt === null ? 0 : Math.max(0, (lookedAt - Date.parse(leaderAt)) / 1000);
  const passed = leaderAt !== null && seconds >= policy.proofSeconds && leaderSeen(network).kind === 'leader';
  return rung('held', `held for ${policy.proofSeconds} s and looked at again`, passed, `${Math.floor(seconds)} s`);
}

function reportAt(network: NetworkView, address: string) {
  return network.reports.find((report) => report.address === hostOf(address));
}

function idsAt(network: NetworkView, address: string): string | null {
  const report = reportAt(network, address);
  return report?.raft.outcome === 'answered' ? idsOf(report.raft.servers) : null;
}

/** As expectedIds, joined. */
function idsOf(servers: readonly { readonly id: string }[]): string {
  return sortedIds(servers).join(', ');
}

function serversText(servers: readonly { readonly id: string; readonly address: string }[]): string {
  return servers
    .map(({ id, address }) => `${id} ${address}`)
    .sort()
    .join(', ');
}

/** Looks come in the order in which they were made. */
function latest(looks: readonly Look[], instanceId: string): Look | undefined {
  return looks.filter(({ hostId }) => hostId === instanceId).slice(-1)[0];
}
