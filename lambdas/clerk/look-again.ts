import type * as z from 'zod';
import type { LookAgainInput, LookAgainOutput } from '../../lib/recovery/boundary';
import { lookAgain as compare } from '../../lib/recovery/look-again';
import { approvedCase } from './clerk';
import type { Clerk } from './clerk';
import { abortSays } from './abort';

type Output = z.output<typeof LookAgainOutput>;

/** Between approval and the first change: is the cluster still the one that was planned for? */
export const lookAgain = async (clerk: Clerk, input: z.output<typeof LookAgainInput>): Promise<Output> => {
  const { case: ref, inventory, fleet, network } = input;
  const { record, planned, cluster } = await approvedCase(clerk, ref);
  const decision = ((): Output['decision'] => {
    if (record.abortRequested) return { next: 'close', outcome: 'aborted', says: abortSays(record.abortRequested) };
    const seen = compare({ plan: planned.plan, cluster, inventory, fleet, network, openedAt: ref.openedAt });
    return seen.kind === 'same'
      ? { next: 'secure', outcome: null, says: 'the cluster is as it was when the plan was made' }
      : { next: 'close', outcome: 'drifted', says: seen.says };
  })();
  const severity = decision.next === 'secure' ? 'info' : 'warning';
  await clerk.cases.tell(ref.caseId, { phase: 'look-again', says: decision.says, severity });
  if (decision.next === 'secure') {
    const { survivors, excluded } = planned.plan;
    const holding = `holding ${survivors.map(({ id }) => id).join(', ')}`;
    const fencing = excluded.length === 0 ? 'nothing to fence' : `fencing ${excluded.map(({ id }) => id).join(', ')}`;
    await clerk.cases.changeOpen(ref.caseId, { phase: 'secure' });
    await clerk.cases.tell(ref.caseId, { phase: 'secure', says: `${fencing}; ${holding}` });
  }
  return { decision };
};
