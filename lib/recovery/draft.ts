import { groupFindings, groupPlans, groupRefusals } from './auto-scaling';
import { canonicalJson, type Sha256 } from './canonical';
import { ruleFor, type Cluster } from './cluster';
import { lossOf } from './loss';
import { managerRefusals, refusal, warning } from './refusals';
import { survivorOf } from './choose';
import { findingsOf } from './findings';
import { healthChecks } from './health-checks';
import type { Intent } from './intent';
import { keptOutOf, openFences } from './kept-out';
import type { Briefing, DocumentPins, Finding, Plan, Planning } from './plan';
import { kinMembers } from './kin';
import { knownMembers, membershipOf, type ServerView } from './servers';
import { redundancySeen } from './redundancy';
import type { Signs } from './signs';
import { skewOf } from './skew';
import { stepsOf } from './steps';
import { strangersOf, strangersOnHosts, type Stranger } from './strangers';
import type { Survey } from './survey';
import type { Verdict } from './verdict';

export interface PlanContext {
  readonly sha256: Sha256;
  /** Null when the deployed documents were not found: then there is nothing that could be approved. */
  readonly documents: DocumentPins | null;
  /** Quarantine group by VPC. */
  readonly quarantine: Readonly<Record<string, string>>;
  readonly now: string;
  /** What a person opened the case for; null where it recovers. */
  readonly intent?: Intent | null;
  /** Servers whose hosts people chose to power-cycle, at the gate before this plan. */
  readonly powerCycle?: readonly string[];
  /** Whether people may still put the plan off, to wait or to power-cycle. @default true */
  readonly isPostponable?: boolean;
}

/** Everything that a chapter's plan is made from. */
export interface Planner {
  readonly survey: Survey;
  readonly cluster: Cluster;
  readonly context: PlanContext;
  readonly signs: Signs;
  readonly verdict: Verdict;
}

/** What a chapter decides; the rest of a plan follows from it. */
export type Draft = Pick<Plan, 'remedy'> &
  Partial<
    Pick<
      Plan,
      | 'survivors'
      | 'standing'
      | 'excluded'
      | 'removals'
      | 'powerOn'
      | 'letIn'
      | 'keptOut'
      | 'joining'
      | 'launch'
      | 'peersJson'
    >
  > & {
    /** The views behind survivors: their logs and jobs are what may be lost. */
    readonly kept?: readonly ServerView[];
    readonly findings?: readonly Finding[];
  };

/** First 16 characters of the hash over the canonical plan: what a person approves (design rule 9). */
export function planIdOf(plan: Plan, sha256: Sha256): string {
  return sha256(canonicalJson(plan)).slice(0, 16);
}

/** A draft that nothing forbids becomes a plan with its id and its briefing; everything that forbids it is told at once. */
export function planned(planner: Planner, draft: Draft, refusals: readonly Finding[]): Planning {
  const { survey, cluster, context, verdict } = planner;
  const { documents, sha256 } = context;
  const acting = { survivors: [], powerOn: [], ...draft, excluded: draft.excluded ?? [] };
  const groups = groupPlans(acting, survey.fleet);
  const inTheWay = groupRefusals(acting, groups, survey.fleet);
  const forbidden = [...refusals, ...inTheWay, ...(documents ? [] : [documentsMissing()])];
  if (forbidden.length > 0 || !documents) return refused(planner, forbidden);
  const { kept = [], findings = [], ...decided } = draft;
  const peersJson = decided.peersJson ?? null;
  const excluded = decided.excluded ?? [];
  const removals = decided.removals ?? [];
  const lost = [...excluded, ...removals.filter(({ by }) => by === 'remove-peer')].map(({ id }) => id);
  const plan: Plan = {
    version: 1,
    cluster: cluster.name,
    verdict: verdict.name,
    membership: membershipOf(survey),
    survivors: [],
    standing: [],
    powerOn: [],
    letIn: [],
    keptOut: keptOutOf(planner),
    joining: [],
    launch: null,
    groups,
    ...decided,
    excluded,
    removals,
    countAsLost: planner.signs.servers
      .filter((server) => lost.includes(server.id) && isSilent(server))
      .map(({ id }) => id),
    peersJson,
    peersSha256: peersJson === null ? null : sha256(peersJson),
    documents,
  };
  const briefing = briefingOf(planner);
  return {
    kind: 'planned',
    planId: planIdOf(plan, sha256),
    plan,
    briefing: {
      ...briefing,
      servers: briefing.servers.map((server) => ({ ...server, role: roleOf(server, plan) })),
      loss: lossOf(plan, kept, planner.signs.leader.kind === 'leader'),
      findings: [
        ...findings,
        ...(decided.keptOut ? [] : openFences(planner)),
        ...findingsOf(plan, planner, kept),
        ...voidDeclarations(planner),
        ...groupFindings(groups, survey.fleet),
      ],
      steps: stepsOf(plan, cluster.policy),
    },
  };
}

/** Nobody has looked at its host, and no fence of this case stands: only a person can say that it counts as lost. */
function isSilent({ class: hostClass, facts, fenced }: ServerView): boolean {
  return hostClass === 'unreachable' && facts === null && !fenced;
}

export function refused(planner: Planner, findings: readonly Finding[]): Planning {
  return {
    kind: 'refused',
    briefing: { ...briefingOf(planner), findings: [...findings, ...voidDeclarations(planner)] },
  };
}

/** The cluster works; data of another timeline that lies about is worth a word, because starting it would end that. */
export function nothingToDo(planner: Planner): Planning {
  const next = 'do not start it: move its data aside, then let it join again empty, or keep it fenced';
  const findings = planner.signs.stranded.map((says) => warning('old-data', says, '', next));
  const briefing = briefingOf(planner);
  return { kind: 'nothing-to-do', briefing: { ...briefing, findings: [...findings, ...voidDeclarations(planner)] } };
}

/** A person said that a server is destroyed, and it is there: they would else wonder why nothing is planned by it. */
function voidDeclarations({ signs }: Planner): Finding[] {
  return signs.servers.flatMap(({ id, declarationVoid: word }) => {
    if (!word) return [];
    const says = `the declaration that ${id} is destroyed does not count: ${word.says}`;
    return [warning('declaration-void', says, '', word.nextStep)];
  });
}

type Shown = Briefing['servers'][number];

/** By instance where there is one: a server may be recovered under another id than its configuration has. */
function roleOf(
  { id, instanceId }: Shown,
  { survivors, standing, excluded, removals, joining, powerOn }: Plan,
): Shown['role'] {
  const isIn = (hosts: readonly { readonly id: string; readonly instanceId: string | null }[]): boolean =>
    hosts.some((host) => host.id === id || (instanceId !== null && host.instanceId === instanceId));
  if (isIn(survivors)) return 'survivor';
  if (removals.some((removal) => removal.id === id)) return 'removed';
  if (isIn(joining)) return 'joining';
  if (isIn(standing)) return 'standing';
  if (isIn(excluded)) return 'excluded';
  return isIn(powerOn) ? 'undecided' : 'left-out';
}

/** What forbids a plan without a leader: a server that nobody knows could win the election with an empty log (E3). */
export function strangerRefusals(planner: Planner): Finding[] {
  return strangersHere(planner).map(strangerRefusal);
}

/** Beside two timelines: who is of neither. Members of either are no strangers, and none of them is to be stopped. */
export function foreignRefusals({ survey }: Planner): Finding[] {
  const membership = kinMembers(survey);
  return membership === null ? [] : strangersOf({ ...survey, membership, own: survey.cutOff }).map(strangerRefusal);
}

function strangerRefusal({ says, evidence, nextStep }: Stranger): Finding {
  const why = 'then a new case: an empty server can win the election and erase every job';
  return refusal('stranger', says, evidence, `${nextStep}; ${why}`);
}

/** With a leader and a quorum, a newcomer is filled by the leader: worth saying, no danger. */
export function strangerWarnings(planner: Planner): Finding[] {
  const wait = 'if it is a replacement, it joins within a minute; else';
  return strangersHere(planner).map(({ says, evidence, nextStep }) =>
    warning('stranger', says, evidence, `${wait} ${nextStep}`),
  );
}

function strangersHere({ survey, signs }: Planner) {
  const membership = knownMembers(membershipOf(survey), signs.servers);
  const seen = strangersOf({ ...survey, membership, own: survey.cutOff });
  return [...seen, ...strangersOnHosts(survey, membership)];
}

/** Servers that work and can be looked at on their hosts. */
export function standingOf(servers: readonly ServerView[]): Plan['standing'] {
  return servers.flatMap((server) => {
    const { facts } = server;
    if (!facts || managerRefusals(server.id, facts).length > 0) return [];
    return [survivorOf({ ...server, facts })];
  });
}

function documentsMissing(): Finding {
  const says = 'the documents that would run on the hosts were not found';
  return refusal('documents-missing', says, '', 'deploy the stack again');
}

/** What is known before anything is chosen; the plan adds roles, loss, findings and steps. */
function briefingOf(planner: Planner): Briefing {
  const { survey, cluster, context, signs, verdict } = planner;
  const { now } = context;
  const { planGateMinutes } = ruleFor(cluster, verdict.name);
  return {
    at: now,
    expiresAt: new Date(Date.parse(now) + planGateMinutes * 60_000).toISOString(),
    verdict: { ...verdict, because: [...verdict.because] },
    servers: signs.servers.map(({ id, address, instance, class: hostClass, answers, position, because }) => ({
      id,
      address,
      instanceId: instance?.instanceId ?? null,
      class: hostClass,
      answers,
      role: 'undecided',
      position,
      because,
    })),
    loss: [],
    choices: [],
    findings: [],
    steps: [],
    skew: skewOf(survey),
    redundancy: redundancySeen(survey.network, cluster),
    checks: healthChecks(planner),
  };
}
