import { verdictHeadline } from '../cli/headline';
import { outcomeHeadline, strengthHeadline } from '../cli/outcome-headline';
import { OUTCOMES } from '../recovery/case';
import type { CaseView } from '../recovery/case-record';
import type { Planning } from '../recovery/plan';
import type { Report } from '../recovery/report';
import { context, divider, header, section, type Block, type Message } from './blocks';
import { certainLines } from './certain';
import { gateBlocks } from './gate-blocks';
import { passed } from './passed';
import { picture } from './picture';
import { code, copied, cut, escape, lastLines, lines, plain } from './text';

export interface Telling {
  readonly now: Date;
  /** Where the page shows this case; a link shows and decides nothing. Null without a page. */
  readonly link: string | null;
}

type Case = CaseView['case'];

/** The one message of a case, as it is now: posted when it opens, updated in place until it is closed. */
export const caseMessage = (view: CaseView, { now, link }: Telling): Message => {
  const title = titleOf(view);
  const open = view.case.status !== 'closed' && view.gate?.status === 'open' ? view.gate : null;
  const blocks = [
    header(title),
    context(whoOpened(view.case, link)),
    ...(view.report ? ending(view.report) : []),
    ...(view.planning ? briefing(view.planning, view.report !== null) : []),
    ...(open?.kind === 'approve-restart' && view.certain ? [section(lines(certainLines(view.certain)))] : []),
    ...(open ? [divider, ...gateBlocks(open, now)] : []),
    ...steps(view, open !== null),
  ];
  return { text: escape(cut(open ? `${title} An answer is needed.` : title, 300)), blocks };
};

/** The ending is the headline once there is one; before that what is wrong, before that only that a case is open. */
const titleOf = ({ case: { cluster = '', status, outcome }, planning, report }: CaseView): string => {
  if (report) return strengthHeadline(report) ?? outcomeHeadline(report);
  if (status === 'closed' && outcome) return `${cluster}: ${OUTCOMES[outcome].means}`;
  return planning ? verdictHeadline(cluster, planning.briefing) : `${cluster}: a case is open, and looks.`;
};

const whoOpened = ({ caseId, openedBy, requester }: Case, link: string | null): string => {
  const by = [openedBy, requester]
    .filter((one) => one !== undefined && one !== '' && one !== 'unknown')
    .map((one) => plain(one ?? ''));
  const parts = [`case ${code(caseId)}`, ...(by.length > 0 ? [`opened by ${[...new Set(by)].join(' for ')}`] : [])];
  return [...parts, ...(link ? [`<${encodeURI(link)}|look at it>`] : [])].join(' · ');
};

const ending = ({ outcome, problem, nextSteps }: Report): Block[] => {
  const icon = { well: ':white_check_mark:', stopped: ':black_square_for_stop:', failed: ':rotating_light:' };
  const what = problem ? [`${plain(problem.says)}. *Next:* ${copied(problem.nextStep)}`] : [];
  const next = nextSteps.map((step, at) => `${at + 1}. ${copied(step)}`);
  return [
    section(
      lines([`${icon[OUTCOMES[outcome].class]} *${outcome}*: ${plain(OUTCOMES[outcome].means)}`, ...what, ...next]),
    ),
  ];
};

/** Verdict, servers, loss and what a person must weigh; of a closed case the servers alone. */
const briefing = (planning: Planning, isClosed: boolean): Block[] => {
  const { verdict, loss, findings } = planning.briefing;
  const servers = picture(planning);
  const shown = servers.length === 0 ? [] : [section(lines(servers))];
  if (isClosed) return shown;
  const weighed = findings.filter(({ severity }) => severity !== 'info');
  const icon = { info: '', warning: ':warning: ', danger: ':red_circle: ' };
  return [
    section(lines([`*${verdict.name}*: ${plain(verdict.means)}`, ...verdict.because.map((why) => `• ${plain(why)}`)])),
    ...shown,
    ...(loss.length === 0 ? [] : [section(lines(['*What may be lost*', ...loss.map((one) => `• ${plain(one)}`)]))]),
    ...(weighed.length === 0
      ? []
      : [
          section(
            lines(
              weighed.map(
                ({ severity, says, nextStep }) =>
                  `${icon[severity]}${plain(says)}${nextStep === '' ? '' : ` *Next:* ${copied(nextStep)}`}`,
              ),
            ),
          ),
        ]),
  ];
};

const steps = (view: CaseView, isWaiting: boolean): Block[] => {
  const told = passed(view.events, view.case.status === 'closed' || isWaiting);
  return told.length === 0 ? [] : [context(lastLines(told, 1900))];
};
