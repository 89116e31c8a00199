import type { Certain } from '../recovery/certain';
import { hang } from './layout';
import type { Paper } from './paper';

const end = ({ lastTerm, lastIndex }: NonNullable<Certain['servers'][number]['stopped']>): string =>
  `${lastTerm}:${lastIndex}`;

/** `12.3 MB`; decimal, as disks are sold. */
export const size = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1] ?? ''}`;
};

/** What cannot change any more, beside what was approved: logs at rest, backups, files read back, fences with proof. */
export const showCertain = ({ servers, fences, peersSha256 }: Certain, { ink, width }: Paper): string[] => {
  const rows = servers.flatMap(({ id, stopped, says, backup, peersSha256: own }) => {
    const same = says === 'as approved';
    const at = stopped === null ? '' : ` at ${end(stopped)}`;
    const copy =
      backup && `backup ${size(backup.bytes)} in ${backup.files} files, sha256 ${backup.sha256.slice(0, 12)}…`;
    const file = own && `peers.json ${own.slice(0, 12)}…, ${own === peersSha256 ? 'as approved' : 'NOT as approved'}`;
    return [
      ...hang('  ', `${same ? '✔' : '!'} ${id} stopped${at}, ${says}`, width, same ? ink.green : ink.yellow),
      ...[copy, file].flatMap((line) => (line ? hang('    ', line, width, ink.dim) : [])),
    ];
  });
  const fenced = fences.flatMap(({ serverId, proved, evidence }) =>
    hang(
      '  ',
      `${proved ? '✔' : '✘'} ${serverId} ${proved ? 'is fenced' : 'is NOT fenced'}: ${evidence}`,
      width,
      proved ? ink.green : ink.red,
    ),
  );
  return [ink.bold('Certain now'), ...rows, ...fenced];
};
