import type { Peers } from '../recovery/peers';
import type { Ink } from './ink';
import { hang, pad, widthOf } from './layout';
import type { Paper } from './paper';

type Peer = Peers['peers'][number];

const HEAD = ['Node ID', 'Address', 'State', 'Voter', 'Answers'];

const headlineOf = (cluster: string, peers: readonly Peer[]): string => {
  if (peers.length === 0) return `${cluster}: nobody lists any peers.`;
  const answering = peers.filter(({ answers }) => answers === 'yes').length;
  const all = peers.length === 1 ? 'answering' : 'all answering';
  const leader = peers.find(({ state }) => state === 'leader');
  const leads = leader === undefined ? 'nobody is confirmed as leader' : `${leader.id} leads`;
  const many = peers.length === 1 ? '1 peer' : `${peers.length} peers`;
  return `${cluster}: ${many}, ${answering === peers.length ? all : `${answering} answering`}; ${leads}.`;
};

const rowOf = ({ id, address, state, voter, answers }: Peer, ink: Ink): string[] => [
  ink.bold(id),
  address,
  state === 'leader' ? ink.green(state) : state,
  String(voter),
  answers === 'yes' ? ink.green(answers) : ink.red(answers),
];

/** The columns of `dkron raft list-peers`, and one more for what is really there. */
export const showPeers = (cluster: string, { at, peers, problems }: Peers, { ink, width }: Paper): string[] => {
  const rows = peers.map((peer) => rowOf(peer, ink));
  const columns = HEAD.map((head, n) => Math.max(...[head, ...rows.map((row) => row[n] ?? '')].map(widthOf)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, n) => pad(cell, columns[n] ?? 0))
      .join('  ')
      .trimEnd();
  const loud = problems.length === 0 ? ink.green : ink.yellow;
  return [
    ...hang('', headlineOf(cluster, peers), width, (text) => ink.bold(loud(text))),
    ink.dim(`as seen at ${at}`),
    ...(rows.length === 0 ? [] : ['', `  ${ink.dim(line(HEAD))}`, ...rows.map((row) => `  ${line(row)}`)]),
    ...(problems.length === 0 ? [] : ['']),
    ...problems.flatMap((says) => hang(`  ${ink.yellow('!')} `, says, width)),
    ...(problems.length === 0 ? [] : hang('  → ', `what to do about it: requorum plan --cluster ${cluster}`, width)),
  ];
};
