import type { Peers } from '../recovery/peers';
import { hang, pad, widthOf } from './layout';
import type { Paper } from './paper';

const HEAD = ['Node ID', 'Address', 'State', 'Voter', 'Answers'];

/** The columns of `dkron raft list-peers`, and one more for what is really there. */
export const showPeers = (cluster: string, { at, peers, problems }: Peers, { ink, width }: Paper): string[] => {
  const rows = peers.map(({ id, address, state, voter, answers }) => [
    id,
    address,
    state,
    voter ? 'true' : 'false',
    answers,
  ]);
  const columns = HEAD.map((head, n) => Math.max(...[head, ...rows.map((row) => row[n] ?? '')].map(widthOf)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, n) => pad(cell, columns[n] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    ink.bold(`${cluster}: ${peers.length} ${peers.length === 1 ? 'peer' : 'peers'}, as seen at ${at}`),
    ...(rows.length === 0 ? [] : [`  ${ink.dim(line(HEAD))}`, ...rows.map((row) => `  ${line(row)}`)]),
    ...problems.flatMap((says) => hang(`  ${ink.yellow('!')} `, says, width)),
    ...(problems.length === 0 ? [] : hang('  → ', `what to do about it: requorum plan --cluster ${cluster}`, width)),
  ];
};
