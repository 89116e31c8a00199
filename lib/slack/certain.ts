import type { Certain } from '../recovery/certain';
import { code, plain } from './text';

/** What is certain once everything is held and fenced: what the restart gate asks to go on with. */
export const certainLines = ({ servers, fences }: Certain): string[] => [
  '*What is certain now*',
  ...servers.map(({ id, stopped, says, backup }) => {
    const end = stopped ? `log ${stopped.lastTerm}:${stopped.lastIndex}, ` : '';
    const kept = backup ? `backup of ${backup.bytes} bytes, sha256 ${backup.sha256.slice(0, 12)}…` : 'no backup';
    return `• ${code(id)} ${end}${plain(says)} · ${plain(kept)}`;
  }),
  ...fences.map(
    ({ serverId, proved, kind, evidence }) =>
      `${proved ? ':lock:' : ':red_circle:'} ${code(serverId)} ${proved ? 'is fenced' : 'is NOT fenced'} (${kind}): ${plain(evidence)}`,
  ),
];
