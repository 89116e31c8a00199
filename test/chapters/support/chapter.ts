import type { Api } from '../../../lib/cli/api';
import type { CaseView } from '../../../lib/cli/door';
import type { Intent } from '../../../lib/recovery/intent';
import type { Gate } from '../../../lib/recovery/gate';
import { CLUSTER } from '../../../lab/lab';
import { JOBS, approval, untilCase, untilClosed } from '../../lab/support/case-lab';
import { keepCells } from '../../support/table-rows';

/** One chapter as it was seen: a row of docs/chapters.md. */
export interface Row {
  readonly version: string;
  readonly broken: string;
  readonly view: CaseView;
  /** The case at each gate that it asked at. */
  readonly asked?: readonly CaseView[];
}

const shown = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : String(value);

/** Kept for the reporter, which prints all rows at the end of the run. */
export function keepRow({ version, broken, view, asked = [] }: Row): void {
  const { report } = view;
  const seen = asked.length > 0 ? asked : [view];
  keepCells([
    version,
    broken,
    [...new Set(seen.map(({ planning }) => planning?.briefing.verdict.name ?? '–'))].join(', then '),
    seen.map(doneIn).join(', then '),
    view.case.outcome ?? '–',
    shown(report?.seconds.leader),
    shown(report?.seconds.proof),
    shown(report?.jobsBefore),
    shown(report?.jobsAfter),
  ]);
}

function doneIn({ planning }: CaseView): string {
  if (planning?.kind === 'planned') return planning.plan.remedy;
  return planning?.briefing.findings[0]?.code ?? 'nothing';
}

/** Opens a case that only looks, and gives it closed. */
export async function look(api: Api): Promise<CaseView> {
  return untilClosed(api, await api.openCase(CLUSTER, 'plan'));
}

/** Opens a case, says yes to every gate that it opens, and gives it closed with the plans that were asked about. */
export async function act(api: Api, intent?: Intent): Promise<{ view: CaseView; asked: CaseView[] }> {
  const caseId = await api.openCase(CLUSTER, 'recover', intent);
  const asked: CaseView[] = [];
  const answered = new Set<string>();
  const isOver = ({ case: { status }, report }: CaseView): boolean => status === 'closed' && report !== null;
  const asks = ({ gate }: CaseView): Gate | null =>
    gate !== null && gate.status === 'open' && !answered.has(gate.gateId) ? gate : null;
  for (;;) {
    const view = await untilCase(api, caseId, 'a gate or its end', (seen) => isOver(seen) || asks(seen) !== null, 600);
    const gate = asks(view);
    if (gate === null) return { view, asked };
    asked.push(view);
    answered.add(gate.gateId);
    await api.answer(gate.gateId, approval(gate));
  }
}

/** What a person reads first of a case, for assertions that fail with the whole story. */
export const summaryOf = ({ planning, report, case: { outcome } }: CaseView) => ({
  verdict: planning?.briefing.verdict.name,
  remedy: planning?.kind === 'planned' ? planning.plan.remedy : planning?.kind,
  outcome,
  problem: report?.problem?.says ?? null,
  jobs: report ? [report.jobsBefore, report.jobsAfter] : null,
});

/** How a case sums up that healed what it was opened for, with every job. */
export const healed = (verdict: string, remedy: string) => ({
  verdict,
  remedy,
  outcome: 'recovered',
  problem: null,
  jobs: [JOBS, JOBS],
});

/** Codes of the findings, each once. */
export const codesOf = ({ planning }: CaseView): string[] =>
  [...new Set((planning?.briefing.findings ?? []).map(({ code }) => code))].sort();
