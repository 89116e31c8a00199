import type { Replacement } from './cluster';
import { planned, refused, standingOf, type Planner } from './draft';
import { joinLaunched } from './plan-join';
import type { Finding, Launch, Planning } from './plan';
import { refusal, warning } from './refusals';
import { wayBackRefusals } from './way-back';

/**
 * `requorum replace`: a new host in the stead of a server that is out. Two plans, each with a gate of its own: it is launched
 * where it reaches nobody, looked at, and only then let in to join with an empty data-dir (design §2, rule 2).
 */
export function planReplace(planner: Planner, id: string): Planning {
  const refusals = [...whoIsReplaced(planner, id), ...wayBackRefusals(planner, id, planner.survey.exclusions)];
  return planner.survey.launched.length > 0 ? joinLaunched(planner, id, refusals) : launch(planner, id, refusals);
}

function launch(planner: Planner, id: string, refusals: readonly Finding[]): Planning {
  const { cluster, survey, signs } = planner;
  const { replacement } = cluster;
  if (!replacement) return refused(planner, [...refusals, notConfigured(cluster.name, id)]);
  const made = launchOf(planner, id, replacement);
  const draft = {
    remedy: 'launch' as const,
    standing: standingOf(signs.answering),
    keptOut: survey.exclusions,
    launch: made,
    findings: [...notOnRecord(planner, id), ...movingVersion(made)],
  };
  return planned(planner, draft, [...refusals, ...noQuarantine(planner)]);
}

function launchOf(planner: Planner, replaces: string, replacement: Replacement): Launch {
  const { launchTemplate: template, version, autoScalingGroup: group = null } = replacement;
  return { replaces, template, version, subnetId: subnetFor(planner, replaces), group };
}

/** Of the configured subnets: that of the replaced server, while its instance is there; else the one with the fewest of those that run. */
function subnetFor({ survey, cluster }: Planner, id: string): string | null {
  const fence = survey.exclusions.find(({ serverId }) => serverId === id)?.fence;
  const instanceId = fence && fence.kind !== 'gone' ? fence.instanceId : null;
  const subnetsOf = (ofOne: boolean): string[] =>
    survey.fleet.instances
      .filter((one) => (ofOne ? one.instanceId === instanceId : one.state === 'running'))
      .flatMap(({ interfaces }) => interfaces.flatMap(({ subnetId }) => subnetId ?? []));
  const [own] = subnetsOf(true).filter((subnet) => cluster.vpc?.subnetIds.includes(subnet));
  if (own !== undefined) return own;
  const taken = subnetsOf(false);
  const crowd = (subnet: string): number => taken.filter((one) => one === subnet).length;
  const [emptiest = null] = [...(cluster.vpc?.subnetIds ?? [])].sort((a, b) => crowd(a) - crowd(b));
  return emptiest;
}

/** A server that is out, and stays out: with the next step for each that is not. */
function whoIsReplaced({ survey, signs }: Planner, id: string): Finding[] {
  const { exclusions } = survey;
  const out = exclusions.filter(({ replacedBy }) => replacedBy === undefined).map(({ serverId }) => serverId);
  const known = `out: ${out.join(', ') || 'nobody'}`;
  if (signs.servers.some((server) => server.id === id)) {
    const next = 'take it out first: requorum recover where it is down, requorum retire where it answers';
    return [refusal('still-a-member', `${id} is still in Raft's configuration`, known, next)];
  }
  const exclusion = exclusions.find(({ serverId }) => serverId === id);
  if (exclusion?.replacedBy !== undefined) {
    const says = `${id} was replaced already, by ${exclusion.replacedBy}`;
    return [refusal('replaced-already', says, known, 'name a server that is out and was not replaced')];
  }
  return [];
}

/** Who was removed by id left no record; a cluster that is short of a server may have another one all the same. */
function notOnRecord({ survey }: Planner, id: string): Finding[] {
  const known = [
    ...survey.exclusions.map(({ serverId }) => serverId),
    ...(survey.inventory?.servers ?? []).map((one) => one.id),
  ];
  if (known.includes(id)) return [];
  const says = `no record says that ${id} is out: the new host stands in for a server that was removed by id, or for none`;
  return [warning('no-record-of-it', says, `known: ${known.join(', ') || 'nobody'}`, 'decline if the name is wrong')];
}

function notConfigured(cluster: string, id: string): Finding {
  const says = `nothing says where a new host of ${cluster} comes from`;
  const next = `add \`replacement\` (a launch template) to the cluster in requorum.yaml and deploy again; or, where its host still works: requorum readmit --server ${id}`;
  return refusal('no-replacement-configured', says, '', next);
}

/** Without it the new host would come up in the midst of the others, with whatever its image makes of an empty disk (E3). */
function noQuarantine({ cluster, context }: Planner): Finding[] {
  if (context.quarantine[cluster.vpc?.vpcId ?? ''] !== undefined) return [];
  const says = `there is no quarantine group in ${cluster.vpc?.vpcId ?? 'the network of the cluster'}`;
  return [refusal('no-quarantine-group', says, '', 'add `vpc` to the cluster in requorum.yaml and deploy again')];
}

function movingVersion(launch: Launch): Finding[] {
  if (/^\d+$/.test(launch.version)) return [];
  const says = `${launch.version} of ${launch.template} may be another version by the time it is launched`;
  const next = 'pin a number: `replacement.version` in requorum.yaml';
  return [{ ...warning('template-version-moves', says, '', next), severity: 'info' }];
}
