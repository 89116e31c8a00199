import { canonicalJson, type Sha256 } from './canonical';
import type { Cluster } from './cluster';
import { lossOf, stepsOf, warningsOf } from './briefing';
import { peersJson } from './peers-json';
import type { Briefing, DocumentPins, Excluded, Fence, Finding, Plan, Planning, Survivor } from './plan';
import { stopRefusals, survivorRefusals, timelineRefusals } from './refusals';
import { membershipOf, serversOf, type ServerView } from './servers';
import { strangersOf } from './strangers';
import type { Survey } from './survey';
import { hostOf, hostPort } from './targets';
import { verdictOf } from './verdict';

export interface PlanContext {
  readonly sha256: Sha256;
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
  const servers = serversOf(survey, cluster);
  const briefing = (findings: Finding[], extra: Partial<Briefing> = {}): Briefing => ({
    at: context.now,
    expiresAt: minutesAfter(context.now, cluster.policy.planGateMinutes),
    verdict: { ...verdict, because: [...verdict.because] },
    servers: servers.map((server) => ({
      id: server.id,
      address: server.address,
      instanceId: server.instance?.instanceId ?? null,
      class: server.class,
      answers: server.answers,
      role: 'undecided',
      position: server.position,
      because: server.because,
    })),
    loss: [],
    findings,
    steps: [],
    skew: skewOf(survey),
    ...extra,
  });
  switch (verdict.name) {
    case 'healthy':
      return { kind: 'nothing-to-do', briefing: briefing([]) };
    case 'quorum-lost':
      return planRewrite(survey, cluster, context, servers, briefing);
    case 'quorum-restartable':
      return { kind: 'refused', briefing: briefing([startThese(servers)]) };
    default:
      return { kind: 'refused', briefing: briefing([notUnderstood(survey, servers)]) };
  }
}

type Brief = (findings: Finding[], extra?: Partial<Briefing>) => Briefing;

function planRewrite(
  survey: Survey,
  cluster: Cluster,
  context: PlanContext,
  servers: readonly ServerView[],
  briefing: Brief,
): Planning {
  const survivors = servers.filter((server) => server.class === 'restartable');
  const excluded = servers.filter((server) => server.class !== 'restartable');
  const fences = excluded.map((server) => ({ server, fence: fenceOf(server) }));
  const findings = [
    ...survivors.flatMap(survivorRefusals),
    ...timelineRefusals(survivors),
    ...fences.flatMap(({ server, fence }) => fenceRefusals(server, fence, context)),
    ...strangerRefusals(survey),
    ...(context.documents ? [] : [documentsMissing()]),
  ];
  const planned = excluded.flatMap((server) => excludedOf(server));
  if (findings.length > 0 || !context.documents) return { kind: 'refused', briefing: briefing(findings) };
  const chosen = survivors.flatMap(survivorOf);
  const peers = peersJson(chosen);
  const plan: Plan = {
    version: 1,
    cluster: cluster.name,
    verdict: 'quorum-lost',
    membership: membershipOf(survey),
    survivors: chosen,
    excluded: planned,
    countAsLost: planned.filter((server) => server.class === 'unreachable').map(({ id }) => id),
    peersJson: peers,
    peersSha256: context.sha256(peers),
    documents: context.documents,
  };
  const roles = new Map([
    ...survivors.map(({ id }) => [id, 'survivor'] as const),
    ...excluded.map(({ id }) => [id, 'excluded'] as const),
  ]);
  const base = briefing(warningsOf(plan, survivors, survey), { loss: lossOf(plan, survivors), steps: stepsOf(plan) });
  const full = {
    ...base,
    servers: base.servers.map((server) => ({ ...server, role: roles.get(server.id) ?? server.role })),
  };
  return { kind: 'planned', planId: planIdOf(plan, context.sha256), plan, briefing: full };
}

function survivorOf({ id, address, facts }: ServerView): Survivor[] {
  if (!facts) return [];
  const { kind, socket, unit } = facts.manager;
  const host = hostOf(address);
  return [
    {
      id,
      address: hostPort(host, facts.ports.rpc),
      instanceId: facts.hostId,
      dataDir: facts.dataDir.path,
      manager: { kind, socket, unit },
      gossip: hostPort(host, facts.ports.serf),
      http: facts.httpAddress,
    },
  ];
}

function fenceOf({ class: hostClass, facts, instance }: ServerView): Fence | null {
  if (hostClass === 'gone') return { kind: 'gone' };
  if (facts) {
    const { kind, socket, unit } = facts.manager;
    return {
      kind: 'hold',
      instanceId: facts.hostId,
      dataDir: facts.dataDir.path,
      manager: { kind, socket, unit },
      http: facts.httpAddress,
    };
  }
  if (!instance) return null;
  return {
    kind: 'quarantine-stop',
    instanceId: instance.instanceId,
    interfaceIds: instance.interfaces.map(({ id }) => id).sort(),
  };
}

function excludedOf(server: ServerView): Excluded[] {
  const fence = fenceOf(server);
  if (!fence) return [];
  return [
    {
      id: server.id,
      address: server.address,
      instanceId: server.instance?.instanceId ?? null,
      class: server.class,
      fence,
    },
  ];
}

/** Every excluded server is fenced or proved gone, not only a majority of them (design rule 1). */
function fenceRefusals(server: ServerView, fence: Fence | null, { quarantine }: PlanContext): Finding[] {
  if (server.answers) {
    return [
      danger(
        'answers-but-excluded',
        `${server.id} answers on the network, so it cannot be counted as lost`,
        server.because,
        'open its agent (Session Manager), or stop the instance, then a new case',
      ),
    ];
  }
  if (!fence) {
    return [
      danger(
        'cannot-be-fenced',
        `${server.id} can be neither proved gone nor fenced`,
        server.because,
        'find out what became of it; declare nothing as destroyed that may come back',
      ),
    ];
  }
  if (fence.kind === 'quarantine-stop' && server.instance) return stopRefusals(server.id, server.instance, quarantine);
  if (fence.kind === 'hold' && fence.manager.kind !== 'supervisor') {
    return [
      danger(
        'manager-unsupported',
        `${server.id} is managed by ${fence.manager.kind}, which this version does not operate`,
        fence.instanceId,
        'requorum plan --by-hand prints the whole plan for a person with a shell',
      ),
    ];
  }
  return [];
}

function strangerRefusals(survey: Survey): Finding[] {
  const { fleet, network, inventory, openedAt } = survey;
  return strangersOf({ fleet, network, inventory, membership: membershipOf(survey), openedAt }).map(
    ({ says, evidence }) =>
      danger(
        'stranger',
        says,
        evidence,
        'stop it, then open a new case: an empty server can win the election and erase every job',
      ),
  );
}

function startThese(servers: readonly ServerView[]): Finding {
  const stopped = servers.filter(({ instance }) => instance?.state === 'stopped');
  const instances = stopped.map(({ instance }) => instance?.instanceId).join(' ');
  const command = instances ? `aws ec2 start-instances --instance-ids ${instances}; ` : '';
  const all = servers.filter((server) => server.class === 'restartable').map(({ id }) => id);
  return {
    code: 'start-these',
    severity: 'warning',
    says: `start these: ${all.join(', ')}; they are a quorum, and nothing is lost by a restart`,
    evidence: 'peers.json would throw away what the others hold',
    nextStep: `${command}then start Dkron on ${all.join(', ')} and open a new case to verify`,
  };
}

function notUnderstood(survey: Survey, servers: readonly ServerView[]): Finding {
  const silent = servers.filter(({ answers }) => !answers).map(({ id }) => id);
  const hosts = survey.hosts.filter(({ outcome }) => outcome !== 'inspected').map(({ instanceId }) => instanceId);
  return {
    code: 'too-little-or-unclear',
    severity: 'warning',
    says: 'no chapter of this version applies to what is seen',
    evidence: `not answering: ${silent.join(', ') || 'none'}; not inspected: ${hosts.join(', ') || 'none'}`,
    nextStep:
      'open ports 6868 and 8080 to the prober and connect the agents, then a new case; docs/runbook.md, "Survey"',
  };
}

function documentsMissing(): Finding {
  return danger(
    'documents-missing',
    'the documents that would run on the hosts were not found',
    '',
    'deploy the stack again',
  );
}

const danger = (code: string, says: string, evidence: string, nextStep: string): Finding => ({
  code,
  severity: 'danger',
  says,
  evidence,
  nextStep,
});

/** Seconds to add to our clock to get the host's (design rule 10). */
function skewOf(survey: Survey): Record<string, number> {
  return Object.fromEntries(
    survey.hosts.flatMap((report) =>
      report.outcome === 'inspected'
        ? [[report.instanceId, Math.round((Date.parse(report.facts.clock) - Date.parse(report.receivedAt)) / 1000)]]
        : [],
    ),
  );
}

function minutesAfter(instant: string, minutes: number): string {
  return new Date(Date.parse(instant) + minutes * 60_000).toISOString();
}
