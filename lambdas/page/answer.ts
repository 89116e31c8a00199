import type { Context } from 'hono';
import { casePage } from '../../lib/page/case-page';
import { Answer } from '../../lib/recovery/gate';
import { RequorumError } from '../../lib/recovery/errors';
import { nowIso } from '../adapters/clock';
import { TOO_LATE } from '../door/answer-gate';
import { viewOf } from '../door/show-case';
import { takeAnswer } from '../door/take-answer';
import { deny } from './denied';
import type { Page } from './page';
import { denialPage } from './problems';
import { isFromElsewhere, isToken, signedIn } from './session';
import { askToSignIn } from './show';

type Form = Awaited<ReturnType<Context['req']['parseBody']>>;

const listed = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** @throws RequorumError BadInput */
const answerIn = ({ planId, decision, cycle, lost, reason, clusterTyped }: Record<string, unknown>): Answer => {
  const chosen = cycle === undefined ? { decision } : { decision: 'power-cycle', powerCycle: listed(cycle) };
  const read = Answer.safeParse({ planId, ...chosen, countAsLost: listed(lost), reason, clusterTyped });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new RequorumError('BadInput', `${issue?.path.map(String).join('.') || 'the form'}: ${issue?.message}`);
};

/** An answer from the page. What it is worth is decided where every door's answers are (take-answer.ts). */
export const answerGate = (page: Page) => async (context: Context) => {
  const form: Form = await context.req.parseBody({ all: true });
  const session = await signedIn(page, context);
  if (session === null) return askToSignIn(page, context, null);
  const { me, csrf } = session;
  if (isFromElsewhere(context)) return denialPage(context, await deny(page, 'FromElsewhere', me));
  if (!isToken(session.secret, 'answer', form['csrf'])) return denialPage(context, await deny(page, 'BadToken', me));
  const taken = await takeAnswer(page, context.req.param('id') ?? '', answerIn(form), me);
  const { caseId } = taken.gate;
  // Shown by another request, so that loading the page again sends nothing again.
  if (taken.kind !== 'refused') return context.redirect(`/page/cases/${encodeURIComponent(caseId)}`, 303);
  const { says, nextStep, code } = taken;
  const viewer = { me, csrf, now: nowIso(page.clock) };
  const notice = { kind: 'refused' as const, says: `Your answer was not taken: ${says}.`, nextStep };
  return context.html(await casePage(await viewOf(page, caseId), viewer, notice), TOO_LATE.includes(code) ? 409 : 422);
};
