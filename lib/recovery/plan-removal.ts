import { excludedOf, fenceRefusals, heldRefusal, isKept, survivorOf } from './choose';
import { planned, refused, standingOf, strangerWarnings, type Planner } from './draft';
import type { Excluded, Finding, Planning, Removal } from './plan';
import { leftOut, powerOn, restart } from './plan-restart';
import { managerRefusals, refusal, warning } from './refusals';
import { hasNoData, type ServerView } from './servers';
import { quorumOf } from './signs';

/** A leader leads and a minority is down: start what can be started; only what cannot come back is removed. */
export function planDownWithQuorum(planner: Planner): Planning {
  const { voters, answering, rebuilding, restartable } = planner.signs;
  const down = voters.filter((server) => !answering.includes(server) && !rebuilding.includes(server));
  const startable = restartable.filter((server) => down.includes(server));
  const inSight = startable.filter(({ facts }) => facts !== null);
  const waiting = [...rebuilding.map(catchingUp), ...strangerWarnings(planner)];
  const others = (done: readonly ServerView[]): Finding[] => leftOut(down.filter((server) => !done.includes(server)));
  if (inSight.length > 0) {
    return restart(planner, inSight, {
      standing: standingOf(answering),
      findings: [...waiting, ...others(inSight)],
      refusals: leaderOutOfSight(planner),
    });
  }
  if (startable.length > 0) {
    return powerOn(planner, startable, leaderOutOfSight(planner), { standing: standingOf(answering) });
  }
  if (down.length === 0) return refused(planner, waiting);
  return remove(planner, down, waiting);
}

function remove(planner: Planner, down: readonly ServerView[], findings: readonly Finding[]): Planning {
  const removals = down.map(removalOf);
  const refusals = [...down.flatMap(cannotBeRemoved), ...leaderOutOfSight(planner)];
  return removal(planner, removals, refusals, [...findings, ...thinAfter(planner, removals)]);
}

/** `requorum retire`: a server is taken out for good while the quorum works (the guide's `dkron leave`). */
export function planRetire(planner: Planner, id: string): Planning {
  const { signs, verdict } = planner;
  const server = signs.voters.find((one) => one.id === id);
  if (!server) return refused(planner, [unknownServer(planner, id)]);
  if (verdict.name !== 'healthy' && verdict.name !== 'down-with-quorum') {
    const next = 'recover the cluster first: requorum recover';
    return refused(planner, [refusal('no-quorum-to-retire-from', `${id} is not retired: ${verdict.means}`, '', next)]);
  }
  const others = signs.answering.filter((one) => one !== server);
  const refusals = [...breaksQuorum(planner, server, others), ...leaderOutOfSight(planner)];
  if (!server.answers) return retireSilent(planner, server, refusals);
  const { address, facts } = server;
  if (!facts || !isKept(server)) return refused(planner, [...refusals, notOperable(server)]);
  const leaves: Removal = { by: 'leave', id, address, host: survivorOf({ ...server, facts }) };
  return removal(planner, [leaves], [...refusals, ...managerRefusals(id, facts)], thinAfter(planner, [leaves]));
}

/** It cannot leave by itself. Where its host can be reached it is held first: started again, it would be a voter in a minute. */
function retireSilent(planner: Planner, server: ServerView, refusals: readonly Finding[]): Planning {
  const { facts } = server;
  const removals = [removalOf(server)];
  const thin = thinAfter(planner, removals);
  if (!facts) return removal(planner, removals, refusals, [...thin, ...mayComeBack(server)]);
  const forbidden = [...refusals, ...comesBack(server), ...fenceRefusals(server, planner.context.quarantine)];
  return removal(
    planner,
    removals,
    forbidden,
    thin,
    [excludedOf(server)].filter((one) => one !== null),
  );
}

function removalOf({ id, address, declared }: ServerView): Removal {
  return { by: 'remove-peer', id, address, declared };
}

function removal(
  planner: Planner,
  removals: Removal[],
  refusals: readonly Finding[],
  findings: readonly Finding[],
  excluded: Excluded[] = [],
): Planning {
  const leaving = new Set(removals.map(({ id }) => id));
  const stay = planner.signs.answering.filter(({ id }) => !leaving.has(id));
  return planned(planner, { remedy: 'remove', removals, excluded, standing: standingOf(stay), findings }, refusals);
}

/** Nobody can hold it now, and nothing but its own end keeps it from joining again (facts/dkron §7: re-added at the tick). */
function mayComeBack({ id, class: hostClass, instance }: ServerView): Finding[] {
  if (hostClass === 'gone') return [];
  const host = instance?.instanceId ?? 'its host';
  const says = `if ${host} comes back, ${id} joins again by itself`;
  return [warning('may-come-back', says, '', `stop ${host}, or retire ${id} while its agent is connected`)];
}

/** Removing needs a command on the leader's own host: the prober never writes (design rule 15). */
export function leaderOutOfSight({ signs }: Planner): Finding[] {
  const { leader } = signs;
  const server = leader.kind === 'leader' ? signs.voters.find(({ id }) => id === leader.id) : undefined;
  if (server?.facts) return managerRefusals(server.id, server.facts);
  const id = server?.id ?? 'the leader';
  const says = `${id} leads, and its host could not be inspected: nothing can be proved or changed there`;
  const next = `connect its agent, then a new case; by hand on its host: dkron raft list-peers`;
  return [refusal('leader-not-inspected', says, server?.inspectProblem ?? server?.because ?? '', next)];
}

/** Who answers or has data within reach is not removed: a start brings it back. */
function cannotBeRemoved(server: ServerView): Finding[] {
  const { id, facts, inspectProblem, heldByOther } = server;
  if (heldByOther) return [heldRefusal(server)];
  // Held by this very case, whose release did not reach it: a fence, as far as the leader is concerned.
  if (facts?.dataDir.raft === 'file') return [];
  if (facts && hasNoData(server)) {
    const next = `start Dkron on ${facts.hostId}: the leader fills it within seconds; or take it out: requorum retire --server ${id}`;
    const says = `${id} has an empty data-dir and does not run; with a leader there it may be started as it is`;
    return [refusal('empty-data-dir', says, facts.dataDir.path, next)];
  }
  if (facts) {
    const next = 'read the log on that host; or take it out: requorum retire';
    const says = `${id} has data that does not know the server itself, so it is not started`;
    return [refusal('log-unreadable', says, facts.logProblem ?? facts.dataDir.path, next)];
  }
  if (inspectProblem === null) return [];
  const next = 'mend what the code says (docs/errors.md), then a new case';
  return [refusal('inspect-failed', `${id} can be reached but not inspected`, inspectProblem, next)];
}

/** A server that is retired while it is down must not come back by itself afterwards. */
function comesBack({ id, facts }: ServerView): Finding[] {
  if (!facts || facts.pids.length === 0) return [];
  const next = 'start it (a new case does), then retire it while it answers';
  return [refusal('runs-and-does-not-answer', `Dkron runs on ${id} and does not answer`, `${facts.hostId}`, next)];
}

/** The removal itself needs a majority of the old configuration, without the one that leaves. */
function breaksQuorum({ signs }: Planner, { id }: ServerView, others: readonly ServerView[]): Finding[] {
  if (others.length >= quorumOf(signs.voters.length)) return [];
  const says = `without ${id} only ${others.length} of ${signs.voters.length} voters ${others.length === 1 ? 'answers' : 'answer'}: the quorum would be lost`;
  return [refusal('retire-breaks-quorum', says, '', 'add a server first, wait until it is a voter, then retire')];
}

function unknownServer({ signs }: Planner, id: string): Finding {
  const known = signs.voters.map((one) => one.id).join(', ') || 'none';
  return refusal('not-a-voter', `${id} is no voter of this cluster`, `voters: ${known}`, 'name one of the voters');
}

function notOperable({ id, because, inspectProblem }: ServerView): Finding {
  const next = `connect its agent, then a new case; by hand on its host: dkron leave, then stop Dkron there`;
  return refusal(
    'not-inspected',
    `${id} answers, and its host could not be inspected`,
    inspectProblem ?? because,
    next,
  );
}

/** Rebuilt under the same address: the leader fills it in seconds, and touching it would start that anew. */
function catchingUp({ id, because }: ServerView): Finding {
  const next = 'look again in a minute: requorum plan';
  return warning('catching-up', `${id} was rebuilt and is being filled by the leader: it is left alone`, because, next);
}

function thinAfter({ signs }: Planner, removals: readonly Removal[]): Finding[] {
  const left = signs.voters.length - removals.length;
  if (Math.floor((left - 1) / 2) > 0) return [];
  const says = `${left} ${left === 1 ? 'voter is' : 'voters are'} left: no failure is tolerated`;
  return [warning('no-redundancy', says, '', 'add a server with an empty data-dir next')];
}
