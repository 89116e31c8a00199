import { declaredText } from './declaration';
import { runningAfter } from './expected';
import type { Fence } from './fence';
import type { Plan } from './plan';
import type { Report } from './report';

/** What a person has to do now, in order. */
export function nextStepsOf(report: Pick<Report, 'outcome' | 'planning' | 'cluster' | 'caseId' | 'problem'>): string[] {
  const { outcome, planning, cluster, caseId, problem } = report;
  const plan = planning?.kind === 'planned' ? planning.plan : null;
  switch (outcome) {
    case 'recovered':
      return [
        ...(plan ? wayBackSteps(plan, cluster) : []),
        ...(planning?.briefing.findings ?? []).flatMap(({ code, nextStep }) =>
          code === 'join-list-of-dead-servers' ? [nextStep] : [],
        ),
      ];
    case 'planned':
      return [`Recover by this plan's rules: requorum recover --cluster ${cluster}`];
    case 'nothing-to-do':
      return [];
    case 'tidied':
      return [`Open a new case when you are ready: requorum recover --cluster ${cluster}`];
    case 'refused':
      return (planning?.briefing.findings ?? []).map(({ nextStep }) => nextStep).filter((step) => step !== '');
    case 'declined':
    case 'expired':
    case 'aborted':
    case 'drifted':
    case 'blocked':
      return [
        `Nothing is left changed. Open a new case to see the cluster as it is now: requorum recover --cluster ${cluster}`,
      ];
    case 'already-running':
      return [`Follow the case that runs: requorum watch --cluster ${cluster}`];
    case 'disabled':
      return [`To let it act again: requorum enable --cluster ${cluster}`];
    case 'cooling-down':
      return [`Read the report of the last case; then: requorum acknowledge --cluster ${cluster}`];
    case 'bad-request':
      return [problem?.nextStep ?? 'Correct the input.'];
    case 'failed':
      return [
        `Everything was put back. Read the log of the functions under ${caseId}, then: requorum recover --cluster ${cluster}`,
      ];
    case 'undo-failed':
      return [
        `Log on to the hosts named and follow <data-dir>/raft.held-${caseId}/README; the case is tried again by the janitor.`,
      ];
    case 'no-leader':
    case 'not-proved':
    case 'interrupted-after-release':
      return [
        `Look now: requorum verify --cluster ${cluster}`,
        `The backups of this case lie in <data-dir>/.requorum/${caseId}/backup. Restore all survivors or none.`,
        'Do not start a fenced host.',
      ];
  }
}

/** A cluster that is back is not yet at full strength: who is missing, and the command for each. */
function wayBackSteps(plan: Plan, cluster: string): string[] {
  const running = runningAfter(plan).length;
  const retired = plan.removals.flatMap(({ id, by }) => (by === 'leave' ? [id] : []));
  const removed = plan.removals.flatMap(({ id, by }) => (by === 'leave' ? [] : [id]));
  const missing = [
    ...plan.excluded.map(({ id, fence }) => missingStep(id, fence, cluster)),
    ...plan.keptOut
      .filter(({ replacedBy }) => replacedBy === undefined)
      .map(({ serverId, fence }) => missingStep(serverId, fence, cluster)),
    ...removed.map((id) => `For a new host in the stead of ${id}: ${command('replace', cluster, id)}`),
  ];
  const gone = retired.map((id) => `${id} is out for good; its data-dir is held, and its host may go.`);
  if (missing.length === 0) return gone;
  return [
    `Restore redundancy: ${running} of ${running + missing.length} servers run. One at a time:`,
    ...missing,
    ...gone,
  ];
}

function missingStep(id: string, fence: Fence, cluster: string): string {
  if (fence.kind === 'gone') {
    // A word is no fence: nothing but the people who gave it keeps that server away.
    const word = fence.declared ? ` ${id} was ${declaredText(fence.declared)}; if it is found, never start it.` : '';
    return `${id} has no host any more.${word} For a new one: ${command('replace', cluster, id)}`;
  }
  return `${id} (${fence.instanceId}) stays fenced: never start it with its old data. To let it back in, empty: ${command('readmit', cluster, id)}`;
}

function command(verb: 'readmit' | 'replace', cluster: string, id: string): string {
  return `requorum ${verb} --cluster ${cluster} --server ${id}`;
}
