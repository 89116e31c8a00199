import { skewOf } from './briefing';
import type { Chosen, Kept } from './choose';
import type { Finding, Plan } from './plan';
import { versionOf } from './refusals';
import type { ServerView } from './servers';
import type { Survey } from './survey';
import { hostOf } from './targets';

/** A difference of clocks worth saying; commands are timed in the host's own clock, so it forbids nothing (rule 10). */
const SKEW_SECONDS = 30;

/** Findings that forbid nothing; danger asks for an override (design rule 9). */
export function findingsOf(plan: Plan, { survivors, excluded }: Chosen, survey: Survey): Finding[] {
  return [
    ...excluded.flatMap(unreadableLog),
    ...excluded.flatMap(staleCopy),
    ...survivors.flatMap(joinTrap),
    ...survivors.flatMap((server) => clockSkew(server, survey)),
    ...survivors.flatMap((server) => unknownVersion(server, survey)),
    ...countedAsLost(plan),
    ...noInventory(survey),
  ];
}

function unreadableLog({ id, facts }: ServerView): Finding[] {
  if (!facts || facts.log) return [];
  return [
    {
      code: 'log-unreadable',
      severity: 'danger',
      says: `the log of ${id} cannot be read, and it may be the newest: what only it holds is lost`,
      evidence: facts.logProblem ?? facts.dataDir.path,
      nextStep: 'read the log on that host first; override only when its data may go',
    },
  ];
}

function staleCopy({ id, facts }: ServerView): Finding[] {
  if (!facts?.log || facts.log.configuration.some((member) => member.id === id)) return [];
  return [
    {
      code: 'stale-copy',
      severity: 'warning',
      says: `${id} is not in its own newest configuration: a stale copy, held and not kept`,
      evidence: `configuration at index ${facts.log.configurationIndex}`,
      nextStep: 'empty its data-dir after the recovery, then add it again',
    },
  ];
}

function unknownVersion({ id, facts, address }: Kept, { network }: Survey): Finding[] {
  const { raft } = network.reports.find((report) => report.address === hostOf(address)) ?? {};
  const isNewest = raft?.outcome === 'answered' && raft.service === 'types.v1.Dkron';
  if (versionOf(facts.version) !== null || isNewest) return [];
  return [
    {
      code: 'version-unknown',
      severity: 'info',
      says: `the version of Dkron on ${id} is not known; peers.json needs 3.1.2 or later`,
      evidence: facts.version ?? 'no answer',
      nextStep: '',
    },
  ];
}

function noInventory({ inventory }: Survey): Finding[] {
  if (inventory) return [];
  return [
    {
      code: 'no-inventory',
      severity: 'warning',
      says: 'there is no inventory of good times: no server can be proved gone',
      evidence: '',
      nextStep: 'the sentinel takes one once the cluster is healthy',
    },
  ];
}

/** A join list of dead addresses only: such a server never reads peers.json (facts/dkron §4). */
function joinTrap({ id, facts, address }: Kept): Finding[] {
  const own = hostOf(address);
  const { list } = facts.joins;
  if (list.length === 0 || list.some((join) => join === own || hostOf(join) === own)) return [];
  return [
    {
      code: 'join-list-of-dead-servers',
      severity: 'warning',
      says: `the join list of ${id} names other servers only; overcome by a temporary join override`,
      evidence: facts.joins.list.join(', '),
      nextStep: `add ${own} to retry-join on ${id} after the recovery`,
    },
  ];
}

function clockSkew({ id, facts }: Kept, survey: Survey): Finding[] {
  const seconds = skewOf(survey)[facts.hostId] ?? 0;
  if (Math.abs(seconds) < SKEW_SECONDS) return [];
  return [
    {
      code: 'clock-skew',
      severity: 'warning',
      says: `the clock of ${id} is ${seconds} s away from ours`,
      evidence: facts.clock,
      nextStep: 'set the clock after the recovery',
    },
  ];
}

function countedAsLost(plan: Plan): Finding[] {
  return plan.countAsLost.map((id) => ({
    code: 'counted-as-lost',
    severity: 'warning' as const,
    says: `${id} is silent, not proved dead; whoever approves counts it as lost`,
    evidence: plan.excluded.find((server) => server.id === id)?.instanceId ?? '',
    nextStep: 'if power may come back in minutes, decline and wait: a restart loses nothing',
  }));
}
