import type { Planner } from './draft';
import type { Exclusion } from './exclusion';
import type { Finding } from './plan';
import { leaderOutOfSight } from './plan-removal';
import { refusal } from './refusals';

/** What forbids to add a server: no leader whose host can be asked, full strength, or old data that could come back (rule 1). */
export function wayBackRefusals(planner: Planner, id: string): Finding[] {
  const { signs, verdict, cluster, survey } = planner;
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
    ...survey.exclusions.flatMap((exclusion) => unfenced(exclusion, planner)),
  ];
}

/** An empty server votes for anyone: together with one old server it deposes the leader (E1). */
function unfenced(exclusion: Exclusion, planner: Planner): Finding[] {
  const evidence = doubt(exclusion, planner);
  if (evidence === null) return [];
  const says = `the fence of ${exclusion.serverId} does not stand: it has old data and could come back`;
  return [
    refusal('old-data-not-fenced', says, evidence, 'fence it again (stop its host, in quarantine), then a new case'),
  ];
}

function doubt({ fence, caseId, address }: Exclusion, { survey, context }: Planner): string | null {
  const { instances } = survey.fleet;
  const isLiving = ({ state }: { readonly state: string }) => state !== 'terminated' && state !== 'shutting-down';
  const answers = survey.network.reports.some(
    (report) => address.startsWith(`${report.address}:`) && report.raft.outcome === 'answered',
  );
  if (answers) return `${address} answers`;
  if (fence.kind === 'gone') return null;
  const instance = instances.find((one) => one.instanceId === fence.instanceId && isLiving(one));
  if (!instance) return null;
  const quarantine = context.quarantine[instance.vpcId ?? ''];
  const isCut = instance.interfaces.every(({ groups }) => groups.length === 1 && groups[0] === quarantine);
  if (instance.state === 'stopped')
    return isCut || fence.kind === 'hold' ? null : `${fence.instanceId} left quarantine`;
  if (fence.kind === 'quarantine-stop') return `${fence.instanceId} is ${instance.state}`;
  const host = survey.hosts.find((report) => report.instanceId === fence.instanceId);
  const isHeld =
    host?.outcome === 'inspected' && host.facts.dataDir.raft === 'file' && host.facts.dataDir.heldBy === caseId;
  return isHeld ? null : `the hold of case ${caseId} is not seen on ${fence.instanceId}`;
}
