import * as z from 'zod';
import type { OperateSendInput, SendOutput } from '../../lib/recovery/boundary';
import { RequorumError } from '../../lib/recovery/errors';
import { HoldResult } from '../../lib/recovery/order';
import type { Orders } from '../../lib/recovery/order';
import {
  holdOrders,
  leaveOrders,
  releaseOrders,
  removePeerOrders,
  undoOrders,
  verifyOrders,
} from '../../lib/recovery/orders';
import { nowIso } from '../adapters/clock';
import { keys } from '../adapters/evidence';
import { sendOrders } from '../adapters/ssm';
import { approved } from './operate';
import type { Approved, Operate } from './operate';

type Input = z.output<typeof OperateSendInput>;

/** @throws RequorumError NotApproved before the point of no return */
const assertPastPointOfNoReturn = ({ record }: Approved): void => {
  if (!record.pointOfNoReturnAt) {
    throw new RequorumError('NotApproved', `case ${record.caseId} has not passed the point of no return`);
  }
};

/** @throws RequorumError NotApproved after the point of no return */
const assertBeforePointOfNoReturn = ({ record }: Approved): void => {
  if (record.pointOfNoReturnAt) {
    throw new RequorumError('NotApproved', `case ${record.caseId} passed the point of no return, nothing is held now`);
  }
};

const ordersFor = async (operate: Operate, { phase, case: ref, part }: Input, known: Approved): Promise<Orders> => {
  const { plan, record, briefing } = known;
  const common = { caseId: ref.caseId, counter: ref.counter, skew: briefing.skew, now: nowIso(operate.clock) };
  switch (phase) {
    case 'hold':
      assertBeforePointOfNoReturn(known);
      return holdOrders(plan, common);
    case 'release':
      assertPastPointOfNoReturn(known);
      return releaseOrders(plan, common);
    case 'leave':
      assertPastPointOfNoReturn(known);
      return leaveOrders(plan, common);
    case 'remove-peer':
      assertPastPointOfNoReturn(known);
      return removePeerOrders(plan, { ...common, leader: record.leader });
    case 'verify':
      assertPastPointOfNoReturn(known);
      return verifyOrders(plan, { ...common, part, leader: record.leader });
    case 'undo': {
      const holds = (await operate.evidence.json(keys.holds(ref.caseId), z.array(HoldResult))) ?? [];
      return undoOrders(plan, { ...common, holds });
    }
  }
};

/**
 * Undo goes by what the case record says was approved: after a failure the item that flows may be an older one that has
 * no plan yet. Null where nothing was approved, so nothing was touched.
 */
const toPutBack = async ({ plans }: Operate, input: Input): Promise<Input | null> => {
  const { approvedPlanId } = await plans.held(input.case);
  return approvedPlanId === null ? null : { ...input, case: { ...input.case, planId: approvedPlanId } };
};

/**
 * The orders to all hosts of a phase, under the approved plan and the lease as they are now.
 * Putting back needs no point of no return: hosts know what was done to them and refuse what cannot be undone.
 * @throws RequorumError NotApproved, PlanMismatch, LeaseLost
 */
export const send = async (operate: Operate, asked: Input): Promise<z.output<typeof SendOutput>> => {
  const input = asked.phase === 'undo' ? await toPutBack(operate, asked) : asked;
  if (input === null) return { sent: null };
  const known = await approved(operate, input.case);
  const orders = await ordersFor(operate, input, known);
  if (Object.keys(orders.hosts).length === 0) return { sent: null };
  const document = known.plan.documents[input.phase];
  const comment = `${input.phase} ${input.case.caseId}`;
  return { sent: await sendOrders({ document, orders, comment }, operate.clock) };
};
