import type { Planner } from './draft';
import type { Exclusion } from './exclusion';
import { isCutOff, unfenced } from './kept-out';
import type { Finding } from './plan';
import { leaderOutOfSight } from './plan-removal';
import { duplicateRefusals, refusal } from './refusals';
import { inspected, membershipOf } from './servers';
import { strangersOnHosts } from './strangers';
import type { Instance, RaftServer } from './survey';
import { addressesOf, hostOf } from './targets';

/** What forbids to add a server: no leader whose host can be asked, full strength, or old data that could come back (rule 1). */
export function wayBackRefusals(planner: Planner, id: string, keptOut: readonly Exclusion[]): Finding[] {
  const { signs, verdict, cluster } = planner;
  if (verdict.name !== 'healthy' && verdict.name !== 'down-with-quorum') {
    const next = 'recover the cluster first: requorum recover';
    return [refusal('no-quorum-to-join', `nobody joins: ${verdict.means}`, '', next)];
  }
  const full =
    signs.voters.length < cluster.size
      ? []
      : [
          refusal(
            'full-strength',
            `${cluster.name} has its ${cluster.size} servers; ${id} is not missing`,
            '',
            'take one out first: requorum retire',
          ),
        ];
  return [
    ...full,
    ...leaderOutOfSight(planner),
    ...keptOut.flatMap((exclusion) => unfenced(exclusion, planner)),
    ...unknownData(planner),
    ...unseenHosts(planner),
    ...duplicateRefusals(inspected(planner.survey)),
  ];
}

/** Raft data of a server that nobody knows, a removed one perhaps: it is as old as that of one that a case took out (E1). */
function unknownData({ survey }: Planner): Finding[] {
  const out = survey.exclusions.map((one): RaftServer => ({
    id: one.serverId,
    address: one.address,
    suffrage: 'voter',
  }));
  const next = 'stop Dkron there and move its data aside, or stop the host in the quarantine group; then a new case';
  return strangersOnHosts(survey, [...membershipOf(survey), ...out]).map(({ says, evidence }) =>
    refusal('unknown-old-data', says, evidence, next),
  );
}

/** A host of the selector that is nobody's known, could start, and was not looked at: it may have old data (rule 1). */
function unseenHosts(planner: Planner): Finding[] {
  const { survey } = planner;
  const members = membershipOf(survey);
  const known = new Set([
    ...survey.exclusions.flatMap(({ fence }) => (fence.kind === 'gone' ? [] : [fence.instanceId])),
    ...survey.hosts.flatMap((report) => (report.outcome === 'inspected' ? [report.instanceId] : [])),
    ...(survey.inventory?.servers ?? []).flatMap((one) =>
      members.some(({ id }) => id === one.id) ? [one.instanceId] : [],
    ),
    ...survey.cutOff,
    ...survey.launched,
  ]);
  const isMember = (instance: Instance): boolean =>
    members.some(({ address }) => addressesOf(instance).includes(hostOf(address)));
  const unseen = survey.fleet.instances.filter(
    (instance) =>
      instance.state !== 'terminated' &&
      instance.state !== 'shutting-down' &&
      !known.has(instance.instanceId) &&
      !isMember(instance) &&
      !isCutOff(instance, planner),
  );
  const next = 'connect its agent, or stop it in the quarantine group, or take it out of the selector; then a new case';
  return unseen.map(({ instanceId, state }) => {
    const says = `${instanceId} of the selector is no member, is not fenced, and was not looked at: it may have old data`;
    return refusal('host-not-looked-at', says, state, next);
  });
}
