import { verdictHeadline } from '../cli/headline';
import { outcomeHeadline, strengthHeadline } from '../cli/outcome-headline';
import { answerCommand } from '../cli/show-gate';
import type { Gate } from '../recovery/gate';
import type { Planning } from '../recovery/plan';
import type { Report } from '../recovery/report';
import { reportMarkdown } from '../recovery/report-markdown';
import { copied, cut, lines, plain } from '../slack/text';
import type { ChatNotification, Notice } from './notice';

/** Where the page shows a case. The link alone decides nothing: who opens it has to sign in, and to answer there. */
export const linkTo = (page: string | null, caseId: string): string | null =>
  page === null ? null : `${page}/cases/${encodeURIComponent(caseId)}`;

/** A gate has opened: what is wrong, what is asked, until when, and how to answer. */
export const gateNotice = (gate: Gate, planning: Planning, link: string | null): Notice => {
  const { cluster, caseId, kind, expiresAt, danger, countAsLost } = gate;
  const headline = verdictHeadline(cluster, planning.briefing);
  const asks = `${kind === 'approve-plan' ? `Plan ${gate.planId}` : 'Going on past the point of no return'} waits for an answer until ${expiresAt.slice(0, 19)}Z; silence is no.`;
  const weigh = [
    ...(countAsLost.length > 0 ? [`Counts as lost: ${countAsLost.join(', ')}.`] : []),
    ...planning.briefing.loss,
    ...planning.briefing.findings.flatMap(({ severity, says }) => (severity === 'danger' ? [`DANGER: ${says}`] : [])),
  ];
  const next = [
    ...(link ? [`Look at it and answer, signed in: ${link}`] : []),
    `Look at it: requorum watch --case ${caseId}`,
    `Approve it: ${answerCommand(gate)}`,
    `Decline it: requorum decline --case ${caseId}`,
  ];
  return {
    subject: `Requorum: ${cluster} waits for an answer`,
    text: [headline, '', asks, '', ...weigh, '', ...next, ''].join('\n'),
    chat: chat(caseId, 'gate-opened', {
      title: `${danger ? '🔴 ' : ''}${headline}`,
      description: [asks, ...weigh],
      nextSteps: next,
      keywords: [cluster, kind],
    }),
  };
};

/** A case is closed: mail gets the whole report, chat what it comes to and what to do now. */
export const endNotice = (report: Report, link: string | null): Notice => {
  const { cluster, outcome, caseId, problem, nextSteps } = report;
  return {
    subject: `Requorum: ${cluster} ${outcome}`,
    text: `${reportMarkdown(report)}${link ? `\n${link}\n` : ''}`,
    chat: chat(caseId, 'case-closed', {
      title: strengthHeadline(report) ?? outcomeHeadline(report),
      description: problem ? [problem.says] : [outcomeHeadline(report)],
      nextSteps: [...nextSteps, ...(link ? [`Report: ${link}`] : [])],
      keywords: [cluster, outcome],
    }),
  };
};

interface Told {
  readonly title: string;
  readonly description: readonly string[];
  readonly nextSteps: readonly string[];
  readonly keywords: readonly string[];
}

const chat = (
  caseId: string,
  eventType: string,
  { title, description, nextSteps, keywords }: Told,
): ChatNotification => ({
  version: '1.0',
  source: 'custom',
  content: {
    textType: 'client-markdown',
    title: cut(title, 250),
    description: lines(
      description.map((one) => plain(one)),
      8000,
    ),
    nextSteps: nextSteps.map((step) => copied(step)),
    keywords,
  },
  metadata: { threadId: caseId, summary: cut(title, 250), eventType },
});
