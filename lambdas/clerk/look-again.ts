import type * as z from 'zod';
import type { LookAgainInput, LookAgainOutput } from '../../lib/recovery/boundary';
import { lookAgain as compare } from '../../lib/recovery/look-again';
import type { Plan } from '../../lib/recovery/plan';
import { named } from '../../lib/recovery/words';
import { approvedCase } from './clerk';
import type { Clerk } from './clerk';
import { abortSays } from './abort';

type Output = z.output<typeof LookAgainOutput>;

/** Plans that end with another look at hosts, in quarantine. */
const POWERS_ON: readonly Plan['remedy'][] = ['power-on', 'power-cycle', 'launch'];

/** What happens to hosts now, in one line. */
const nextSays = ({ remedy, survivors, excluded, powerOn, launch, joining }: Plan): string => {
  if (launch) return `launching a new host in place of ${launch.replaces}, in the quarantine group`;
  if (remedy === 'power-cycle') return `stopping ${named(powerOn)} and starting again, in the quarantine group`;
  if (powerOn.length > 0) return `powering on ${named(powerOn)} in the quarantine group`;
  if (joining.length > 0) return `holding ${named(joining)}, which is to start empty`;
  const fencing = excluded.length === 0 ? 'nothing to fence' : `fencing ${named(excluded)}`;
  return `${fencing}; ${survivors.length === 0 ? 'nothing to hold' : `holding ${named(survivors)}`}`;
};

/** Between approval and the first change: is the cluster still the one that was planned for? */
export const lookAgain = async (clerk: Clerk, input: z.output<typeof LookAgainInput>): Promise<Output> => {
  const { case: ref, inventory, fleet, network } = input;
  const { record, planned, cluster } = await approvedCase(clerk, ref);
  const declarations = await clerk.declarations.of(ref.cluster);
  const decision = ((): Output['decision'] => {
    if (record.abortRequested) return { next: 'close', outcome: 'aborted', says: abortSays(record.abortRequested) };
    const { openedAt } = ref;
    const seen = compare({ plan: planned.plan, cluster, inventory, fleet, network, openedAt, declarations });
    if (seen.kind === 'drifted') return { next: 'close', outcome: 'drifted', says: seen.says };
    const { remedy } = planned.plan;
    const next = POWERS_ON.includes(remedy) ? 'power-on' : 'secure';
    return { next, outcome: null, says: 'the cluster is as it was when the plan was made' };
  })();
  const severity = decision.next === 'close' ? 'warning' : 'info';
  await clerk.cases.tell(ref.caseId, { phase: 'look-again', says: decision.says, severity });
  if (decision.next === 'close') return { decision };
  await clerk.cases.changeOpen(ref.caseId, { phase: decision.next });
  await clerk.cases.tell(ref.caseId, { phase: decision.next, says: nextSays(planned.plan) });
  return { decision };
};
