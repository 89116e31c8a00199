import { heldRefusal } from './choose';
import type { Finding } from './plan';
import { duplicateRefusals, refusal, timelineRefusals, warning } from './refusals';
import { withData } from './servers';
import type { Signs } from './signs';
import type { Survey } from './survey';
import { leaderText } from './verdict';

/** Two timelines are never joined by a machine: each may hold what the other lacks (facts/dkron §8). */
export function whyStranded({ stranded }: Signs): Finding[] {
  const next =
    'start and stop nothing; decide which history counts: docs/runbook.md, "Stranded"; back up every data-dir first';
  return stranded.map((says) => refusal('two-timelines', says, '', next));
}

/** Why nothing is planned although nothing is well: each reason with what to do about it. */
export function whyUnclear(signs: Signs, survey: Survey): Finding[] {
  const logs = withData(survey).map(({ nodeName, log }) => ({ id: nodeName.value, log }));
  return [
    ...leaderReasons(signs),
    ...(signs.agrees ? [] : [configurationsDiffer()]),
    ...timelineRefusals(logs),
    ...duplicateRefusals(withData(survey)),
    ...signs.servers.filter(({ heldByOther }) => heldByOther).map(heldRefusal),
    ...sightReasons(signs, survey),
  ];
}

function configurationsDiffer(): Finding {
  const says = 'the servers that answer do not have the same configuration: there may be two clusters';
  const next = 'compare `dkron raft list-peers` on every server; write no jobs until it is clear which cluster counts';
  return warning('configurations-differ', says, '', next);
}

function leaderReasons({ leader, voters }: Signs): Finding[] {
  const says = leaderText(leader);
  switch (leader.kind) {
    case 'none':
      return [];
    case 'disagreement':
      return [warning('no-confirmed-leader', says, '', 'wait a minute, then a new case: claims of leadership settle')];
    case 'leader': {
      const silent = voters.filter(({ answers }) => !answers).map(({ id }) => id);
      if (silent.length === 0) return [];
      const next = `start ${silent.join(', ')} again; nothing is rewritten while a leader leads`;
      return [warning('leader-with-servers-down', `${says}; ${silent.join(', ')} does not answer`, '', next)];
    }
  }
}

function sightReasons({ leader, voters, inReach, restartable, quorum }: Signs, survey: Survey): Finding[] {
  if (leader.kind !== 'none') return [];
  if (quorum > 0 && restartable.length < quorum && inReach.length >= quorum) {
    const open = inReach.filter((server) => !restartable.includes(server)).map(({ id }) => id);
    const says = `${open.join(', ')} answers on the network, but its host could not be inspected`;
    return [warning('answers-without-agent', says, '', 'connect its agent, then a new case; the quorum is not lost')];
  }
  if (restartable.length > 0) return [];
  const silent = voters.filter(({ answers }) => !answers).map(({ id }) => id);
  const hosts = survey.hosts.filter(({ outcome }) => outcome !== 'inspected').map(({ instanceId }) => instanceId);
  const evidence = `not answering: ${silent.join(', ') || 'none'}; not inspected: ${hosts.sort().join(', ') || 'none'}`;
  const next =
    'open ports 6868 and 8080 to the prober and connect the agents, then a new case; docs/runbook.md, "Survey"';
  return [warning('too-little-seen', 'no server with data is in reach: too little is seen', evidence, next)];
}
