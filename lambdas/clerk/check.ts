import type * as z from 'zod';
import type { CheckInput, CheckOutput } from '../../lib/recovery/boundary';
import { checkBeforeRelease } from '../../lib/recovery/check';
import { ruleFor } from '../../lib/recovery/cluster';
import type { GateRule } from '../../lib/recovery/gate-rule';
import { holdProofs } from '../../lib/recovery/fence-proof';
import type { HoldResult } from '../../lib/recovery/order';
import type { Briefing, Plan } from '../../lib/recovery/plan';
import { nowIso } from '../adapters/clock';
import { keys } from '../adapters/evidence';
import { abortSays } from './abort';
import { approvedCase } from './clerk';
import type { Clerk } from './clerk';
import { fenceSays, holdSays, mostJobs } from './told';

type Input = z.output<typeof CheckInput>;
type Decision = z.output<typeof CheckOutput>['decision'];
type Checked = ReturnType<typeof checkBeforeRelease>;

const decide = (checked: Checked, { restart }: GateRule): Decision => {
  if (checked.kind === 'blocked') return { next: 'undo', outcome: 'blocked', says: checked.says.join('; ') };
  if (checked.changed)
    return { next: 'ask', outcome: null, says: `changed since approval: ${checked.says.join('; ')}` };
  if (restart === 'always') return { next: 'ask', outcome: null, says: 'everything is as approved; asked anyway' };
  return {
    next: 'release',
    outcome: null,
    says: 'everything is as approved and proved',
  };
};

/** Of those that keep their data: what an excluded or a joining server holds is of another time, or of another cluster. */
const jobsOf = (holds: readonly HoldResult[], { survivors }: Plan): number | null =>
  mostJobs(
    holds
      .filter(({ hostId }) => survivors.some(({ instanceId }) => instanceId === hostId))
      .map((hold) => (hold.outcome === 'refused' ? null : (hold.log?.jobs ?? null))),
  );

/** Where nobody is held, the servers that work know how many there are: as their logs told when they were looked at. */
const jobsBeside = ({ servers }: Briefing): number | null =>
  mostJobs(servers.flatMap(({ role, position }) => (role === 'standing' && position ? [position.jobs] : [])));

/** The barrier before anything starts (design rules 1, 2, 4, 6, 8): proved, equal, no stranger, no leader. */
export const check = async (clerk: Clerk, input: Input): Promise<z.output<typeof CheckOutput>> => {
  const { case: ref, inventory, fleet, network, holds } = input;
  const { record, planned, cluster } = await approvedCase(clerk, ref);
  const rule = ruleFor(cluster, planned.plan.verdict);
  const { plan, briefing } = planned;
  const { caseId, openedAt } = ref;
  // Fences on hosts are proved by what the hosts answered to Hold; the others by EC2.
  const fences = [...input.fences, ...holdProofs(plan, holds, nowIso(clerk.clock))];
  await clerk.evidence.putJson(keys.fences(caseId), fences);
  await clerk.evidence.putJson(keys.holds(caseId), holds);
  for (const event of [...fences.map(fenceSays), ...holds.map((hold) => holdSays(hold, plan))]) {
    await clerk.cases.tell(caseId, { phase: 'secure', ...event });
  }
  const declarations = await clerk.declarations.of(ref.cluster);
  const seen = { plan, cluster, inventory, fleet, network, openedAt, declarations };
  const checked = checkBeforeRelease({ ...seen, briefing, fences, holds });
  await clerk.evidence.putJson(keys.check(caseId), { checked, fleet, network });
  const decision: Decision = record.abortRequested
    ? { next: 'undo', outcome: 'aborted', says: abortSays(record.abortRequested) }
    : decide(checked, rule);
  const jobsBefore = jobsOf(holds, plan) ?? jobsBeside(briefing);
  await clerk.cases.changeOpen(caseId, { phase: 'check', jobsBefore });
  const severity = decision.next === 'release' ? 'info' : 'warning';
  await clerk.cases.tell(caseId, { phase: 'check', says: decision.says, severity });
  if (decision.next === 'undo') await clerk.cases.tell(caseId, { phase: 'undo', says: 'putting everything back' });
  return { decision, gateSeconds: Math.ceil(rule.restartGateMinutes * 60) };
};
