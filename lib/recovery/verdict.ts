import type { Cluster } from './cluster';
import type { LeaderSeen } from './leader';
import type { VerdictName } from './verdict-name';
import { signsOf, type Signs } from './signs';
import type { Survey } from './survey';
import { named } from './words';

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
const leads = ({ leader, answering }: Signs): boolean =>
  leader.kind === 'leader' && answering.some(({ id }) => id === leader.id);

/** In order; the first row that holds is the verdict. `unknown` holds always: too little seen is never "dead". */
export const VERDICTS: readonly Row[] = [
  {
    name: 'healthy',
    means: 'one leader, agreed, and every voter answers',
    severity: 'info',
    when: (signs) => leads(signs) && signs.answering.length === signs.voters.length && signs.agrees,
    beats: ['stranded', 'unknown'],
  },
  {
    name: 'stranded',
    means: 'two timelines: the servers hold histories or memberships that exclude each other',
    severity: 'danger',
    when: ({ stranded }) => stranded.length > 0,
    beats: [
      'down-with-quorum',
      'single-server-down',
      'quorum-restartable',
      'no-leader',
      'quorum-lost',
      'all-lost',
      'unknown',
    ],
  },
  {
    name: 'down-with-quorum',
    means: 'a leader leads, and a minority of the voters is down',
    severity: 'warning',
    when: (signs) =>
      leads(signs) &&
      signs.agrees &&
      signs.answering.length >= signs.quorum &&
      signs.answering.length < signs.voters.length,
    beats: ['unknown'],
  },
  {
    name: 'single-server-down',
    means: 'a cluster of one, and its server is down',
    severity: 'warning',
    when: (signs) =>
      nobodyLeads(signs) &&
      signs.voters.length === 1 &&
      signs.answering.length === 0 &&
      (signs.restartable.length === 1 || signs.withoutData.some(({ facts }) => facts !== null)),
    beats: ['quorum-restartable', 'no-leader', 'all-lost', 'unknown'],
  },
  {
    name: 'quorum-restartable',
    means: 'no leader, but enough servers can be started again',
    severity: 'warning',
    when: (signs) =>
      nobodyLeads(signs) && signs.restartable.length >= signs.quorum && signs.running.length < signs.quorum,
    beats: ['unknown'],
  },
  {
    name: 'no-leader',
    means: 'enough servers run, and none of them leads',
    severity: 'warning',
    when: (signs) =>
      nobodyLeads(signs) && signs.running.length >= signs.quorum && signs.restartable.length >= signs.quorum,
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
    name: 'all-lost',
    means: 'no server with data is left',
    severity: 'danger',
    when: (signs) => nobodyLeads(signs) && signs.withoutData.length === signs.voters.length,
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

export const verdictOf = (survey: Survey, cluster: Cluster): Verdict => verdictBy(signsOf(survey), cluster);

/** The first row of the table that holds, and what it rests on. */
export function verdictBy(signs: Signs, cluster: Cluster): Verdict {
  const row = VERDICTS.find(({ when }) => when(signs));
  if (!row) throw new TypeError('the last row of the table holds always');
  return { name: row.name, means: row.means, severity: row.severity, because: because(signs, cluster) };
}

const known = (n: number, cluster: string): string =>
  n === 1 ? `1 voter of ${cluster} is known` : `${n} voters of ${cluster} are known`;

function because(signs: Signs, cluster: Cluster): string[] {
  const { voters, quorum, restartable, answering, rebuilding, running, stranded, agrees, agents } = signs;
  if (voters.length === 0)
    return ['no configuration was seen: no log could be read, no server answers, and the inventory is empty'];
  const size = voters.length < cluster.size ? `; ${cluster.size} at full strength` : '';
  const mute = running.filter((server) => !answering.includes(server) && !rebuilding.includes(server));
  return [
    `${known(voters.length, cluster.name)}${size}; ${quorum === 1 ? '1 is' : `${quorum} are`} a quorum`,
    leaderText(signs.leader),
    restartable.length === 0
      ? 'nobody has its data in reach'
      : `have their data and run or can be started: ${named(restartable)} (${restartable.length})`,
    answering.length === 0
      ? 'nobody answers on the RPC port'
      : `answer on the RPC port: ${named(answering)} (${answering.length})`,
    ...(mute.length > 0 ? [`run and do not answer: ${named(mute)}`] : []),
    ...(rebuilding.length > 0 ? [`answer and are being filled: ${named(rebuilding)}`] : []),
    ...(agents.length > 0 ? [`agent nodes in the gossip: ${agents.length}`] : []),
    ...stranded,
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
