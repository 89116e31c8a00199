import * as z from 'zod';
import { CaseId, Instant } from '../../lib/recovery/ids';
import { readItem } from './read-item';
import { sha256 } from './sha256';
import type { Table } from './table';

/** A link that lets one person in once; kept under the hash of its secret, which only the person has. */
const Link = z.object({
  who: z.string(),
  caseId: CaseId.nullable().default(null),
  expiresAt: Instant,
  usedAt: Instant.nullable().default(null),
});
export type Link = z.infer<typeof Link>;

const keyOf = (secret: string) => ({ pk: `LINK#${sha256(secret)}`, sk: 'LINK' });

export const linkStore = (table: Table) => ({
  find: async (secret: string): Promise<Link | null> => readItem(Link, await table.get(keyOf(secret)), 'a link'),

  make: async (secret: string, link: Omit<Link, 'usedAt'>): Promise<void> => {
    await table.put(keyOf(secret), link, [[{ absent: 'who' }]]);
  },

  /** Null when it was used before: of two at once the table lets one in. */
  use: async (secret: string, at: string): Promise<Link | null> =>
    readItem(
      Link,
      await table.update(keyOf(secret), { usedAt: at }, [[{ present: 'who' }, { absent: 'usedAt' }]]),
      'a link',
    ),
});
export type LinkStore = ReturnType<typeof linkStore>;
