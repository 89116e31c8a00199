import { excludedOf, heldRefusal, isKept, survivorOf, type Kept } from './choose';
import { planned, refused, strangerRefusals, type Draft, type Planner } from './draft';
import type { Finding, Planning } from './plan';
import { planCorrection } from './plan-rewrite';
import { duplicateRefusals, isDkron4, refusal, stopRefusals, survivorRefusals, warning } from './refusals';
import { ownAddress, withData, type ServerView } from './servers';
import { hostOf } from './targets';

/** Back up and start servers on the log they have; nothing is rewritten and nobody is fenced (design rule 7). */
export function restart(planner: Planner, servers: readonly ServerView[], rest: Rest = {}): Planning {
  const kept = servers.filter(isKept);
  const { standing = [], findings = [], refusals = [] } = rest;
  return planned(
    planner,
    { remedy: 'restart', survivors: kept.map(survivorOf), standing, letIn: letIn(planner, kept), kept, findings },
    [
      ...refusals,
      ...servers.filter((server) => !isKept(server)).map(cannotStart),
      ...kept.flatMap((server) => survivorRefusals(server, server.facts)),
      ...duplicateRefusals(withData(planner.survey)),
    ],
  );
}

interface Rest {
  readonly standing?: ReturnType<typeof survivorOf>[];
  readonly findings?: readonly Finding[];
  readonly refusals?: readonly Finding[];
}

/** A cluster of one: its data-dir is the cluster. */
export function planSingleServer(planner: Planner): Planning {
  const { signs, cluster } = planner;
  const [server] = signs.voters;
  if (!server || signs.restartable.length === 0) {
    return refused(planner, [dataGone(signs.voters, cluster.name)]);
  }
  if (server.facts === null) return powerOn(planner, [server]);
  return restart(planner, [server], { refusals: strangerRefusals(planner) });
}

/** A quorum can be started again: those that run first, stopped hosts only as far as they are needed. */
export function planQuorumRestart(planner: Planner): Planning {
  const { restartable, quorum } = planner.signs;
  const inSight = restartable.filter(({ facts }) => facts !== null);
  if (inSight.length >= quorum) return restart(planner, inSight, { refusals: strangerRefusals(planner) });
  const stopped = restartable.filter(({ facts }) => facts === null);
  return powerOn(planner, stopped);
}

/** Enough servers run and none leads: a restart where that heals, peers.json only where Raft knows wrong names. */
export function planNoLeader(planner: Planner): Planning {
  const inSight = planner.signs.restartable.filter(({ facts }) => facts !== null);
  const kept = inSight.filter(isKept);
  const renamed = kept.filter(({ id, facts }) => facts.nodeName.value !== id);
  const moved = kept.filter(hasMoved);
  const healsByRestart = kept.every(({ facts }) => isDkron4(facts.version));
  if (renamed.length > 0 || (moved.length > 0 && !healsByRestart)) return planCorrection(planner);
  return restart(planner, inSight, { refusals: strangerRefusals(planner) });
}

/** Stopped hosts come up in the quarantine group and are looked at before they may reach anybody (design §2). */
export function powerOn(
  planner: Planner,
  servers: readonly Pick<ServerView, 'id' | 'instance'>[],
  refusals: readonly Finding[] = [],
  beside: Partial<Pick<Draft, 'standing' | 'keptOut'>> = {},
): Planning {
  const { quarantine } = planner.context;
  const hosts = servers.flatMap(({ id, instance }) =>
    instance
      ? [{ id, instanceId: instance.instanceId, interfaceIds: instance.interfaces.map((one) => one.id).sort() }]
      : [],
  );
  const cut = servers.flatMap(({ id, instance }) =>
    instance ? stopRefusals(id, instance, quarantine).filter(({ code }) => code === 'no-quarantine-group') : [],
  );
  return planned(planner, { remedy: 'power-on', powerOn: hosts, ...beside }, [...refusals, ...cut]);
}

/** Whether Raft's configuration has an address that its host does not own any more. */
export function hasMoved({ address, facts, instance }: Kept): boolean {
  return ownAddress(address, facts, instance) !== hostOf(address);
}

/** Hosts of this plan that this case started in quarantine; their way back is the first act of Release. */
function letIn({ survey }: Planner, kept: readonly Kept[]): string[] {
  return kept.map(({ facts }) => facts.hostId).filter((hostId) => survey.cutOff.includes(hostId));
}

function cannotStart(server: ServerView): Finding {
  const { id, facts, because } = server;
  if (server.heldByOther) return heldRefusal(server);
  const evidence = facts?.logProblem ?? because;
  const next = 'read the log on that host (disk, mount, permissions), then a new case; a backup may lie beside it';
  return refusal('log-unreadable', `the log of ${id} cannot be read, so it is not started`, evidence, next);
}

/** What is lost, and how to start anew: said, never done without a person. */
export function dataGone(servers: readonly ServerView[], cluster: string): Finding {
  const where = servers.map(({ id, because, facts }) => `${id}: ${facts ? `${facts.dataDir.path} is empty` : because}`);
  return refusal(
    'data-gone',
    `no Raft data is left of ${cluster}: every job, every execution and the cluster's history are lost with it`,
    where.join('; '),
    'first look for an unmounted volume, a snapshot of it, or <data-dir>/.requorum/<case>/backup; to start anew, start one server with an empty data-dir and bootstrap-expect 1, then import the jobs; docs/runbook.md, "All lost"',
  );
}

function nextForLeftOut(server: ServerView): string {
  if (server.class === 'gone') return 'it cannot come back: a new case after this one removes it';
  return excludedOf(server) === null
    ? 'find out what became of it, then a new case'
    : 'a new case when its host can be reached again';
}

/** Servers that stay as they are, with the reason; a finding each, because a person will ask. */
export function leftOut(servers: readonly ServerView[]): Finding[] {
  return servers.map((server) =>
    warning('left-out', `${server.id} stays as it is`, server.because, nextForLeftOut(server)),
  );
}
