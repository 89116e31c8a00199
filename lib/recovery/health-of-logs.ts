import { compareLogs } from './log-order';
import { failed, passed, unknown, type Checked } from './health-check';
import { inspected } from './servers';
import { comparable, type Sight, type Sighted } from './sight';
import type { LogFacts } from './survey';
import { list, named } from './words';

/**
 * How far a log may end from the leader's, entries: the hosts are not looked at in the same second, and every execution
 * writes a few. Another last term is no such difference.
 */
const CLOSE = 50;

const CONNECT = 'connect the agent there; then look again';

/** Two timelines pass every check for one leader; they show in who lists whom and in the logs (facts/dkron §8). */
export function oneTimeline({ planner, leader, members, servers, stranded }: Sight): Checked {
  const { signs, survey } = planner;
  const excluded = new Set(survey.exclusions.map(({ serverId }) => serverId));
  const isMember = (id: string): boolean => members.some((member) => member.id === id);
  const found = [...stranded].filter(([id]) => isMember(id) || !excluded.has(id));
  const [first] = found;
  if (first) {
    const says = found.map(([id, why]) => `${id} is stranded in another timeline: ${why}`).join('; ');
    return failed(says, found.some(([id]) => isMember(id)) ? decide(list(found.map(([id]) => id))) : stop(first[0]));
  }
  if (leader === null) {
    const [says] = signs.stranded;
    if (says !== undefined) return failed(says, decide('every server'));
  }
  const unread = servers.filter(({ lists, facts }) => lists !== null && !facts?.log);
  if (unread.length > 0 || servers.every(({ facts }) => !facts?.log)) {
    return unknown(unread.length > 0 ? `the log of ${named(unread)} was not read` : 'no log was read', CONNECT);
  }
  return passed('no log contradicts another');
}

const decide = (servers: string): string =>
  `write no jobs; back up the data-dir of ${servers} and decide which history counts: docs/runbook.md, "Stranded"`;
const stop = (server: string): string => `stop ${server}, and do not start it with its data again`;

/** By last term and last index (design rule 8); a server that is stranded is told as that. */
export function caughtUp(sight: Sight): Checked {
  const logs = logsOf(sight);
  const reference = referenceOf(sight, logs);
  if (!reference) return unknown(unreadSays(sight), CONNECT);
  const behind = logs.flatMap(({ id, log }) => {
    const entries = Math.abs(reference.log.lastIndex - log.lastIndex);
    if (log.lastTerm === reference.log.lastTerm && entries <= CLOSE) return [];
    return [`${id} ends at ${place(log)}`];
  });
  if (behind.length > 0) {
    const next = 'look again in a minute; if it does not come closer, restart Dkron there and read its log';
    return failed(`${list(behind)}, and ${reference.id}, ${whose(sight)}, at ${place(reference.log)}`, next);
  }
  const unread = unreadOf(sight);
  if (unread.length > 0) return unknown(unreadSays(sight), CONNECT);
  return passed(logs.map(({ id, log }) => `${id} at ${place(log)}`).join(', '));
}

/** Counted from snapshot and log; entries between two looks may be jobs, and no more than those may differ. */
export function sameJobs(sight: Sight): Checked {
  const logs = logsOf(sight);
  const reference = referenceOf(sight, logs);
  if (!reference) return unknown(unreadSays(sight), CONNECT);
  const uncounted = logs.filter(({ log }) => log.jobs === null);
  const jobs = reference.log.jobs ?? 0;
  const odd = logs.filter(
    ({ log }) => log.jobs !== null && Math.abs(log.jobs - jobs) > Math.abs(log.lastIndex - reference.log.lastIndex),
  );
  if (odd.length > 0 && reference.log.jobs !== null) {
    const says = list(odd.map(({ id, log }) => `${id} has ${log.jobs ?? 0}`));
    const next = 'change no jobs; back up every data-dir, then compare them: docs/runbook.md, "Stranded"';
    return failed(`${says} jobs, and ${reference.id}, ${whose(sight)}, has ${jobs}`, next);
  }
  const unread = unreadOf(sight);
  if (unread.length > 0) return unknown(unreadSays(sight), CONNECT);
  if (uncounted.length > 0)
    return unknown(`the jobs of ${named(uncounted)} could not be counted`, 'compare the jobs in the web page of Dkron');
  return passed(`${jobs} jobs`);
}

/** A peers.json that was left lying rewrites the configuration at the next start, whenever that is. */
export function noPeersJson(sight: Sight): Checked {
  const { cluster } = sight.planner;
  const hosts = inspected(sight.planner.survey);
  const [lies] = hosts.filter(({ peersJsonPresent }) => peersJsonPresent);
  if (lies) {
    const says = `a peers.json lies on ${lies.nodeName.value}: its next start would rewrite the configuration`;
    const next = `when no case of ${cluster.name} is open, move it out of ${lies.dataDir.path}/raft`;
    return failed(says, next);
  }
  const unseen = comparable(sight).filter(({ facts }) => facts === null);
  if (unseen.length > 0) return unknown(`the data-dir of ${named(unseen)} was not looked at`, CONNECT);
  return hosts.length > 0 ? passed('none lies there') : unknown('no data-dir was looked at', CONNECT);
}

interface Read {
  readonly id: string;
  readonly log: LogFacts;
}

function logsOf(sight: Sight): Read[] {
  return comparable(sight).flatMap(({ id, facts }) => (facts?.log ? [{ id, log: facts.log }] : []));
}

/** The leader's log; where nobody leads, the newest one. */
function referenceOf({ leader }: Sight, logs: readonly Read[]): Read | undefined {
  if (leader) return logs.find(({ id }) => id === leader.id);
  return [...logs].sort((a, b) => compareLogs(b.log, a.log))[0];
}

const whose = ({ leader }: Sight): string => (leader ? 'which leads' : 'the newest');
const place = ({ lastTerm, lastIndex }: LogFacts): string => `${lastTerm}:${lastIndex}`;

/** Servers that do not answer at all are told by another check. */
function unreadOf(sight: Sight): Sighted[] {
  return comparable(sight).filter(({ facts, lists }) => lists !== null && !facts?.log);
}

function unreadSays(sight: Sight): string {
  const unread = unreadOf(sight);
  return unread.length > 0 ? `the log of ${named(unread)} was not read` : 'no log was read';
}
