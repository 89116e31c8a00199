import type { Exclusion } from '../recovery/exclusion';
import type { Briefing, Joining, Planning } from '../recovery/plan';
import { shortOfStrength } from '../recovery/redundancy';
import { verdictHeadline } from './headline';
import { bySeverity } from './ink';
import { intentionOf } from './intention';
import { flow, hang, pad, rule, widthOf } from './layout';
import type { Paper } from './paper';
import { titleOf } from './phases';
import { section } from './section';
import { showFindings } from './show-findings';
import { legendOf, showServers } from './show-servers';

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

/** One line per server; `plan --by-hand` and `plan --json` have the exact bytes, and the hash is theirs. */
const showPeersJson = (planning: Planning): string[] => {
  if (planning.kind !== 'planned') return [];
  const { peersJson, peersSha256 } = planning.plan;
  if (peersJson === null) return [];
  const servers = peersJson.trimEnd().replaceAll(/\{[^{}]*\}/g, (server) => server.replaceAll(/\s+/g, ' '));
  return [...servers.split('\n').map((line) => `  ${line}`), `  sha256 ${peersSha256 ?? ''}`];
};

const clockOf = (instant: string): string => `${instant.slice(11, 16)}Z`;

const metaOf = (planning: Planning, caseId: string | null): string[] => {
  const { briefing } = planning;
  const plan =
    planning.kind === 'planned'
      ? [planning.plan.remedy, `plan ${planning.planId}`, `expires ${clockOf(briefing.expiresAt)}`]
      : [];
  const refused = planning.kind === 'refused' ? ['refused'] : [];
  return [`verdict ${briefing.verdict.name}`, ...plan, ...refused, ...(caseId === null ? [] : [`case ${caseId}`])];
};

const bullets = (lines: readonly string[], { width }: Paper): string[] =>
  lines.flatMap((line) => hang('  · ', line, width));

const joinsSays = ({ id, address, instanceId, heldBy }: Joining): string =>
  `${id} at ${address} on ${instanceId}${heldBy === null ? '' : `, held by case ${heldBy}`}`;

const outSays = ({ serverId, fence, caseId }: Exclusion): string => {
  const how =
    fence.kind === 'gone' ? 'gone' : `${fence.kind === 'hold' ? 'held' : 'stopped, cut off'}, ${fence.instanceId}`;
  return `${serverId}: ${how}, since case ${caseId}`;
};

/** Everything a person weighs before an answer, the verdict as headline. Same text with and without colour. */
export const showPlanning = (
  planning: Planning,
  about: { readonly cluster: string; readonly caseId: string | null },
  paper: Paper,
): string[] => {
  const { ink, width } = paper;
  const { verdict, servers, steps, loss, findings, redundancy } = planning.briefing;
  const plan = planning.kind === 'planned' ? planning.plan : null;
  const well = shortOfStrength(redundancy) === null ? ink.green : ink.red;
  const loud = verdict.severity === 'info' ? well : bySeverity(ink, verdict.severity);
  return [
    '',
    ...hang('', verdictHeadline(about.cluster, planning.briefing), width, (line) => ink.bold(loud(line))),
    ...hang('', intentionOf(planning), width, ink.bold),
    ...flow(metaOf(planning, about.caseId), width).map(ink.dim),
    ...section('Because', bullets(verdict.because, paper), paper),
    ...section('Servers', showServers(servers, plan, paper), paper, legendOf(servers)),
    ...section('Joins, empty', plan === null ? [] : bullets(plan.joining.map(joinsSays), paper), paper),
    ...section('Stay out', plan === null ? [] : bullets(plan.keptOut.map(outSays), paper), paper),
    ...section('Steps', showSteps(steps, paper), paper),
    ...section('peers.json', showPeersJson(planning), paper),
    ...section('What may be lost', bullets(loss, paper), paper),
    ...section('Findings', showFindings(findings, paper), paper),
    '',
  ];
};
