import { declaredText } from '../../lib/recovery/declaration';
import type { Inventory } from '../../lib/recovery/survey';
import { log } from '../adapters/log';
import type { Sentinel } from './sentinel';

/** A server that takes part in good times is not destroyed, whoever said so: the word must not wait for the next outage. */
export const endDeclarations = async (sentinel: Sentinel, { cluster, at, servers }: Inventory): Promise<string[]> => {
  const words = await sentinel.declarations.of(cluster);
  const seen = words.filter(({ serverId }) => servers.some(({ id }) => id === serverId));
  const said = await Promise.all(
    seen.map(async (word) => {
      const why = `${word.serverId} answers in a healthy cluster`;
      const isEnded = await sentinel.declarations.end(cluster, word, { who: 'the sentinel', at, why });
      const says = `${word.serverId} was ${declaredText(word)}; it answers, so that is void`;
      if (isEnded) log.warn(says, { cluster, server: word.serverId });
      return isEnded ? [says] : [];
    }),
  );
  return said.flat();
};
