import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../../../lib/cli/api';
import type { CaseView } from '../../../lib/cli/door';
import type { ClusterInput } from '../../../lib/recovery/cluster';
import type { Answer, Gate } from '../../../lib/recovery/gate';
import { apiOf } from '../../../lab/door';
import { CLUSTER, Lab, type UpOptions } from '../../../lab/lab';

/** A deployed lab with a running cluster, its jobs, and the inventory of good times. */
export interface CaseLab {
  readonly lab: Lab;
  readonly api: Api;
}

export const JOBS = 20;

export async function caseLab(options: {
  readonly servers: number;
  readonly dkron?: UpOptions['dkron'];
  readonly hosts?: UpOptions['hosts'];
  readonly layout?: UpOptions['layout'];
  readonly cluster?: Partial<ClusterInput>;
  readonly replacement?: UpOptions['replacement'];
  readonly config?: UpOptions['config'];
}): Promise<CaseLab> {
  const lab = await Lab.up(options);
  try {
    await lab.deploy();
    await lab.startCluster();
    await lab.addJobs(JOBS);
    const api = apiOf(lab);
    await api.refreshInventory(CLUSTER);
    return { lab, api };
  } catch (thrown) {
    await lab.down();
    throw thrown;
  }
}

/** Looks at a case until `holds`; a bound on patience, not a measure of speed. */
export async function untilCase(
  api: Api,
  caseId: string,
  what: string,
  holds: (view: CaseView) => boolean,
  patienceSeconds = 240,
): Promise<CaseView> {
  let last: CaseView | null = null;
  for (const end = Date.now() + patienceSeconds * 1000; Date.now() < end; await sleep(300)) {
    last = await api.case(caseId).catch(() => last);
    if (last && holds(last)) return last;
    if (last?.case.status === 'closed' && last.report) break;
  }
  const story = last?.events.map((event) => `${event.at} ${event.phase}: ${event.says}`).join('\n');
  throw new Error(`the case never came to: ${what}. It is ${last?.case.status} as ${last?.case.outcome}.\n${story}`);
}

export async function untilGate(api: Api, caseId: string, kind: Gate['kind'] = 'approve-plan'): Promise<Gate> {
  const view = await untilCase(
    api,
    caseId,
    `an open ${kind} gate`,
    ({ gate }) => gate?.kind === kind && gate.status === 'open',
  );
  if (!view.gate) throw new Error('no gate');
  return view.gate;
}

export const untilClosed = (api: Api, caseId: string): Promise<CaseView> =>
  untilCase(api, caseId, 'its report', ({ case: { status }, report }) => status === 'closed' && report !== null, 420);

export function approval(gate: Gate): Answer {
  return { planId: gate.planId, decision: 'approve', countAsLost: [...gate.countAsLost], reason: '', clusterTyped: '' };
}

export function decline(gate: Gate): Answer {
  return { planId: gate.planId, decision: 'decline', countAsLost: [], reason: 'not now', clusterTyped: '' };
}

/** Opens a case, approves every gate as it comes, and gives the closed case. */
export async function recover(api: Api): Promise<CaseView> {
  const caseId = await api.openCase(CLUSTER, 'recover');
  const gate = await untilGate(api, caseId);
  await api.answer(gate.gateId, approval(gate));
  return untilClosed(api, caseId);
}
