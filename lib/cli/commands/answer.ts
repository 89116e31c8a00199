import type { Answer, Gate } from '../../recovery/gate';
import type { Planning } from '../../recovery/plan';
import type { Api } from '../api';
import type { Context, Ending } from '../context';
import { CliProblem, EXIT } from '../problem';
import { assertShown } from '../shown-plan';

export interface AnswerOptions {
  readonly case: string;
  readonly plan?: string;
  readonly lost?: readonly string[];
  readonly override?: string;
  readonly reason?: string;
}

const openGate = async (
  api: Api,
  options: AnswerOptions,
): Promise<{ readonly gate: Gate; readonly planning: Planning | null }> => {
  const { gate, planning } = await api.case(options.case);
  const watch = `requorum watch --case ${options.case}`;
  if (gate === null || gate.status !== 'open') {
    const how = gate === null ? '' : `: it is ${gate.status}`;
    throw new CliProblem(
      EXIT.stopped,
      'NoOpenGate',
      `No gate of ${options.case} is open${how}.`,
      `Look at it: ${watch}`,
    );
  }
  if (options.plan !== undefined && options.plan !== gate.planId) {
    const says = `The gate asks about plan ${gate.planId}, not about ${options.plan}.`;
    throw new CliProblem(EXIT.stopped, 'OtherPlan', says, `Read the plan that is asked about: ${watch}`);
  }
  return { gate, planning };
};

const answer = async (context: Context, options: AnswerOptions, decision: Answer['decision']): Promise<Ending> => {
  const api = await context.connect();
  const { gate, planning } = await openGate(api, options);
  if (decision !== 'decline') assertShown(planning, gate);
  const after = await api.answer(gate.gateId, {
    planId: gate.planId,
    decision,
    countAsLost: [...(options.lost ?? [])],
    reason: options.reason ?? '',
    clusterTyped: options.override ?? '',
  });
  const noted = 'noted; a second person has to agree before it counts';
  context.terminal.say([
    `${gate.cluster}: plan ${gate.planId} ${after.status === 'open' ? noted : `is ${after.status}`}`,
    `  → requorum watch --case ${gate.caseId}`,
  ]);
  return { exit: EXIT.well, json: { caseId: gate.caseId, planId: gate.planId, gate: after.status } };
};

/** Says yes to the open gate of a case; with `override` against danger findings. The door judges what is missing. */
export const approve = (context: Context, options: AnswerOptions): Promise<Ending> =>
  answer(context, options, options.override === undefined ? 'approve' : 'override');

export const decline = (context: Context, options: AnswerOptions): Promise<Ending> =>
  answer(context, options, 'decline');

export interface PutOffOptions {
  readonly case: string;
  readonly plan?: string;
  readonly wait?: boolean;
  readonly powerCycle?: readonly string[];
}

/** Puts a plan off: nothing is changed by it, and people are asked again. */
export const putOff = async (context: Context, options: PutOffOptions): Promise<Ending> => {
  const powerCycle = [...(options.powerCycle ?? [])];
  if ((options.wait === true) === powerCycle.length > 0) {
    const next = `requorum answer --case ${options.case} --wait`;
    throw new CliProblem(EXIT.usage, 'Usage', 'Say either --wait or --power-cycle <server>.', next);
  }
  const api = await context.connect();
  const { gate } = await openGate(api, options);
  const decision = options.wait === true ? 'wait' : 'power-cycle';
  const plain = { countAsLost: [], reason: '', clusterTyped: '' };
  const after = await api.answer(gate.gateId, { planId: gate.planId, decision, powerCycle, ...plain });
  const until = options.wait === true ? `in ${gate.waitMinutes} min` : 'with a plan of its own';
  context.terminal.say([
    `${gate.cluster}: plan ${gate.planId} is put off; you are asked again ${until}`,
    `  → requorum watch --case ${gate.caseId}`,
  ]);
  return { exit: EXIT.well, json: { caseId: gate.caseId, planId: gate.planId, gate: after.status } };
};

/** Ends a case anywhere before the point of no return; everything is put back. */
export const abort = async (
  context: Context,
  options: { readonly case: string; readonly reason: string },
): Promise<Ending> => {
  const api = await context.connect();
  await api.abort(options.case, options.reason);
  context.terminal.say([
    `${options.case}: asked to abort; it ends at its next step and puts everything back.`,
    `  → requorum watch --case ${options.case}`,
  ]);
  return { exit: EXIT.well, json: { caseId: options.case, abort: 'asked' } };
};
