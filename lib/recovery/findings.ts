import { declaredText } from './declaration';
import type { Planner } from './draft';
import type { Finding, Plan } from './plan';
import { stopFindings, versionOf } from './refusals';
import { ownAddress, type ServerView } from './servers';
import { skewOf } from './skew';
import type { HostFacts, Instance, Survey } from './survey';
import { hostOf } from './targets';

/** A difference of clocks worth saying; commands are timed in the host's own clock, so it forbids nothing (rule 10). */
const SKEW_SECONDS = 30;

type Kept = ServerView & { readonly facts: HostFacts };

/** Findings that forbid nothing; danger asks for an override (design rule 9). */
export function findingsOf(plan: Plan, { survey, signs }: Planner, servers: readonly ServerView[]): Finding[] {
  const kept = servers.filter((server): server is Kept => server.facts !== null);
  const excluded = signs.servers.filter(({ id }) => plan.excluded.some((one) => one.id === id));
  const rewrites = plan.peersJson !== null;
  return [
    ...excluded.flatMap(unreadableLog),
    ...excluded.flatMap(staleCopy),
    ...excluded.flatMap((server) => stopped(server, plan)),
    ...kept.flatMap(joinTrap),
    ...kept.flatMap((server) => clockSkew(server, survey)),
    ...kept.flatMap((server) => addressChanged(server, survey)),
    ...kept.flatMap((server) => idDiffers(server, plan)),
    ...(rewrites ? kept.flatMap((server) => unknownVersion(server, survey)) : []),
    ...countedAsLost(plan, signs.servers),
    ...declaredGone(plan),
    ...(rewrites ? evenSet(plan) : []),
    ...(rewrites || plan.countAsLost.length > 0 ? noInventory(survey) : []),
  ];
}

/** A server that was replaced or moved: Raft still has its old address, which may be somebody else's now (facts/dkron §12). */
function addressChanged({ id, address, facts, instance }: Kept, { fleet }: Survey): Finding[] {
  const own = ownAddress(address, facts, instance);
  const told = hostOf(address);
  if (own === told) return [];
  const holder = holderOf(told, instance, fleet.instances);
  return [
    {
      code: 'address-changed',
      severity: 'warning',
      says: `Raft knows ${id} at ${told}, which is not an address of its host; it is at ${own} now`,
      evidence: holder ? `${told} belongs to ${holder} now` : `no instance of the cluster has ${told}`,
      nextStep: holder ? `see that no Dkron runs on ${holder}` : '',
    },
  ];
}

function holderOf(address: string, own: Instance | null, instances: readonly Instance[]): string | null {
  const found = instances.find(
    ({ instanceId, interfaces }) =>
      instanceId !== own?.instanceId && interfaces.some(({ addresses }) => addresses.includes(address)),
  );
  return found?.instanceId ?? null;
}

/** A wrong id is taken in, deleted, and never leads (facts/dkron §5). */
function idDiffers({ facts, address }: Kept, { survivors, membership }: Plan): Finding[] {
  const survivor = survivors.find(({ instanceId }) => instanceId === facts.hostId);
  if (!survivor || membership.some(({ id }) => id === survivor.id)) return [];
  const before = membership.find((member) => member.address === address)?.id ?? 'another name';
  return [
    {
      code: 'raft-id-differs',
      severity: 'warning',
      says: `Raft knows the server on ${facts.hostId} as "${before}", and it starts as "${survivor.id}": so it never leads`,
      evidence: `node name by ${facts.nodeName.evidence}`,
      nextStep: `if ${before} is the right name, decline and set node-name back instead`,
    },
  ];
}

/** Two tolerate no more than one, and both have to be there (the guide: an odd number of servers). */
function evenSet({ survivors }: Plan): Finding[] {
  if (survivors.length === 0 || survivors.length % 2 === 1) return [];
  return [
    {
      code: 'even-set',
      severity: 'info',
      says: `${survivors.length} servers tolerate no more failures than ${survivors.length - 1}`,
      evidence: survivors.map(({ id }) => id).join(', '),
      nextStep: 'add one server with an empty data-dir right after the recovery: an odd set',
    },
  ];
}

function stopped({ id, instance }: ServerView, { excluded }: Plan): Finding[] {
  const isStopped = excluded.some((one) => one.id === id && one.fence.kind === 'quarantine-stop');
  return isStopped && instance ? stopFindings(id, instance) : [];
}

function unreadableLog({ id, facts }: ServerView): Finding[] {
  if (!facts || facts.log) return [];
  return [
    {
      code: 'log-unreadable',
      severity: 'danger',
      says: `the log of ${id} cannot be read, and it may be the newest: what only it holds is lost`,
      evidence: facts.logProblem ?? facts.dataDir.path,
      nextStep: 'read the log on that host first; override only when its data may go',
    },
  ];
}

function staleCopy({ id, facts }: ServerView): Finding[] {
  if (!facts?.log || facts.log.configuration.some((member) => member.id === id)) return [];
  return [
    {
      code: 'stale-copy',
      severity: 'warning',
      says: `${id} is not in its own newest configuration: a stale copy, held and not kept`,
      evidence: `configuration at index ${facts.log.configurationIndex}`,
      nextStep: 'empty its data-dir after the recovery, then add it again',
    },
  ];
}

function unknownVersion({ id, facts, address }: Kept, { network }: Survey): Finding[] {
  const { raft } = network.reports.find((report) => report.address === hostOf(address)) ?? {};
  const isNewest = raft?.outcome === 'answered' && raft.service === 'types.v1.Dkron';
  if (versionOf(facts.version) !== null || isNewest) return [];
  return [
    {
      code: 'version-unknown',
      severity: 'info',
      says: `the version of Dkron on ${id} is not known; peers.json needs 3.1.2 or later`,
      evidence: facts.version ?? 'no answer',
      nextStep: '',
    },
  ];
}

function noInventory({ inventory }: Survey): Finding[] {
  if (inventory) return [];
  return [
    {
      code: 'no-inventory',
      severity: 'warning',
      says: 'there is no inventory of good times: no server can be proved gone',
      evidence: '',
      nextStep: 'the sentinel takes one once the cluster is healthy',
    },
  ];
}

/** A join list of dead addresses only: such a server never reads peers.json (facts/dkron §4). */
function joinTrap({ id, facts, address }: Kept): Finding[] {
  const own = hostOf(address);
  const { list } = facts.joins;
  if (list.length === 0 || list.some((join) => join === own || hostOf(join) === own)) return [];
  return [
    {
      code: 'join-list-of-dead-servers',
      severity: 'warning',
      says: `the join list of ${id} names other servers only; overcome by a temporary join override`,
      evidence: facts.joins.list.join(', '),
      nextStep: `add ${own} to retry-join on ${id} after the recovery`,
    },
  ];
}

function clockSkew({ id, facts }: Kept, survey: Survey): Finding[] {
  const seconds = skewOf(survey)[facts.hostId] ?? 0;
  if (Math.abs(seconds) < SKEW_SECONDS) return [];
  return [
    {
      code: 'clock-skew',
      severity: 'warning',
      says: `the clock of ${id} is ${seconds} s away from ours`,
      evidence: facts.clock,
      nextStep: 'set the clock after the recovery',
    },
  ];
}

/** A person's word in place of the proof that rule 14 asks for: whoever approves vouches for it with their own name. */
function declaredGone({ excluded, removals, keptOut, cluster }: Plan): Finding[] {
  const words = [
    ...[...excluded, ...keptOut.map((one) => ({ ...one, id: one.serverId }))].flatMap(({ id, fence }) =>
      fence.kind === 'gone' && fence.declared ? [{ id, declared: fence.declared }] : [],
    ),
    ...removals.flatMap((one) =>
      one.by === 'remove-peer' && one.declared ? [{ ...one, declared: one.declared }] : [],
    ),
  ];
  return words.map(({ id, declared }) => ({
    code: 'declared-gone',
    severity: 'danger' as const,
    says: `${id} is not proved gone: ${declaredText(declared)}`,
    evidence: declared.despite.length === 0 ? '' : `not proved: ${declared.despite.join(', ')}`,
    nextStep: `override only if you know it as well: an old server that comes back takes the cluster over in seconds; to take the word back: requorum inventory --cluster ${cluster} --not-gone ${id}`,
  }));
}

function countedAsLost(plan: Plan, servers: readonly ServerView[]): Finding[] {
  return plan.countAsLost.map((id) => ({
    code: 'counted-as-lost',
    severity: 'warning' as const,
    says: `${id} is silent, not proved dead; whoever approves counts it as lost`,
    evidence: servers.find((server) => server.id === id)?.because ?? '',
    nextStep: 'where it may come back, wait or power-cycle its host instead: a restart loses nothing',
  }));
}
