import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import type { OpenGateInput } from '../../lib/recovery/boundary';
import { actsAlone } from '../../lib/recovery/acts-alone';
import { ruleFor } from '../../lib/recovery/cluster';
import { RequorumError } from '../../lib/recovery/errors';
import type { Gate } from '../../lib/recovery/gate';
import { gateNotice, linkTo } from '../../lib/notices/case-notices';
import type { GateRule } from '../../lib/recovery/gate-rule';
import { callerOf } from '../../lib/recovery/people';
import type { Planning } from '../../lib/recovery/plan';
import { nowIso } from '../adapters/clock';
import { clusterNamed } from '../adapters/clusters';
import { notify } from '../adapters/notify';
import { answerByPolicy } from './answer-by-policy';
import type { Door } from './door';
import { tellMachine } from './tell-machine';

type Input = z.output<typeof OpenGateInput>;

const minutesOf = (rule: GateRule, kind: Gate['kind']): number => {
  switch (kind) {
    case 'approve-plan':
      return rule.planGateMinutes;
    case 'approve-restart':
      return rule.restartGateMinutes;
  }
};

/** 128 bits that say nothing: the id is all a link carries (design §5). */
const newGateId = (): string => randomBytes(16).toString('base64url');

interface Question {
  readonly gate: Gate;
  readonly planning: Planning;
  readonly needsNobody: boolean;
}

const gateFor = async (door: Door, { kind, case: ref }: Input): Promise<Question> => {
  const record = await door.plans.held(ref);
  const planning = await door.plans.planningOf(record);
  if (planning?.kind !== 'planned' || planning.planId !== ref.planId) {
    throw new RequorumError('PlanMismatch', `the newest planning of case ${ref.caseId} is not plan ${ref.planId}`);
  }
  const rule = ruleFor(clusterNamed(ref.cluster, door.clusters), planning.plan.verdict);
  const { approvers, approvals, selfApproval, soloOverride, waitMinutes } = rule;
  const openedAt = nowIso(door.clock);
  const gate: Gate = {
    gateId: newGateId(),
    kind,
    caseId: ref.caseId,
    cluster: ref.cluster,
    planId: planning.planId,
    openedAt,
    expiresAt: new Date(Date.parse(openedAt) + minutesOf(rule, kind) * 60_000).toISOString(),
    // Named once, with the plan; the restart asks about nothing else than what was approved.
    countAsLost: kind === 'approve-plan' ? planning.plan.countAsLost : [],
    choices: kind === 'approve-plan' ? planning.briefing.choices : [],
    danger: planning.briefing.findings.some(({ severity }) => severity === 'danger'),
    ...{ waitMinutes, soloOverride, approvers, approvals, selfApproval },
    requester: record.requester,
    requesterPerson: callerOf(door.people, 'cli', record.requester).person,
    status: 'open',
    answers: [],
  };
  return { gate, planning, needsNobody: actsAlone(rule, gate, planning.plan) };
};

/** A case that was aborted just before its gate opened is answered at once. */
const answerAborted = async (door: Door, gateId: string): Promise<void> => {
  const stored = await door.gates.find(gateId);
  const { abortRequested: ask } = await door.cases.load(stored?.gate.caseId ?? '');
  if (!stored || !ask || stored.gate.status !== 'open') return;
  const { who, at, reason } = ask;
  const answers = [
    ...stored.gate.answers,
    { decision: 'aborted', who, person: null, door: 'machine' as const, at, reason },
  ];
  const settled = await door.gates.settle(stored, { ...stored.gate, status: 'aborted', answers });
  if (settled) await tellMachine(door, settled, { decision: 'aborted', planId: stored.gate.planId, who, at });
};

/** The same task tried again finds its gate open and replaces the token, so that people never see the question twice. */
const openedBefore = async (door: Door, { kind, token, case: ref }: Input): Promise<string | null> => {
  const open = (await door.gates.ofCase(ref.caseId)).find(
    ({ gate }) => gate.status === 'open' && gate.kind === kind && gate.planId === ref.planId,
  );
  return open && (await door.gates.replaceToken(open, token)) ? open.gate.gateId : null;
};

const openNow = async (door: Door, token: string, gate: Gate): Promise<string> => {
  const { gateId, kind, caseId, cluster, planId, openedAt, countAsLost, danger } = gate;
  await door.gates.open(gate, token);
  await door.cases.changeOpen(caseId, { phase: kind });
  const lost = countAsLost.length === 0 ? '' : `; counts as lost: ${countAsLost.join(', ')}`;
  const says = `waiting for an answer until ${gate.expiresAt.slice(11, 19)}Z${lost}`;
  await door.cases.tell(caseId, { phase: kind, says, severity: danger ? 'danger' : 'warning' });
  const by = { door: 'machine' as const, who: 'the machine', person: null };
  await door.audits.tell({ ...by, at: openedAt, cluster, caseId, gateId, planId, event: 'opened', code: null, says });
  return gateId;
};

/** Opens a gate and returns; the machine waits for the answer by its token. */
export const openGate = async (door: Door, input: Input): Promise<{ gateId: string }> => {
  const { gate, planning, needsNobody } = await gateFor(door, input);
  const before = await openedBefore(door, input);
  const gateId = before ?? (await openNow(door, input.token, gate));
  await answerAborted(door, gateId);
  if (needsNobody) await answerByPolicy(door, gateId);
  else if (before === null) await notify(door.topic, gateNotice(gate, planning, linkTo(door.page, gate.caseId)));
  return { gateId };
};
