import type * as z from 'zod';
import type { OperateCollectInput, OperateCollectOutput, OperatePhase } from '../../lib/recovery/boundary';
import {
  HoldResult,
  LeaveResult,
  ReleaseResult,
  RemovePeerResult,
  UndoResult,
  VerifyResult,
} from '../../lib/recovery/order';
import type { Clock } from '../adapters/clock';
import { systemClock } from '../adapters/clock';
import { collect as collectCommand } from '../adapters/ssm';
import type { Collected } from '../adapters/ssm';

type Phase = z.output<typeof OperatePhase>;
type Result = HoldResult | ReleaseResult | LeaveResult | RemovePeerResult | VerifyResult | UndoResult;

/** What a host may answer in a phase, and how long, in seconds, it may take: hold copies the data-dir. */
const ANSWERS = {
  hold: { schema: HoldResult, seconds: 600 },
  release: { schema: ReleaseResult, seconds: 120 },
  leave: { schema: LeaveResult, seconds: 120 },
  'remove-peer': { schema: RemovePeerResult, seconds: 90 },
  verify: { schema: VerifyResult, seconds: 90 },
  undo: { schema: UndoResult, seconds: 300 },
} as const satisfies Record<Phase, { schema: z.ZodType<Result>; seconds: number }>;

const refusal = (hostId: string, code: string, detail: string): Result => ({
  outcome: 'refused',
  hostId,
  code,
  detail: detail.slice(0, 2000),
});

/** A host that did not answer is a refusal too: nobody may take silence for a yes. */
const resultOf = (seen: Collected<Result>): Result[] => {
  switch (seen.state) {
    case 'pending':
      return [];
    case 'failed':
      return [refusal(seen.instanceId, seen.code, seen.detail)];
    case 'done':
      return seen.line.hostId === seen.instanceId
        ? [seen.line]
        : [refusal(seen.instanceId, 'BadResult', `the host calls itself ${seen.line.hostId}`)];
  }
};

/** What hosts answered so far; `done` when each has answered or was given up. */
export const collect = async (
  { phase, sent }: z.output<typeof OperateCollectInput>,
  clock: Clock = systemClock,
): Promise<z.output<typeof OperateCollectOutput>> => {
  if (sent === null) return { done: true, results: [] };
  const { schema, seconds } = ANSWERS[phase];
  const seen = await collectCommand<Result>(sent, (line) => schema.parse(line), { clock, seconds });
  return { done: seen.every(({ state }) => state !== 'pending'), results: seen.flatMap(resultOf) };
};
