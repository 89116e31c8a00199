import type { Briefing, Finding, Planning } from '../recovery/plan';
import { verdictHeadline } from './headline';
import type { Ink } from './ink';
import { GLYPHS, bySeverity } from './ink';
import { hang, pad, rule, widthOf } from './layout';
import { titleOf } from './phases';
import { showServers } from './show-servers';

export interface Paper {
  readonly ink: Ink;
  readonly width: number;
}

const section = (title: string, lines: readonly string[], { ink }: Paper): string[] =>
  lines.length === 0 ? [] : ['', ink.bold(title), ...lines];

const SEVERITIES: readonly Finding['severity'][] = ['danger', 'warning', 'info'];

/** Worst first; each with what was seen and what to do about it. */
export const showFindings = (findings: readonly Finding[], { ink, width }: Paper): string[] =>
  SEVERITIES.flatMap((severity) => findings.filter((finding) => finding.severity === severity)).flatMap((finding) => [
    ...hang(`  ${GLYPHS[finding.severity]} `, finding.says, width, bySeverity(ink, finding.severity)),
    ...hang('    ', finding.evidence, width, ink.dim),
    ...(finding.nextStep === '' ? [] : hang('    → ', finding.nextStep, width)),
  ]);

const showSteps = (steps: Briefing['steps'], { ink, width }: Paper): string[] => {
  const isRule = (phase: string): boolean => phase === 'point-of-no-return';
  const columns = Math.max(
    0,
    ...steps.filter(({ phase }) => !isRule(phase)).map(({ phase }) => widthOf(titleOf(phase))),
  );
  return steps.flatMap(({ phase, says }) =>
    isRule(phase)
      ? [`  ${ink.red(rule('point of no return', width - 2))}`]
      : hang(`  ${pad(titleOf(phase), columns)}  `, says, width),
  );
};

const showPeers = (planning: Planning): string[] => {
  if (planning.kind !== 'planned') return [];
  const { peersJson, peersSha256 } = planning.plan;
  if (peersJson === null) return [];
  return [
    ...peersJson
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
    `  sha256 ${peersSha256 ?? ''}`,
  ];
};

const clockOf = (instant: string): string => `${instant.slice(11, 16)}Z`;

const metaLine = (planning: Planning, caseId: string | null): string => {
  const { briefing } = planning;
  const plan =
    planning.kind === 'planned'
      ? [planning.plan.remedy, `plan ${planning.planId}`, `expires ${clockOf(briefing.expiresAt)}`]
      : [];
  const kind = planning.kind === 'refused' ? ['no plan: refused'] : [];
  return [`verdict ${briefing.verdict.name}`, ...plan, ...kind, ...(caseId === null ? [] : [`case ${caseId}`])].join(
    ' · ',
  );
};

/** Everything a person weighs before an answer, the verdict as headline. Same text with and without colour. */
export const showPlanning = (
  planning: Planning,
  about: { readonly cluster: string; readonly caseId: string | null },
  paper: Paper,
): string[] => {
  const { ink, width } = paper;
  const { briefing } = planning;
  const plan = planning.kind === 'planned' ? planning.plan : null;
  const loud = briefing.verdict.severity === 'info' ? ink.green : bySeverity(ink, briefing.verdict.severity);
  return [
    '',
    ...hang('', verdictHeadline(about.cluster, briefing), width, (line) => ink.bold(loud(line))),
    ...hang('', metaLine(planning, about.caseId), width, ink.dim),
    ...section(
      'Because',
      briefing.verdict.because.flatMap((line) => hang('  · ', line, width)),
      paper,
    ),
    ...section('Servers', showServers(briefing.servers, plan, paper), paper),
    ...section('Steps', showSteps(briefing.steps, paper), paper),
    ...section(
      'What may be lost',
      briefing.loss.flatMap((line) => hang('  · ', line, width)),
      paper,
    ),
    ...section('Findings', showFindings(briefing.findings, paper), paper),
    ...section('peers.json', showPeers(planning), paper),
    '',
  ];
};
