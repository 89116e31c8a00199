import { failed, passed, unknown, type Checked } from './health-check';
import { differences } from './peers';
import { redundancySays, redundancySeen, shortOfStrength } from './redundancy';
import type { Sight, Sighted } from './sight';
import { leaderText } from './verdict';
import { list, named } from './words';

const OPEN_PORTS = 'open ports 6868 and 8080 to the prober, or start the servers; then requorum plan';

export function oneLeader({ planner, leader, servers, members }: Sight): Checked {
  const { signs, cluster } = planner;
  if (servers.every(({ lists }) => lists === null)) return unknown('no server answers', OPEN_PORTS);
  if (signs.leader.kind === 'none') return failed('nobody leads', `requorum recover --cluster ${cluster.name}`);
  if (signs.leader.kind === 'disagreement' || leader === null)
    return failed(leaderText(signs.leader), 'look again in a minute: claims of leadership settle; then requorum plan');
  const { id } = signs.leader;
  // Whoever answers and is no member follows nobody here: that is another check's word.
  const own = servers.filter((server) => members.some((member) => member.id === server.id));
  const asked = own.filter(({ lists }) => lists !== null && lists.length > 0);
  const doubting = asked.filter((server) => nameOf(server) !== id && server.report?.leader.outcome === 'answered');
  if (doubting.length > 0) {
    const next = 'look again in a minute; if it stays, its gossip never joined: restart Dkron there';
    return failed(`${named(doubting)} ${doubting.length === 1 ? 'does' : 'do'} not name ${id}, which leads`, next);
  }
  const mute = asked.filter(({ report }) => report?.leader.outcome !== 'answered');
  if (mute.length > 0)
    return unknown(`${named(mute)} did not say over HTTP who leads`, 'open port 8080 to the prober; then look again');
  return passed(`${id} leads`);
}

/** Who lists whom, as `dkron raft list-peers` would say on each server; an empty list is that of one that is being filled. */
export function sameConfiguration({ planner, servers, members, stranded }: Sight): Checked {
  const told = servers.flatMap(({ id, lists }) => (lists && lists.length > 0 ? [{ by: id, servers: lists }] : []));
  if (told.length === 0) return unknown('no server tells its configuration', OPEN_PORTS);
  const odd = differences(told);
  if (odd.length === 0) return passed(named(members));
  const next =
    stranded.size > 0
      ? 'as above: the lists belong to two timelines'
      : `look again in a minute, a change takes that long; if it stays: docs/runbook.md, "Stranded"`;
  return failed(odd.join('; '), `${next}; requorum peers --cluster ${planner.cluster.name}`);
}

export function everyServerAnswers({ planner, servers, members }: Sight): Checked {
  const own = servers.filter(({ id }) => members.some((member) => member.id === id));
  if (own.length === 0) return unknown('no configuration is known', OPEN_PORTS);
  const silent = own.filter(({ lists }) => lists === null);
  const recover = `requorum recover --cluster ${planner.cluster.name}: it starts what can be started`;
  if (silent.length > 0) return failed(`${named(silent)} ${silent.length === 1 ? 'does' : 'do'} not answer`, recover);
  const empty = own.filter(({ lists }) => lists?.length === 0);
  if (empty.length > 0) {
    const says = `${named(empty)} ${empty.length === 1 ? 'answers and has' : 'answer and have'} no configuration yet`;
    return failed(says, 'look again in a minute: the leader fills an empty server within seconds');
  }
  return passed(`${named(own)} (${own.length})`);
}

/** A cluster that was recovered alone works, and is one failure from the next outage. */
export function fullStrength(sight: Sight): Checked {
  const { survey, cluster } = sight.planner;
  const redundancy = redundancySeen(survey.network, cluster);
  if (redundancy === null)
    return unknown('nobody leads, so that no voters count', `requorum plan --cluster ${cluster.name}`);
  const short = shortOfStrength(redundancy);
  return short === null ? passed(redundancySays(redundancy)) : failed(`it has ${short}`, wayBack(sight));
}

function wayBack({ planner, stranded }: Sight): string {
  const { survey, cluster, signs } = planner;
  if (stranded.size > 0) return `first decide about ${list([...stranded.keys()])}, as above`;
  const missing = survey.exclusions.filter(({ replacedBy }) => replacedBy === undefined);
  const [fenced] = missing.filter(({ fence }) => fence.kind !== 'gone');
  const [gone] = missing;
  const command = (verb: string, server: string) =>
    `one server at a time: requorum ${verb} --cluster ${cluster.name} --server ${server}`;
  if (fenced) return command('readmit', fenced.serverId);
  if (gone) return command('replace', gone.serverId);
  if (signs.voters.some(({ answers }) => !answers)) return `requorum recover --cluster ${cluster.name}`;
  return 'add servers with an empty data-dir, one at a time; if it is to stay this small, lower `size` in requorum.yaml';
}

/** Without its address, `/v1/leader` names nobody (facts/dkron §11). */
function nameOf({ report }: Sighted): string | null {
  if (report?.leader.outcome !== 'answered') return null;
  return report.leader.leader?.rpcAddr ? report.leader.leader.id : null;
}
