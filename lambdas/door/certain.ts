import * as z from 'zod';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { certainOf, type Certain } from '../../lib/recovery/certain';
import { FenceProof } from '../../lib/recovery/fence';
import type { Gate } from '../../lib/recovery/gate';
import { HoldResult } from '../../lib/recovery/order';
import type { Planning } from '../../lib/recovery/plan';
import { keys, type Evidence } from '../adapters/evidence';

/** What the restart gate shows; null at every other moment. Read from the evidence, never from what somebody says. */
export const certainAt = async (
  evidence: Evidence,
  { caseId }: CaseRecord,
  planning: Planning | null,
  gate: Gate | null,
): Promise<Certain | null> => {
  if (gate?.kind !== 'approve-restart' || planning?.kind !== 'planned' || planning.planId !== gate.planId) return null;
  const [holds, fences] = await Promise.all([
    evidence.json(keys.holds(caseId), z.array(HoldResult)),
    evidence.json(keys.fences(caseId), z.array(FenceProof)),
  ]);
  return certainOf(planning.plan, planning.briefing, { holds, fences });
};
