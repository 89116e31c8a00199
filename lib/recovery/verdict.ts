import type { Cluster } from './cluster';
import { leaderSeen, type LeaderSeen } from './leader';
import type { VerdictName } from './plan';
import { serversOf, type ServerView } from './servers';
import type { Survey } from './survey';

/** What the table judges by; made once from a survey. */
export interface Signs {
  readonly voters: readonly ServerView[];
  readonly quorum: number;
  readonly leader: LeaderSeen;
  readonly restartable: readonly ServerView[];
  readonly answering: readonly ServerView[];
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
  /** Rows below that would hold as well, and why this one goes first. */
  readonly beats: string;
}

const names = (servers: readonly ServerView[]): string => servers.map(({ id }) => id).join(', ') || 'none';

/** In order; the first row that holds is the verdict. `unknown` holds always: too little seen is never "dead". */
export const VERDICTS: readonly Row[] = [
  {
    name: 'healthy',
    means: 'one leader, and every voter answers',
    severity: 'info',
    when: ({ leader, voters, answering }) =>
      leader.kind === 'leader' && voters.length > 0 && answering.length === voters.length,
    beats: 'everything: a cluster that works is left alone',
  },
  {
    name: 'quorum-restartable',
    means: 'no leader, but enough servers can be started again',
    severity: 'warning',
    when: ({ leader, restartable, quorum }) => leader.kind === 'none' && quorum > 0 && restartable.length >= quorum,
    beats: 'quorum-lost: starting beats rewriting (design rule 7)',
  },
  {
    name: 'quorum-lost',
    means: 'no leader, and fewer servers than a quorum can be started again',
    severity: 'danger',
    when: ({ leader, restartable, quorum }) =>
      leader.kind === 'none' && restartable.length > 0 && restartable.length < quorum,
    beats: 'unknown',
  },
  {
    name: 'unknown',
    means: 'what is seen fits no chapter, or too little is seen',
    severity: 'warning',
    when: () => true,
    beats: 'nothing',
  },
];

export function signsOf(survey: Survey, cluster: Cluster): Signs {
  const voters = serversOf(survey, cluster);
  return {
    voters,
    quorum: voters.length === 0 ? 0 : Math.floor(voters.length / 2) + 1,
    leader: leaderSeen(survey.network),
    restartable: voters.filter((server) => server.class === 'restartable'),
    answering: voters.filter(({ answers }) => answers),
  };
}

export function verdictOf(survey: Survey, cluster: Cluster): Verdict {
  const signs = signsOf(survey, cluster);
  const row = VERDICTS.find(({ when }) => when(signs));
  if (!row) throw new TypeError('the last row of the table holds always');
  return { name: row.name, means: row.means, severity: row.severity, because: because(signs, cluster) };
}

function because({ voters, quorum, leader, restartable, answering }: Signs, cluster: Cluster): string[] {
  if (voters.length === 0)
    return ['no configuration was seen: no log could be read, no server answers, and the inventory is empty'];
  const led = {
    leader: () => `${leader.kind === 'leader' ? leader.id : ''} leads`,
    none: () => 'nobody leads',
    disagreement: () => (leader.kind === 'disagreement' ? leader.says : ''),
  }[leader.kind]();
  return [
    `${voters.length} voters of ${cluster.name} are known; ${quorum} are a quorum`,
    led,
    `can be started again or run with data: ${names(restartable)} (${restartable.length})`,
    `answer on the RPC port: ${names(answering)} (${answering.length})`,
  ];
}
