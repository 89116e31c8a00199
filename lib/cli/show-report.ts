import { OUTCOMES } from '../recovery/case';
import { standStill } from '../recovery/groups-left';
import { THROUGH } from '../recovery/people';
import type { Report, Rung } from '../recovery/report';
import type { Ink } from './ink';
import { hang, seconds } from './layout';
import { outcomeHeadline, strengthHeadline } from './outcome-headline';
import type { Paper } from './paper';
import { section } from './section';

const RUNGS: Readonly<Record<Rung['state'], (ink: Ink) => string>> = {
  passed: (ink) => ink.green('✔'),
  pending: (ink) => ink.yellow('…'),
  failed: (ink) => ink.red('✘'),
};

/** The rungs of the proof, in order. */
export const showRungs = (rungs: readonly Rung[], { ink, width }: Paper): string[] =>
  rungs.flatMap((rung) => [
    ...hang(`  ${RUNGS[rung.state](ink)} `, rung.says, width),
    ...(rung.state === 'passed' ? [] : hang('    ', rung.evidence, width, ink.dim)),
  ]);

const fact = (name: string, says: string, { width }: Paper): string[] => hang(`  ${name.padEnd(10)}`, says, width);

const showTimes = (report: Report, paper: Paper): string[] => {
  const { leader, proof, machine, waiting } = report.seconds;
  const since = [
    ...(leader === null ? [] : [`leader after ${seconds(leader)}`]),
    ...(proof === null ? [] : [`proof after ${seconds(proof)}`]),
  ];
  return [
    ...(since.length === 0 ? [] : fact('seen', since.join(', '), paper)),
    ...fact('time', `machine ${seconds(machine)}, waiting for people ${seconds(waiting)}`, paper),
  ];
};

const showApprovals = (report: Report, paper: Paper): string[] =>
  report.approvals.flatMap(({ gate, decision, who, person, door, reason, selfApproved }) => [
    ...fact(
      'gate',
      `${gate}: ${decision} by ${person ?? who} ${THROUGH[door]}${reason === '' ? '' : ` (${reason})`}`,
      paper,
    ),
    // Design rule 9: nobody may overlook that one person asked and answered.
    ...(selfApproved ? fact('', paper.ink.red('approved by the person who asked for it'), paper) : []),
  ]);

const numbered = (steps: readonly string[], { width }: Paper): string[] =>
  steps.flatMap((step, at) => hang(`  ${at + 1}. `, step, width));

const number = (value: number | null): string => (value === null ? 'not known' : String(value));

/** Where the report lies, as Markdown; the same with .json for machines. */
export const reportKey = ({ cluster, caseId }: { readonly cluster: string; readonly caseId: string }): string =>
  `reports/${cluster}/${caseId}.md`;

/** A cluster that is back and short of its size is not well: that stands first, in red. */
const showHeadlines = (report: Report, { ink, width }: Paper): string[] => {
  const loud = { well: ink.green, stopped: ink.yellow, failed: ink.red }[OUTCOMES[report.outcome].class];
  const short = strengthHeadline(report);
  if (short === null) return hang('', outcomeHeadline(report), width, (line) => ink.bold(loud(line)));
  return [...hang('', short, width, (line) => ink.bold(ink.red(line))), ...hang('', outcomeHeadline(report), width)];
};

/** The ending: what came out, when, who agreed, what is proved, what to do next. */
export const showReport = (report: Report, paper: Paper): string[] => {
  const { width } = paper;
  const { problem, jobsBefore, jobsAfter } = report;
  const jobs =
    jobsBefore === null && jobsAfter === null ? [] : [`${number(jobsBefore)} before, ${number(jobsAfter)} after`];
  return [
    '',
    ...showHeadlines(report, paper),
    ...report.groupsLeft.flatMap((left) => hang('  ', standStill(left), width, paper.ink.red)),
    ...(problem === null ? [] : [...hang('  ', problem.says, width), ...hang('  → ', problem.nextStep, width)]),
    ...(report.leader === null ? [] : fact('leader', report.leader, paper)),
    ...jobs.flatMap((says) => fact('jobs', says, paper)),
    ...showTimes(report, paper),
    ...showApprovals(report, paper),
    ...fact('case', report.caseId, paper),
    ...fact('report', `${reportKey(report)} in the evidence bucket`, paper),
    ...section('Proof', showRungs(report.rungs, paper), paper),
    ...section('Next', numbered(report.nextSteps, paper), paper),
    '',
  ];
};
