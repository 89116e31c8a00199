import type { Cluster } from './cluster';
import { claimOfHost, leaderSeen, type LeaderSeen } from './leader';
import type { VerdictName } from './plan';
import { timelineRefusals } from './refusals';
import { inspected, serversOf, withData, type ServerView } from './servers';
import type { Survey } from './survey';

/** What the table judges by; made once from a survey. */
export interface Signs {
  readonly servers: readonly ServerView[];
  readonly voters: readonly ServerView[];
  readonly quorum: number;
  readonly leader: LeaderSeen;
  readonly restartable: readonly ServerView[];
  readonly answering: readonly ServerView[];
  /** Voters that can be restarted or answer: while these are a quorum, the quorum is not lost. */
  readonly inReach: readonly ServerView[];
  /** Every log that was read tells one history and one membership. */
  readonly hasOneTimeline: boolean;
  /** Every server that answers has the same configuration. */
  readonly agrees: boolean;
}

export interface Verdict {
  readonly name: VerdictName;
  readonly means: string;
  readonly severity: 'info' | 'warning' | 'danger';
  readonly because: readonly string[];
}

interface Row {
  readonly name: VerdictName;
  readonly means: string;
  readonly severity: Verdict['severity'];
  readonly when: (signs: Signs) => boolean;
  /** Rows below that may hold as well; this one goes first. */
  readonly beats: readonly VerdictName[];
}

const nobodyLeads = ({ leader, quorum }: Signs): boolean => leader.kind === 'none' && quorum > 0;

/** In order; the first row that holds is the verdict. `unknown` holds always: too little seen is never "dead". */
export const VERDICTS: readonly Row[] = [
  {
    name: 'healthy',
    means: 'one leader, agreed, and every voter answers',
    severity: 'info',
    when: ({ leader, voters, answering, agrees }) =>
      leader.kind === 'leader' && voters.length > 0 && answering.length === voters.length && agrees,
    beats: ['unknown'],
  },
  {
    name: 'quorum-restartable',
    means: 'no leader, but enough servers can be started again',
    severity: 'warning',
    when: (signs) => nobodyLeads(signs) && signs.restartable.length >= signs.quorum && signs.hasOneTimeline,
    beats: ['unknown'],
  },
  {
    name: 'quorum-lost',
    means: 'no leader, and fewer servers than a quorum can be started again',
    severity: 'danger',
    when: (signs) => nobodyLeads(signs) && signs.restartable.length > 0 && signs.inReach.length < signs.quorum,
    beats: ['unknown'],
  },
  {
    name: 'unknown',
    means: 'what is seen fits no chapter, or too little is seen',
    severity: 'warning',
    when: () => true,
    beats: [],
  },
];

export function signsOf(survey: Survey, cluster: Cluster): Signs {
  const servers = serversOf(survey, cluster);
  const voters = servers.filter(({ voter }) => voter);
  const restartable = voters.filter((server) => server.class === 'restartable');
  const answering = voters.filter(({ answers }) => answers);
  const logs = withData(survey).map(({ nodeName, log }) => ({ id: nodeName.value, log }));
  return {
    servers,
    voters,
    quorum: voters.length === 0 ? 0 : Math.floor(voters.length / 2) + 1,
    leader: leaderOf(survey),
    restartable,
    answering,
    inReach: voters.filter((server) => restartable.includes(server) || answering.includes(server)),
    hasOneTimeline: timelineRefusals(logs).length === 0,
    agrees: new Set(configurationsOf(survey)).size <= 1,
  };
}

/** A leader that only a host sees on itself counts as a disagreement: it forbids to act (design rule 6). */
function leaderOf(survey: Survey): LeaderSeen {
  const seen = leaderSeen(survey.network);
  const claims = inspected(survey).flatMap((facts) => {
    const id = claimOfHost(facts);
    return id === null ? [] : [`${facts.nodeName.value} names ${id}`];
  });
  if (seen.kind !== 'none' || claims.length === 0) return seen;
  return { kind: 'disagreement', says: `a host names a leader that the network does not show: ${claims.join(', ')}` };
}

function configurationsOf({ network }: Survey): string[] {
  return network.reports.flatMap(({ raft }) =>
    raft.outcome === 'answered'
      ? [
          raft.servers
            .map(({ id }) => id)
            .sort()
            .join(' '),
        ]
      : [],
  );
}

export function verdictOf(survey: Survey, cluster: Cluster): Verdict {
  const signs = signsOf(survey, cluster);
  const row = VERDICTS.find(({ when }) => when(signs));
  if (!row) throw new TypeError('the last row of the table holds always');
  return { name: row.name, means: row.means, severity: row.severity, because: because(signs, cluster) };
}

const names = (servers: readonly ServerView[]): string => servers.map(({ id }) => id).join(', ') || 'none';

function because(signs: Signs, cluster: Cluster): string[] {
  const { voters, quorum, restartable, answering, hasOneTimeline, agrees } = signs;
  if (voters.length === 0)
    return ['no configuration was seen: no log could be read, no server answers, and the inventory is empty'];
  const size = voters.length < cluster.size ? `; ${cluster.size} at full strength` : '';
  return [
    `${voters.length} voters of ${cluster.name} are known${size}; ${quorum} are a quorum`,
    leaderText(signs.leader),
    `can be started again or run with data: ${names(restartable)} (${restartable.length})`,
    `answer on the RPC port: ${names(answering)} (${answering.length})`,
    ...(hasOneTimeline ? [] : ['the logs on the hosts do not tell one history']),
    ...(agrees ? [] : ['the servers that answer do not have the same configuration']),
  ];
}

export function leaderText(leader: LeaderSeen): string {
  switch (leader.kind) {
    case 'leader':
      return `${leader.id} leads`;
    case 'none':
      return 'nobody leads';
    case 'disagreement':
      return leader.says;
  }
}
