import type { GateResult } from '../../lib/recovery/boundary';
import type { Gate } from '../../lib/recovery/gate';
import type { GateStore, StoredGate } from '../adapters/gate-store';
import { answerGate } from '../adapters/step-functions';

interface Gates {
  readonly gates: GateStore;
}

/**
 * Wakes the machine with a settled answer. When it does not wait any more the gate counts as expired: silence was
 * taken for no before the answer came.
 */
export const tellMachine = async (door: Gates, settled: StoredGate, result: GateResult): Promise<Gate> => {
  if ((await answerGate(settled.token, result)) === 'told') {
    await door.gates.markDelivered(settled);
    return settled.gate;
  }
  const gate: Gate = { ...settled.gate, status: 'expired' };
  await door.gates.settle(settled, gate);
  return gate;
};

/**
 * Tells an answer that may have been told already, when the door died in between. That the machine does not wait any
 * more proves nothing then, and takes nothing back: it may be at work on this very answer.
 */
export const tellMachineAgain = async (door: Gates, settled: StoredGate, result: GateResult): Promise<void> => {
  await answerGate(settled.token, result);
  await door.gates.markDelivered(settled);
};
