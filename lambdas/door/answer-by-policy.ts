import { BY_POLICY } from '../../lib/recovery/acts-alone';
import { nowIso } from '../adapters/clock';
import { type AnswerDesk, accept } from './take-answer';

/** A plan that needs nobody is answered as soon as its gate is open: the same record, and the same way to the machine. */
export const answerByPolicy = async (desk: AnswerDesk, gateId: string): Promise<void> => {
  const stored = await desk.gates.find(gateId);
  if (stored?.gate.status !== 'open') return;
  const { gate } = stored;
  const at = nowIso(desk.clock);
  const by = { who: BY_POLICY, person: null, door: 'machine' as const };
  const answers = [...gate.answers, { ...by, decision: 'approved', at, reason: '' }];
  const settled = await desk.gates.settle(stored, { ...gate, status: 'approved', answers });
  if (!settled) return;
  const { says } = await accept(desk, settled, { decision: 'approved', planId: gate.planId, who: BY_POLICY, at });
  const { cluster, caseId, planId } = gate;
  await desk.audits.tell({ ...by, at, cluster, caseId, gateId, planId, event: 'approve', code: null, says });
};
