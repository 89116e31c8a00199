import { compareLogs, relation, termAt } from './log-order';
import type { HostFacts, LogFacts, RaftServer } from './survey';
import { sortedIds } from './words';

/** Raft changes one server at a time; a follower that runs is at most one change behind for a moment. */
const CHANGES_IN_FLIGHT = 1;

interface Told {
  readonly id: string;
  readonly log: LogFacts;
}

/**
 * Why there are two timelines (design §2): terms that differ below both last indexes, or a part of the cluster that was
 * recovered alone. A log that is a prefix of the other is lagging, not stranded.
 */
export function strandedSays(hosts: readonly HostFacts[], configurations: readonly RaftServer[][]): string[] {
  const logs = hosts
    .flatMap(({ nodeName, log }) => (log && log.configuration.length > 0 ? [{ id: nodeName.value, log }] : []))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const pairs = logs.flatMap((one, at) => logs.slice(at + 1).map((other) => [one, other] as const));
  return [...pairs.flatMap(([one, other]) => twoTimelines(one, other)), ...answersApart(configurations)];
}

interface Seen {
  readonly id: string;
  readonly lists: readonly RaftServer[] | null;
  readonly facts: HostFacts | null;
}

/** Why a server is not of the leader's timeline, its memberships first: that is what shows over the network as well. */
export function apartSays(leader: Seen, other: Seen): string[] {
  const [led, listed] = [new Set(idsOf(leader.lists)), new Set(idsOf(other.lists))];
  const ends = endsAt(other, leader);
  const isOfIt = led.has(other.id) || [...listed].some((id) => led.has(id));
  const byAnswers =
    listed.size > 0 && isOfIt && apart(led, listed) > CHANGES_IN_FLIGHT
      ? [`it lists ${setText(listed)}, and ${leader.id} leads ${setText(led)}${ends}`]
      : [];
  const [mine, its] = [logOf(leader), logOf(other)];
  return [...byAnswers, ...(mine && its ? twoTimelines(mine, its) : [])];
}

function logOf({ id, facts }: Seen): Told | null {
  return facts?.log && facts.log.configuration.length > 0 ? { id, log: facts.log } : null;
}

function endsAt(other: Seen, leader: Seen): string {
  const [its, mine] = [logOf(other), logOf(leader)];
  return its && mine ? `; its log ends at ${position(its.log)}, the leader's at ${position(mine.log)}` : '';
}

function idsOf(servers: readonly RaftServer[] | null): string[] {
  return sortedIds(servers ?? []);
}

function twoTimelines(one: Told, other: Told): string[] {
  const both = `${one.id} and ${other.id}`;
  if (relation(one.log, other.log) === 'another-timeline')
    return [`${both} hold different histories: ${position(one.log)} against ${position(other.log)}`];
  if (!recoveredAlone(one.log, other.log)) return [];
  return [`${both} know different memberships: ${standsAt(one.log)} against ${standsAt(other.log)}`];
}

/**
 * A membership that changed in the ordinary way stands in the newer log where the older one has not got to yet: else the
 * older log, if it is a prefix, would hold it too. RecoverCluster writes it back to index 1 (facts/dkron §4): then one of
 * the two was recovered without the other, whichever of them is the newer.
 */
function recoveredAlone(one: LogFacts, other: LogFacts): boolean {
  if (members(one) === members(other)) return false;
  const [older, newer] = compareLogs(one, other) < 0 ? [one, other] : [other, one];
  return newer.configurationIndex <= older.lastIndex && !isUnconfirmed(older, newer);
}

/**
 * The older log's membership is the last thing a dying leader wrote, and another entry stands there in the newer one: Raft
 * replaces it. Who was recovered alone cannot look like this: its first entry is that of its election (facts/dkron §4).
 */
function isUnconfirmed(older: LogFacts, newer: LogFacts): boolean {
  const term = termAt(newer, older.configurationIndex);
  return older.configurationIndex === older.lastIndex && term !== null && term !== older.lastTerm;
}

/**
 * By the network alone: memberships further apart than one change can bring about (facts/dkron §8: 3 against 1). Those that
 * have nobody in common are of two clusters; the strangers among them are told apart elsewhere.
 */
function answersApart(configurations: readonly RaftServer[][]): string[] {
  const sets = configurations.map((servers) => new Set(servers.map(({ id }) => id)));
  const pairs = sets.flatMap((a, at) => sets.slice(at + 1).map((b) => [a, b] as const));
  const odd = pairs.filter(([a, b]) => [...a].some((id) => b.has(id)) && apart(a, b) > CHANGES_IN_FLIGHT).flat();
  if (odd.length === 0) return [];
  const told = [...new Set(odd.map(setText))].sort();
  return [`the servers that answer know different memberships: ${told.join(' against ')}`];
}

function setText(ids: ReadonlySet<string>): string {
  return `{${[...ids].sort().join(', ')}}`;
}

function apart(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  return [...a].filter((id) => !b.has(id)).length + [...b].filter((id) => !a.has(id)).length;
}

function members({ configuration }: LogFacts): string {
  return `{${sortedIds(configuration).join(', ')}}`;
}

function standsAt(log: LogFacts): string {
  return `${members(log)} at ${position(log)}`;
}

function position({ lastTerm, lastIndex }: LogFacts): string {
  return `term ${lastTerm}, index ${lastIndex}`;
}
