import { intentionOf } from '../cli/intention';
import { verdictHeadline } from '../cli/headline';
import { outcomeHeadline } from '../cli/outcome-headline';
import { OUTCOMES } from '../recovery/case';
import type { CaseView } from '../recovery/case-record';
import type { Gate } from '../recovery/gate';
import { answerBar, answerParts } from './answer-form';
import { approvalsPart } from './approvals';
import { certainPart } from './certain-part';
import { documentOf } from './document';
import type { Document } from './document';
import { html } from './html';
import type { Html } from './html';
import { phasesPart } from './phases-part';
import { becausePart, findingsPart, lossPart, oldServersPart, peersJsonPart, stepsPart } from './plan-parts';
import { agreedPart, attemptsPart, factsPart, nextPart, problemPart, proofPart, strengthPart } from './report-part';
import { serversPart } from './servers';
import { clockOf, isOver, leftOf } from './times';
import { nameOf, type Notice, type Viewer } from './viewer';

const pathOf = (caseId: string): string => `/page/cases/${encodeURIComponent(caseId)}`;

/** The gate that waits for people now; one whose time is over waits for nobody. */
const openGateOf = ({ gate, report }: CaseView, now: string): Gate | null =>
  gate?.status === 'open' && report === null && !isOver(gate.expiresAt, now) ? gate : null;

type Pill = NonNullable<Document['pill']>;

const pillOf = (view: CaseView, now: string): Pill => {
  const { gate, report } = view;
  if (report !== null) {
    const kind = { well: 'good', stopped: 'plain', failed: 'bad' } as const;
    return { kind: kind[OUTCOMES[report.outcome].class], says: report.outcome.replaceAll('-', ' ') };
  }
  const open = openGateOf(view, now);
  if (open !== null) {
    const left = html`<span data-until="${open.expiresAt}">${leftOf(open.expiresAt, now)}</span>`;
    return { kind: 'waiting', says: html`waiting for people · ${left} left` };
  }
  if (gate?.status === 'open') return { kind: 'plain', says: 'time is over: silence is no' };
  return { kind: 'plain', says: 'at work' };
};

const headlineOf = ({ report, planning, case: { cluster = '' } }: CaseView): string => {
  if (report !== null) return outcomeHeadline(report);
  if (planning === null) return `${cluster} is looked at.`;
  return verdictHeadline(cluster, planning.briefing);
};

const TOUCHED: Readonly<Record<Gate['kind'], string>> = {
  'approve-plan': 'Nothing has been touched yet.',
  'approve-restart': 'Every survivor is held and every fence stands; nothing has been started yet.',
};

const leadOf = (view: CaseView, now: string): Html => {
  const { planning, gate, report, case: record } = view;
  const plan = planning?.kind === 'planned' ? html`Plan <code>${planning.planId}</code>. ` : '';
  const opened = `Opened by ${record.openedBy ?? 'a person'}${record.requester ? `, asked for by ${record.requester}` : ''}`;
  const at = record.openedAt ? ` at ${clockOf(record.openedAt)}` : '';
  const open = openGateOf(view, now);
  const isFirst = (record.released ?? []).length === 0;
  const touched = open !== null && (isFirst || open.kind !== 'approve-plan') ? TOUCHED[open.kind] : '';
  const over = gate?.status === 'open' && open === null && report === null ? 'Nobody answered in time.' : '';
  const intention = planning === null || report !== null ? '' : intentionOf(planning);
  return html`${intention === '' ? '' : html`<p class="lead"><strong>${intention}</strong></p>`}
    <p class="lead small">${plan}${opened}${at}. ${touched}${over}</p>`;
};

/** What a live look compares: anything a person would see change, and no second more. */
const versionOf = ({ case: record, gate, events, report, planning }: CaseView, now: string): string =>
  [
    record.phase ?? '',
    planning?.kind === 'planned' ? planning.planId : (planning?.kind ?? ''),
    gate === null ? '' : `${gate.gateId}.${gate.status}.${gate.answers.length}.${isOver(gate.expiresAt, now)}`,
    events.length,
    events.at(-1)?.at ?? '',
    report?.closedAt ?? '',
  ].join('|');

/** What the person who looks said last, while it is being carried out. */
const ownWord = ({ gate, report }: CaseView, { me }: Viewer): Notice | undefined => {
  const last = gate?.answers.at(-1);
  if (gate === null || report !== null || last?.who !== me.who) return undefined;
  const at = clockOf(last.at);
  if (gate.status !== 'open') return { kind: 'done', says: `You ${gate.status} at ${at}. This page follows the case.` };
  return { kind: 'waiting', says: `Your ${last.decision} of ${at} is kept. It counts when another person agrees.` };
};

const footerOf = (viewer: Viewer): Html =>
  html`<footer>
    <span>Signed in as ${nameOf(viewer.me)}</span>
    <form method="post" action="/page/leave">
      <input type="hidden" name="csrf" value="${viewer.csrf}" />
      <button>Sign out</button>
    </form>
    <a href="/page">All clusters</a>
  </footer>`;

const bodyOf = (view: CaseView, viewer: Viewer): Html => {
  const { now, health = null } = viewer;
  const { planning, gate, events, report } = view;
  const isDropped = report !== null && OUTCOMES[report.outcome].class === 'stopped';
  const plan = planning?.kind === 'planned' && !isDropped ? planning.plan : null;
  const open = openGateOf(view, now);
  const isAsked = open !== null;
  const briefing = planning?.briefing ?? null;
  const certain = view.certain ?? null;
  const fact = certain === null || report !== null ? '' : certainPart(certain);
  const forecast = briefing === null ? '' : html`${stepsPart(briefing)} ${peersJsonPart(planning)}`;
  const told = phasesPart(events, report === null);
  const findings = briefing === null ? '' : findingsPart(briefing);
  // What forbids a plain yes is read before the form that overrides it.
  const isDanger = open?.danger ?? false;
  const facts = report === null ? '' : html`${factsPart(report)} ${agreedPart(report)} ${attemptsPart(report)}`;
  return html`<h1>${headlineOf(view)}</h1>
    ${report === null ? '' : strengthPart(report, health)} ${leadOf(view, now)}
    ${briefing === null ? '' : serversPart(briefing, plan)}
    <div class="columns">
      <div>
        ${report === null ? '' : html`${problemPart(report)} ${nextPart(report)} ${proofPart(report)}`} ${fact}
        ${isAsked ? forecast : told} ${isAsked ? told : report === null ? forecast : ''}
      </div>
      <div>
        ${facts} ${isDanger ? findings : ''} ${open === null ? '' : answerParts(open, viewer)}
        ${briefing === null || report !== null ? '' : lossPart(briefing)}
        ${plan === null || report !== null ? '' : oldServersPart(plan)}
        ${gate === null || report !== null ? '' : approvalsPart(gate, now)} ${isDanger ? '' : findings}
        ${briefing === null ? '' : becausePart(briefing)} ${report === null || isDropped ? '' : peersJsonPart(planning)}
      </div>
    </div>`;
};

/** One address for the whole life of a case: the question, what happens then, and the report. */
export const casePage = (view: CaseView, viewer: Viewer, notice?: Notice) => {
  const { now } = viewer;
  const { caseId, cluster = '' } = view.case;
  const open = openGateOf(view, now);
  const live = { path: pathOf(caseId), version: versionOf(view, now), now };
  return documentOf({
    title: `${open === null ? '' : '● '}${headlineOf(view)} · Requorum`,
    where: `${cluster} · case ${caseId}`,
    pill: pillOf(view, now),
    notice: notice ?? ownWord(view, viewer),
    body: bodyOf(view, viewer),
    bar: open === null ? '' : answerBar(open, viewer),
    footer: footerOf(viewer),
    live: view.report === null ? live : undefined,
  });
};
