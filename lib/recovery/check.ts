import type { FenceProof } from './fence';
import { compareLogs, termAt } from './log-order';
import { answersAt, driftOf, type SeenAgain } from './look-again';
import type { HoldResult } from './order';
import type { Briefing, Plan, Position } from './plan';

interface CheckBeforeReleaseInput extends SeenAgain {
  readonly briefing: Briefing;
  readonly fences: readonly FenceProof[];
  readonly holds: readonly HoldResult[];
}
type Checked =
  | { readonly kind: 'ready'; readonly changed: boolean; readonly says: string[] }
  | { readonly kind: 'blocked'; readonly says: string[] };

/** The barrier before anything starts (design §2): every fence proved, every hash equal, no stranger, no leader. */
export function checkBeforeRelease(input: CheckBeforeReleaseInput): Checked {
  const positions = input.plan.survivors.map(({ id, instanceId }) => positionDrift(id, instanceId, input));
  const refused = input.holds.flatMap(({ outcome, hostId }) => (outcome === 'refused' ? [hostId] : []));
  const blocked = [
    ...driftOf(input),
    ...stillRunning(input, refused),
    ...fenceProblems(input.plan.excluded, input.fences),
    ...input.plan.survivors.flatMap(({ id, instanceId }) => holdProblems(id, instanceId, input)),
    ...input.plan.joining.flatMap(({ id, instanceId }) => cleanProblems(id, instanceId, input)),
    ...positions.flatMap((position) => (position.kind === 'behind' ? [position.says] : [])),
  ];
  if (blocked.length > 0) return { kind: 'blocked', says: blocked };
  const moved = positions.flatMap((position) => (position.kind === 'moved' ? [position.says] : []));
  return { kind: 'ready', changed: moved.length > 0, says: moved };
}

/** The first act of Release, once more, since a gate may have taken minutes (design rules 2 and 6). */
export function guardRelease(
  input: SeenAgain & { readonly fences: readonly FenceProof[] },
): { readonly kind: 'clear' } | { readonly kind: 'blocked'; readonly says: string[] } {
  // Fences by a hold were proved by Check and stay in place; nothing but this case's own Undo takes them away.
  const lookedAt = input.plan.excluded.filter(({ fence }) => fence.kind !== 'hold');
  const says = [...driftOf(input), ...stillRunning(input), ...fenceProblems(lookedAt, input.fences)];
  return says.length > 0 ? { kind: 'blocked', says } : { kind: 'clear' };
}

/** Whoever is held answers nobody: an answer means that Dkron runs on its old data (design rule 3). A refusal tells of itself. */
function stillRunning({ plan, network }: SeenAgain, refused: readonly string[] = []): string[] {
  const held = [...plan.survivors, ...plan.joining, ...plan.excluded.filter(({ fence }) => fence.kind === 'hold')];
  return held
    .filter(({ address, instanceId }) => answersAt(network, address) && !refused.includes(instanceId ?? ''))
    .map(({ id }) => `${id} is held and answers all the same`);
}

/** One unproved fence is one too many (design rule 1, E1). */
function fenceProblems(excluded: Plan['excluded'], fences: readonly FenceProof[]): string[] {
  return excluded.flatMap(({ id }) => {
    const proof = fences.find(({ serverId }) => serverId === id);
    if (!proof) return [`${id} has no fence`];
    return proof.proved ? [] : [`the fence of ${id} is not proved: ${proof.evidence}`];
  });
}

function holdProblems(id: string, instanceId: string, { holds, plan }: CheckBeforeReleaseInput): string[] {
  const hold = holds.find(({ hostId }) => hostId === instanceId);
  if (!hold) return [`${id} was not held: no answer of ${instanceId}`];
  if (hold.outcome === 'refused') return [`${id} was not held: ${hold.code}, ${hold.detail}`];
  return [
    ...(hold.peersSha256 === plan.peersSha256
      ? []
      : [`peers.json on ${id} reads back as ${hold.peersSha256 ?? 'nothing'}, not ${plan.peersSha256 ?? 'nothing'}`]),
    ...(hold.backup ? [] : [`${id} has no backup of this case`]),
    ...(hold.leftOver.length === 0 ? [] : [`Dkron still runs on ${id}: ${hold.leftOver.join(', ')}`]),
  ];
}

/** Nothing is staged and nothing is backed up there: what lies on it is put aside whole, and stays. */
function cleanProblems(id: string, instanceId: string, { holds }: CheckBeforeReleaseInput): string[] {
  const hold = holds.find(({ hostId }) => hostId === instanceId);
  if (!hold) return [`${id} was not held: no answer of ${instanceId}`];
  if (hold.outcome === 'refused') return [`${id} was not held: ${hold.code}, ${hold.detail}`];
  return hold.leftOver.length === 0 ? [] : [`Dkron still runs on ${id}: ${hold.leftOver.join(', ')}`];
}

type Drift = { readonly kind: 'same' } | { readonly kind: 'moved' | 'behind'; readonly says: string };

/** Positions are final once held: never behind what was approved; an equal index with another term is drift. */
function positionDrift(id: string, instanceId: string, { holds, briefing }: CheckBeforeReleaseInput): Drift {
  const hold = holds.find(({ hostId }) => hostId === instanceId);
  const approved = briefing.servers.find((server) => server.instanceId === instanceId)?.position ?? null;
  const now = hold && hold.outcome !== 'refused' ? hold.log : null;
  if (!approved || !now) return { kind: 'behind', says: `the final log position of ${id} is not known` };
  const says = `the log of ${id} ends at ${text(now)}, approved was ${text(approved)}`;
  if (now.lastTerm === approved.lastTerm && now.lastIndex === approved.lastIndex) return { kind: 'same' };
  if (now.lastIndex === approved.lastIndex || compareLogs(now, approved) < 0) return { kind: 'behind', says };
  const term = termAt(now, approved.lastIndex);
  if (term !== null && term !== approved.lastTerm) return { kind: 'behind', says: `${says}: another history` };
  return { kind: 'moved', says };
}

function text({ lastTerm, lastIndex }: Pick<Position, 'lastTerm' | 'lastIndex'>): string {
  return `term ${lastTerm}, index ${lastIndex}`;
}
