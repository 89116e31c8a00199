import * as z from 'zod';
import { Declaration } from '../../lib/recovery/declaration';
import { Instant } from '../../lib/recovery/ids';
import { readItem } from './read-item';
import type { Table } from './table';

/** How a word ended: a person took it back, or the server was seen. The item stays, so that one can ask who said what. */
const Ended = z.object({ who: z.string(), at: Instant, why: z.string() });
const Kept = Declaration.extend({ ended: Ended.nullable().default(null) });

const PREFIX = 'GONE#';
const keyOf = (cluster: string, serverId: string) => ({ pk: `CLUSTER#${cluster}`, sk: `${PREFIX}${serverId}` });

/** Servers that people declared destroyed, an item each: two people who declare at once do not lose each other's word. */
export const declarationStore = (table: Table) => ({
  /** Those that stand. */
  of: async (cluster: string): Promise<Declaration[]> => {
    const items = await table.query(`CLUSTER#${cluster}`, { from: PREFIX, to: `${PREFIX}\uffff` });
    return items.flatMap((item) => {
      const kept = readItem(Kept, item, `a declaration about ${cluster}`);
      return kept === null || kept.ended ? [] : [Declaration.parse(kept)];
    });
  },

  /** The newest word about a server is the one that stands. */
  keep: async (cluster: string, declaration: Declaration): Promise<void> => {
    await table.put(keyOf(cluster, declaration.serverId), declaration);
  },

  /** @returns whether this very word stood until now */
  end: async (
    cluster: string,
    { serverId, at }: Pick<Declaration, 'serverId' | 'at'>,
    ended: z.infer<typeof Ended>,
  ): Promise<boolean> => {
    const stands = [[{ attribute: 'at', equals: at }, { absent: 'ended' }]];
    return (await table.update(keyOf(cluster, serverId), { ended }, stands)) !== null;
  },
});
export type DeclarationStore = ReturnType<typeof declarationStore>;
