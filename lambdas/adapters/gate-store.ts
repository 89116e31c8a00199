import * as z from 'zod';
import { Gate } from '../../lib/recovery/gate';
import { readItem } from './read-item';
import type { Table } from './table';

/** A gate as kept: with the token that wakes the machine, which never leaves this store but to do so. */
const StoredGate = z.object({
  gate: Gate,
  token: z.string(),
  /** Counts changes: who answers an outdated gate is told to look again. */
  version: z.number().int(),
  /** The machine has been told the answer. */
  delivered: z.boolean(),
});
export type StoredGate = z.infer<typeof StoredGate>;
const Pointer = z.object({ gateId: z.string() });

const keyOf = (gateId: string) => ({ pk: `GATE#${gateId}`, sk: 'GATE' });

/** Gates and their tokens. Of two answers at once the table lets one through. */
export const gateStore = (table: Table) => {
  const find = async (gateId: string): Promise<StoredGate | null> =>
    readItem(StoredGate, await table.get(keyOf(gateId)), `gate ${gateId}`);

  const change = async (stored: StoredGate, set: Partial<StoredGate>): Promise<StoredGate | null> =>
    readItem(
      StoredGate,
      await table.update(keyOf(stored.gate.gateId), { ...set, version: stored.version + 1 }, [
        [{ attribute: 'version', equals: stored.version }],
      ]),
      `gate ${stored.gate.gateId}`,
    );

  return {
    find,

    /** All gates of a case, newest first. */
    ofCase: async (caseId: string): Promise<StoredGate[]> => {
      const items = await table.query(`CASE#${caseId}`, { from: 'GATE#', to: 'GATE#~' }, { newestFirst: true });
      const gates = await Promise.all(
        items.map((item) => find(readItem(Pointer, item, `a gate of case ${caseId}`)?.gateId ?? '')),
      );
      return gates.filter((gate) => gate !== null);
    },

    open: async (gate: Gate, token: string): Promise<void> => {
      const stored: StoredGate = { gate, token, version: 1, delivered: false };
      await table.put(keyOf(gate.gateId), stored, [[{ absent: 'version' }]]);
      await table.put({ pk: `CASE#${gate.caseId}`, sk: `GATE#${gate.openedAt}` }, { gateId: gate.gateId });
    },

    /** The same task tried again waits with another token. Null when somebody else changed the gate meanwhile. */
    replaceToken: (stored: StoredGate, token: string) => change(stored, { token }),

    /** Null when somebody else changed the gate meanwhile. */
    settle: (stored: StoredGate, gate: Gate) => change(stored, { gate }),

    markDelivered: (stored: StoredGate) => change(stored, { delivered: true }),
  };
};
export type GateStore = ReturnType<typeof gateStore>;
