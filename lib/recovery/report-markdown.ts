import { notTaken } from './audit';
import { OUTCOMES } from './case';
import { standStill } from './groups-left';
import { THROUGH } from './people';
import { shortOfStrength } from './redundancy';
import type { Report } from './report';

/** Width of the time line, characters. */
const BAR = 40;
const MARKS = { passed: '✔', pending: '…', failed: '✘' } as const;

/** The report as a person reads it: outcome first, then servers, time line, proof, gates, what to do now. */
export function reportMarkdown(report: Report): string {
  return [
    `# ${report.cluster}: ${report.outcome}`,
    '',
    `${sentence(OUTCOMES[report.outcome].means)} Case \`${report.caseId}\`, opened by ${text(report.openedBy)} for ${text(report.requester)}.`,
    ...redundancyLines(report),
    ...groupLines(report),
    ...problemLines(report),
    ...section('Figures', figures(report)),
    ...section('Servers', servers(report)),
    ...section('Time line', timeLine(report)),
    ...section('Proof', proof(report)),
    ...section('Fences', fences(report)),
    ...section('Gates', gates(report)),
    ...section('Attempts', attempts(report)),
    ...section('What may be lost', bullets(report.planning?.briefing.loss ?? [])),
    ...section('Findings', findings(report)),
    ...section(
      'What to do now',
      report.nextSteps.map((step, n) => `${n + 1}. ${step}`),
    ),
    ...section('What happened', events(report)),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];
}

/** One failure from the next outage: said in red until the cluster is at full strength again. */
function redundancyLines({ redundancy, outcome }: Report): string[] {
  const short = shortOfStrength(redundancy);
  const state = outcome === 'recovered' ? 'recovered, ' : '';
  return short === null ? [] : ['', `🔴 **${state}${short}**`];
}

function groupLines({ groupsLeft }: Report): string[] {
  return groupsLeft.flatMap((left) => ['', `🔴 **${text(standStill(left))}**: ${text(left.because)}`]);
}

function problemLines({ problem }: Report): string[] {
  return problem === null ? [] : ['', `**${problem.code}**: ${text(problem.says)}. Next: ${problem.nextStep}`];
}

function figures(report: Report): string[] {
  const { seconds, leader, jobsBefore, jobsAfter, planId } = report;
  const shown = (value: number | string | null, unit = ''): string => (value === null ? 'none' : `${value}${unit}`);
  return table(
    [
      'leader',
      'jobs before',
      'jobs after',
      'time of the leader',
      'time of the proof',
      'machine',
      'waiting for people',
      'plan',
    ],
    [
      [
        shown(leader),
        shown(jobsBefore),
        shown(jobsAfter),
        shown(seconds.leader, ' s'),
        shown(seconds.proof, ' s'),
        `${seconds.machine} s`,
        `${seconds.waiting} s`,
        shown(planId),
      ],
    ],
  );
}

function servers({ planning }: Report): string[] {
  const rows = (planning?.briefing.servers ?? []).map(
    ({ id, address, instanceId, role, class: hostClass, position, because }) => [
      id,
      address,
      instanceId ?? 'none',
      role,
      hostClass,
      position ? `${position.lastTerm} / ${position.lastIndex}` : 'unknown',
      text(because),
    ],
  );
  return rows.length === 0
    ? []
    : table(['server', 'address', 'instance', 'role', 'host', 'log term / index', 'because'], rows);
}

/** One bar per phase, on one scale: where the time went, and whose it was. */
function timeLine({ phases, openedAt, closedAt }: Report): string[] {
  const start = Date.parse(openedAt);
  const whole = Math.max(1, Date.parse(closedAt) - start);
  const bars = phases.map(({ phase, from, to, kind }) => {
    const left = Math.min(BAR - 1, Math.floor(((Date.parse(from) - start) / whole) * BAR));
    const length = Math.max(1, Math.round(((Date.parse(to) - Date.parse(from)) / whole) * BAR));
    const bar = (kind === 'waiting' ? '░' : '█').repeat(Math.min(length, BAR - left));
    const seconds = ((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1).padStart(7);
    return `${phase.padEnd(18)}${seconds} s  ${' '.repeat(left)}${bar}`;
  });
  return bars.length === 0 ? [] : ['```text', ...bars, '', '█ machine   ░ waiting for people', '```'];
}

function proof({ rungs }: Report): string[] {
  return rungs.map(({ says, state, evidence }) => `- ${MARKS[state]} ${says}: ${text(evidence)}`);
}

function fences({ fences: proofs }: Report): string[] {
  const rows = proofs.map(({ serverId, kind, proved, evidence }) => [
    serverId,
    kind,
    proved ? 'proved' : '**not proved**',
    text(evidence),
  ]);
  return rows.length === 0 ? [] : table(['server', 'fence', '', 'evidence'], rows);
}

function gates({ approvals }: Report): string[] {
  return approvals.map(({ gate, decision, who, person, door, at, reason, selfApproved }) => {
    // Nobody may overlook that one person asked and answered (design rule 9); Markdown has no red, so it says so.
    const self = selfApproved ? ' 🔴 **approved by the person who asked for it**' : '';
    const name = person === null ? text(who) : `${text(person)} (${text(who)})`;
    return `- ${gate}: ${decision} by ${name} ${THROUGH[door]} at ${at}${reason ? ` (${text(reason)})` : ''}${self}`;
  });
}

function attempts({ audit }: Report): string[] {
  return notTaken(audit).map(({ at, door, who, event, code, says }) => {
    const by = event === 'expired' ? '' : ` ${text(who)} ${THROUGH[door]},`;
    return `- ${at}:${by} ${event}${code === null ? '' : ` (${code})`}: ${text(says)}`;
  });
}

function findings({ planning }: Report): string[] {
  return (planning?.briefing.findings ?? []).map(
    ({ severity, says, evidence, nextStep }) =>
      `- **${severity}** ${text(says)}${evidence ? ` (${text(evidence)})` : ''}${nextStep ? ` → ${text(nextStep)}` : ''}`,
  );
}

function events({ events: all }: Report): string[] {
  return all.map(
    ({ at, phase, says, severity }) =>
      `- ${at} ${phase}: ${severity === 'info' ? '' : `**${severity}** `}${text(says)}`,
  );
}

const bullets = (lines: readonly string[]): string[] => lines.map((line) => `- ${text(line)}`);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** Names and errors come from outside: a line stays a line, and no mark-up gets in. */
function text(value: string): string {
  return value.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[<>`*_[\]]/g, (sign) => `\\${sign}`);
}

function sentence(means: string): string {
  return `${means.charAt(0).toUpperCase()}${means.slice(1)}.`;
}
