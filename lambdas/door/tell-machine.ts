import type { GateResult } from '../../lib/recovery/boundary';
import type { Gate } from '../../lib/recovery/gate';
import type { StoredGate } from '../adapters/gate-store';
import { answerGate } from '../adapters/step-functions';
import type { Door } from './door';

/**
 * Wakes the machine with a settled answer. When it does not wait any more the gate counts as expired: silence was
 * taken for no before the answer came.
 */
export const tellMachine = async (door: Door, settled: StoredGate, result: GateResult): Promise<Gate> => {
  if ((await answerGate(settled.token, result)) === 'told') {
    await door.gates.markDelivered(settled);
    return settled.gate;
  }
  const gate: Gate = { ...settled.gate, status: 'expired' };
  await door.gates.settle({ ...settled, delivered: true }, gate);
  if (gate.kind === 'approve-plan') await door.cases.changeOpen(gate.caseId, { approvedPlanId: null });
  return gate;
};
