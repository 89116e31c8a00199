import type * as z from 'zod';
import type { MakePlanInput, MakePlanOutput } from '../../lib/recovery/boundary';
import type { Mode, Outcome } from '../../lib/recovery/case';
import { asFound } from '../../lib/recovery/auto-scaling';
import { ruleFor } from '../../lib/recovery/cluster';
import { RequorumError } from '../../lib/recovery/errors';
import { makePlan as planFor } from '../../lib/recovery/make-plan';
import type { CaseRecord } from '../../lib/recovery/case-record';
import type { Plan, Planning } from '../../lib/recovery/plan';
import { hasNoData } from '../../lib/recovery/servers';
import type { Survey } from '../../lib/recovery/survey';
import { named } from '../../lib/recovery/words';
import { nowIso } from '../adapters/clock';
import { clusterNamed } from '../adapters/clusters';
import { keys } from '../adapters/evidence';
import { sha256 } from '../adapters/sha256';
import { pinDocuments } from '../adapters/ssm';
import type { Clerk } from './clerk';

type Input = z.output<typeof MakePlanInput>;
type Decision = z.output<typeof MakePlanOutput>['decision'];

/** Rounds after which a plan is not put off any more: a case does not go on for ever. */
const MOST_PLANNINGS = 20;

const close = (outcome: Outcome, says: string): Decision => ({ next: 'close', outcome, says });

/** The plan in a few words, for who follows the case. */
const planSays = ({ remedy, survivors, excluded, removals, powerOn, launch, joining }: Plan): string => {
  switch (remedy) {
    case 'rewrite':
      return `keep ${named(survivors)}; without ${named(excluded) || 'nobody'}`;
    case 'restart':
      return `start ${named(survivors)} on the data that is there`;
    case 'remove':
      return `take ${named(removals)} out of the configuration`;
    case 'power-on':
      return `power on ${named(powerOn)} in quarantine, and look again`;
    case 'power-cycle':
      return `stop ${named(powerOn)} and start it again in quarantine, and look again`;
    case 'launch':
      return `launch a new host in quarantine in place of ${launch?.replaces ?? 'a server'}, and look again`;
    case 'readmit':
      return `let ${named(joining)} in with an empty data-dir`;
  }
};

const decide = (planning: Planning, mode: Mode): Decision => {
  const { verdict, findings } = planning.briefing;
  switch (planning.kind) {
    case 'nothing-to-do':
      return close('nothing-to-do', `${verdict.name}: ${verdict.means}`);
    case 'refused': {
      const why = findings.filter(({ severity }) => severity === 'danger').map(({ says }) => says);
      return close('refused', `${verdict.name}: ${(why.length > 0 ? why : [verdict.means]).join('; ')}`);
    }
    case 'planned': {
      const says = `plan ${planning.planId}: ${planSays(planning.plan)}`;
      return mode === 'recover' ? { next: 'approve', outcome: null, says } : close('planned', says);
    }
  }
};

/** What was seen lies in the bucket before anything is decided on it; numbered, since a case may be planned again. */
const keep = async ({ evidence, plans, cases }: Clerk, record: CaseRecord, survey: Survey, planning: Planning) => {
  const { caseId } = record;
  const n = record.plannings + 1;
  await evidence.putJson(keys.survey(caseId, n), survey);
  await evidence.putJson(keys.planning(caseId, n), planning);
  if (planning.kind === 'planned') await plans.keep(planning.planId, planning.plan);
  const planId = planning.kind === 'planned' ? planning.planId : null;
  const changed = await cases.changeOpen(caseId, { phase: 'make-plan', plannings: n, planId, approvedPlanId: null });
  if (!changed) throw new RequorumError('LeaseLost', `case ${caseId} was closed while it was being planned`);
  return planId;
};

/** Hosts that this case started in quarantine, for the plan that lets them in. */
const cutOff = ({ fences }: CaseRecord): string[] =>
  Object.values(fences).flatMap(({ instanceId, startAskedAt }) => (startAskedAt === null ? [] : [instanceId]));

/** Hosts that this case stopped and started again. */
const cycled = ({ fences }: CaseRecord): Survey['cycled'] =>
  Object.values(fences).flatMap(({ instanceId, cycledAt }) =>
    cycledAt === undefined ? [] : [{ instanceId, at: cycledAt }],
  );

/** A host that came up without Raft data is not let out again, by Undo neither: it would vote for anyone (E1). */
const markEmpty = async ({ cases }: Clerk, { caseId, fences }: CaseRecord, { hosts }: Survey): Promise<void> => {
  for (const fence of Object.values(fences)) {
    const host = hosts.find(({ instanceId }) => instanceId === fence.instanceId);
    if (fence.cycledAt === undefined || fence.foundEmpty || host?.outcome !== 'inspected') continue;
    if (!hasNoData(host)) continue;
    await cases.recordFence(caseId, { ...fence, foundEmpty: true });
    const says = `${fence.instanceId} came up without Raft data: it is cut off, and is left stopped when the case ends`;
    await cases.tell(caseId, { phase: 'make-plan', says, severity: 'danger' });
  }
};

/** Hosts that this case launched, for the plan that lets them join. */
const launched = ({ fences }: CaseRecord): string[] =>
  Object.values(fences).flatMap(({ instanceId, launchedFor }) => (launchedFor === undefined ? [] : [instanceId]));

/** Hosts that plans of this case fenced for good, when it is planned again after a release. */
const fencedHere = async ({ plans }: Clerk, { released }: CaseRecord): Promise<string[]> => {
  const before = await Promise.all(released.map(({ planId }) => plans.load(planId)));
  return before.flatMap(({ excluded }) => excluded.flatMap(({ instanceId }) => instanceId ?? []));
};

/** From everything that is seen to a plan with its id, or to the reason why there is none. Acts on nothing. */
export const makePlan = async (clerk: Clerk, input: Input): Promise<z.output<typeof MakePlanOutput>> => {
  const record = await clerk.plans.held(input.case);
  const { case: ref, inventory, network, hosts } = input;
  const fleet = asFound(input.fleet, record);
  const cluster = clusterNamed(ref.cluster, clerk.clusters);
  const own = {
    caseId: ref.caseId,
    cutOff: cutOff(record),
    launched: launched(record),
    returning: record.intent?.kind === 'readmit' ? cutOff(record) : [],
    cycled: cycled(record),
    fenced: await fencedHere(clerk, record),
    exclusions: await clerk.exclusions.of(ref.cluster),
    declarations: await clerk.declarations.of(ref.cluster),
  };
  const survey: Survey = { cluster: ref.cluster, openedAt: ref.openedAt, fleet, network, hosts, inventory, ...own };
  const planning = planFor(survey, cluster, {
    sha256,
    documents: await pinDocuments(clerk.documents),
    quarantine: clerk.quarantine,
    now: nowIso(clerk.clock),
    intent: record.intent,
    powerCycle: record.powerCycle,
    isPostponable: record.released.length === 0 && record.plannings < MOST_PLANNINGS,
  });
  await markEmpty(clerk, record, survey);
  const planId = await keep(clerk, record, survey, planning);
  const decision = decide(planning, ref.mode);
  const severity = planning.kind === 'refused' ? 'warning' : 'info';
  await clerk.cases.tell(ref.caseId, { phase: 'make-plan', says: decision.says, severity });
  const { planGateMinutes } = ruleFor(cluster, planning.briefing.verdict.name);
  return { decision, case: { ...ref, planId }, gateSeconds: Math.ceil(planGateMinutes * 60) };
};
