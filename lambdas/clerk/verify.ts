import * as z from 'zod';
import type { VerifyInput, VerifyOutput } from '../../lib/recovery/boundary';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { RequorumError } from '../../lib/recovery/errors';
import { runningAfter } from '../../lib/recovery/expected';
import { leaderSeen } from '../../lib/recovery/leader';
import { answersAt } from '../../lib/recovery/look-again';
import { ReleaseResult } from '../../lib/recovery/order';
import type { VerifyResult } from '../../lib/recovery/order';
import type { Rung } from '../../lib/recovery/report';
import { rungsOf } from '../../lib/recovery/verify';
import { nowIso } from '../adapters/clock';
import { keys } from '../adapters/evidence';
import { approvedCase } from './clerk';
import type { Clerk } from './clerk';
import { mayPlanAgain } from './plan-again';
import { secondsAfter } from './seconds';
import { mostJobs } from './told';

type Input = z.output<typeof VerifyInput>;
type Decision = z.output<typeof VerifyOutput>['decision'];
type Canary = CaseRecord['canary'];

/** Looks after which the proof is given up; the first waits for `proofSeconds`, the others REST_SECONDS. */
export const MOST_LOOKS = 12;
const REST_SECONDS = 5;

/** Only one look of many makes the canary; its result is kept and put beside the later looks. */
const canaryOf = (looks: readonly VerifyResult[], kept: Canary): Canary => {
  const [made] = looks.flatMap((look) =>
    look.outcome === 'looked' && look.canary !== 'not-asked'
      ? [{ hostId: look.hostId, state: look.canary, detail: look.detail }]
      : [],
  );
  return made ?? kept;
};

const withCanary = (looks: readonly VerifyResult[], canary: Canary): VerifyResult[] =>
  looks.map((look) =>
    look.outcome === 'looked' && look.canary === 'not-asked' && look.hostId === canary?.hostId
      ? { ...look, canary: canary.state }
      : look,
  );

/** Another leader than the one that was seen first has to hold for the whole time itself. */
const leaderNow = ({ leader, leaderAt }: CaseRecord, network: Input['network']) => {
  const seen = leaderSeen(network);
  return seen.kind === 'leader' && seen.id !== leader
    ? { leader: seen.id, leaderAt: network.at }
    : { leader, leaderAt };
};

const later = (a: string, b: string): string => (Date.parse(a) > Date.parse(b) ? a : b);
const named = (rungs: readonly Rung[]): string => rungs.map(({ id, evidence }) => `${id} (${evidence})`).join(', ');

const decide = (rungs: readonly Rung[], attempt: number, record: CaseRecord, isWhole: boolean): Decision => {
  const open = rungs.filter(({ state }) => state !== 'passed');
  if (open.length === 0) return { next: 'close', outcome: 'recovered', says: `proved: all ${rungs.length} rungs hold` };
  if (attempt >= MOST_LOOKS) {
    const next = !isWhole && mayPlanAgain(record) ? 'plan-again' : 'close';
    return { next, outcome: 'not-proved', says: `not proved: ${named(open)}` };
  }
  return {
    next: 'again',
    outcome: null,
    says: `${rungs.length - open.length} of ${rungs.length} rungs hold; open: ${named(open)}`,
  };
};

/** A leader is not yet a recovery: every rung of design rule 12 must hold, the last one after `proofSeconds`. */
export const verify = async (clerk: Clerk, input: Input): Promise<z.output<typeof VerifyOutput>> => {
  const { case: ref, network, looks, attempt } = input;
  const { record, planned, cluster } = await approvedCase(clerk, ref);
  const { leader, leaderAt } = leaderNow(record, network);
  if (!leaderAt) throw new RequorumError('NotApproved', `case ${ref.caseId} has seen no leader to be proved`);
  const releases = (await clerk.evidence.json(keys.releases(ref.caseId), z.array(ReleaseResult))) ?? [];
  const canary = canaryOf(looks, record.canary);
  const now = nowIso(clerk.clock);
  const { policy } = cluster;
  const { plan, briefing } = planned;
  const seen = { plan, briefing, network, looks: withCanary(looks, canary), releases };
  const rungs = rungsOf({ ...seen, leaderAt, now, policy, jobsBefore: record.jobsBefore });
  const isWhole = runningAfter(plan).every(({ address }) => answersAt(network, address));
  const decision = decide(rungs, attempt, record, isWhole);
  const waitUntil = later(secondsAfter(now, REST_SECONDS), secondsAfter(leaderAt, policy.proofSeconds + 1));
  await clerk.evidence.putJson(keys.verify(ref.caseId, attempt), { network, looks, rungs });
  const jobsAfter = mostJobs(looks.map((look) => (look.outcome === 'looked' ? look.jobs : null))) ?? record.jobsAfter;
  const provedAt = decision.outcome === 'recovered' ? now : null;
  await clerk.cases.changeOpen(ref.caseId, { phase: 'verify', leader, leaderAt, canary, jobsAfter, rungs, provedAt });
  const severity = decision.outcome === 'not-proved' ? 'danger' : 'info';
  await clerk.cases.tell(ref.caseId, { phase: 'verify', says: decision.says, severity });
  return { decision, waitUntil, rungs };
};
