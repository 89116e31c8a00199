import * as z from 'zod';
import { Instant } from '../../lib/recovery/ids';
import { readItem } from './read-item';
import { sha256 } from './sha256';
import type { Table } from './table';

/** A person who is signed in on the page; kept under the hash of the cookie, so that the table lets nobody in. */
const Session = z.object({
  who: z.string(),
  openedAt: Instant,
  expiresAt: Instant,
  endedAt: Instant.nullable().default(null),
});
export type Session = z.infer<typeof Session>;

const keyOf = (secret: string) => ({ pk: `SESSION#${sha256(secret)}`, sk: 'SESSION' });

export const sessionStore = (table: Table) => ({
  find: async (secret: string): Promise<Session | null> =>
    readItem(Session, await table.get(keyOf(secret)), 'a session'),

  open: async (secret: string, session: Omit<Session, 'endedAt'>): Promise<void> => {
    await table.put(keyOf(secret), session, [[{ absent: 'who' }]]);
  },

  end: async (secret: string, at: string): Promise<void> => {
    await table.update(keyOf(secret), { endedAt: at }, [[{ present: 'who' }]]);
  },
});
export type SessionStore = ReturnType<typeof sessionStore>;
