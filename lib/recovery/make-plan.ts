import { canonicalJson, type Sha256 } from './canonical';
import type { Cluster } from './cluster';
import { lossOf, skewOf, stepsOf } from './briefing';
import { choose, excludedOf, fenceRefusals, survivorOf, unreadRefusal, type Chosen } from './choose';
import { findingsOf } from './findings';
import { peersJson } from './peers-json';
import type { Briefing, DocumentPins, Finding, Plan, Planning } from './plan';
import { duplicateRefusals, refusal, survivorRefusals, timelineRefusals } from './refusals';
import { membershipOf, withData, type ServerView } from './servers';
import { strangersOf, strangersOnHosts } from './strangers';
import type { Survey } from './survey';
import { startThese, whyUnclear } from './unclear';
import { signsOf, verdictOf } from './verdict';

export interface PlanContext {
  readonly sha256: Sha256;
  /** Null when the deployed documents were not found: then there is nothing that could be approved. */
  readonly documents: DocumentPins | null;
  /** Quarantine group by VPC. */
  readonly quarantine: Readonly<Record<string, string>>;
  readonly now: string;
}

/** First 16 characters of the hash over the canonical plan: what a person approves (design rule 9). */
export function planIdOf(plan: Plan, sha256: Sha256): string {
  return sha256(canonicalJson(plan)).slice(0, 16);
}

/** From what is seen to what may be done, or to every reason why nothing may. Pure: the same survey gives the same plan. */
export function makePlan(survey: Survey, cluster: Cluster, context: PlanContext): Planning {
  const verdict = verdictOf(survey, cluster);
  const signs = signsOf(survey, cluster);
  const refused = (findings: Finding[]): Planning => ({
    kind: 'refused',
    briefing: { ...briefingOf(survey, cluster, context, signs.servers), findings },
  });
  switch (verdict.name) {
    case 'healthy':
      return { kind: 'nothing-to-do', briefing: briefingOf(survey, cluster, context, signs.servers) };
    case 'quorum-lost':
      return planRewrite(survey, cluster, context, signs.servers);
    case 'quorum-restartable':
      return refused([startThese(signs), ...whyUnclear(signs, survey)]);
    case 'unknown':
    case 'stranded':
    case 'down-with-quorum':
    case 'no-leader':
    case 'single-server-down':
    case 'all-lost':
      return refused(whyUnclear(signs, survey));
  }
}

function planRewrite(survey: Survey, cluster: Cluster, context: PlanContext, servers: readonly ServerView[]): Planning {
  const chosen = choose(servers);
  const briefing = briefingOf(survey, cluster, context, servers);
  const refusals = refusalsOf(survey, chosen, context);
  const { documents, sha256 } = context;
  if (refusals.length > 0 || !documents) return { kind: 'refused', briefing: { ...briefing, findings: refusals } };
  const survivors = chosen.survivors.map(survivorOf);
  const excluded = chosen.excluded.flatMap((server) => excludedOf(server) ?? []);
  const peers = peersJson(survivors);
  const plan: Plan = {
    version: 1,
    cluster: cluster.name,
    verdict: 'quorum-lost',
    membership: membershipOf(survey),
    survivors,
    excluded,
    countAsLost: excluded.filter((server) => server.class === 'unreachable').map(({ id }) => id),
    peersJson: peers,
    peersSha256: sha256(peers),
    documents,
  };
  const kept = new Set(survivors.map(({ id }) => id));
  return {
    kind: 'planned',
    planId: planIdOf(plan, sha256),
    plan,
    briefing: {
      ...briefing,
      servers: briefing.servers.map((server) => ({ ...server, role: kept.has(server.id) ? 'survivor' : 'excluded' })),
      loss: lossOf(plan, chosen),
      findings: findingsOf(plan, chosen, survey),
      steps: stepsOf(plan, cluster.policy),
    },
  };
}

/** Everything that forbids the plan, not only the first: a person wants the whole list. */
function refusalsOf(survey: Survey, { survivors, excluded, unread }: Chosen, context: PlanContext): Finding[] {
  return [
    ...(survivors.length === 0 ? [noSurvivor(excluded)] : []),
    ...unread.map(unreadRefusal),
    ...survivors.flatMap((server) => survivorRefusals(server, server.facts)),
    ...timelineRefusals(survivors.map(({ id, facts }) => ({ id, log: facts.log }))),
    ...duplicateRefusals(withData(survey)),
    ...excluded.flatMap((server) => fenceRefusals(server, context.quarantine)),
    ...strangerRefusals(survey),
    ...(context.documents ? [] : [documentsMissing()]),
  ];
}

function noSurvivor(excluded: readonly ServerView[]): Finding {
  const evidence = excluded.map(({ id, facts, because }) => `${id}: ${facts?.logProblem ?? because}`).join('; ');
  const next = 'read the logs on the hosts; without a readable log there is nothing to recover from';
  return refusal(
    'no-survivor',
    'no server has a log that can be read and that knows the server itself',
    evidence,
    next,
  );
}

function strangerRefusals(survey: Survey): Finding[] {
  const membership = membershipOf(survey);
  const strangers = [...strangersOf({ ...survey, membership }), ...strangersOnHosts(survey, membership)];
  const next = 'stop it, then a new case: an empty server can win the election and erase every job';
  return strangers.map(({ says, evidence }) => refusal('stranger', says, evidence, next));
}

function documentsMissing(): Finding {
  const says = 'the documents that would run on the hosts were not found';
  return refusal('documents-missing', says, '', 'deploy the stack again');
}

/** What is known before anything is chosen; the plan adds roles, loss, findings and steps. */
function briefingOf(survey: Survey, cluster: Cluster, { now }: PlanContext, servers: readonly ServerView[]): Briefing {
  const verdict = verdictOf(survey, cluster);
  return {
    at: now,
    expiresAt: new Date(Date.parse(now) + cluster.policy.planGateMinutes * 60_000).toISOString(),
    verdict: { ...verdict, because: [...verdict.because] },
    servers: servers.map(({ id, address, instance, class: hostClass, answers, position, because }) => ({
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
    findings: [],
    steps: [],
    skew: skewOf(survey),
  };
}
