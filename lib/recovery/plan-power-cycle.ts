import { groupPlans, groupRefusals } from './auto-scaling';
import { planned, type Planner } from './draft';
import type { HostChoice } from './host-choice';
import type { Finding, Planning, PowerOn } from './plan';
import { destroyedByStop, stopFindings, stopRefusals, warning } from './refusals';
import type { ServerView } from './servers';
import type { Instance } from './survey';

/** A server whose host EC2 shows. */
type Hosted = ServerView & { readonly instance: Instance };

/** Beside the plan that counts them as lost: what else people may choose for each silent host (ADR 0020). */
export function withChoices(planner: Planner, planning: Planning): Planning {
  if (planning.kind !== 'planned' || planner.verdict.name !== 'quorum-lost' || !isPostponable(planner)) return planning;
  const silent = planner.signs.servers.filter(isHosted).filter(({ id }) => planning.plan.countAsLost.includes(id));
  const choices = silent.map((server): HostChoice => ({
    id: server.id,
    instanceId: server.instance.instanceId,
    notCycled: whyNotCycled(server, planner),
  }));
  return { ...planning, briefing: { ...planning.briefing, choices } };
}

/**
 * The plan that was chosen at the gate before: stop what is silent and start it again, cut off all the while. Null where nobody
 * chose it, or where it cannot be any more; then the plan is what it would be without.
 */
export function planPowerCycle(planner: Planner): Planning | null {
  const wanted = planner.context.powerCycle ?? [];
  if (planner.verdict.name !== 'quorum-lost' || !isPostponable(planner)) return null;
  const servers = planner.signs.servers
    .filter(isHosted)
    .filter((server) => wanted.includes(server.id) && isSilent(server) && whyNotCycled(server, planner) === null);
  if (servers.length === 0) return null;
  const findings = servers.flatMap(({ id, instance }) => stopFindings(id, instance));
  return planned(planner, { remedy: 'power-cycle', powerOn: servers.map(hostOf), findings }, []);
}

/** That it was tried is worth a word at the gate after it: it will not be offered again. */
export function triedFindings({ survey }: Planner, servers: readonly ServerView[]): Finding[] {
  return servers.flatMap(({ id, instance, facts }) => {
    const tried = survey.cycled.find(({ instanceId }) => instanceId === instance?.instanceId);
    if (!tried || facts !== null) return [];
    const next = `see why: aws ec2 get-console-output --latest --instance-id ${tried.instanceId}`;
    return [
      warning('power-cycled', `${id} was power-cycled and stays silent`, `${tried.instanceId}, ${tried.at}`, next),
    ];
  });
}

/** Why its host is not stopped and started again: it would not come back, not with its data, or not as a member. */
function whyNotCycled(server: Hosted, planner: Planner): string | null {
  const { id, instance } = server;
  const { survey, context } = planner;
  const tried = survey.cycled.find(({ instanceId }) => instanceId === instance.instanceId);
  if (tried) return `it was power-cycled in this case already, at ${tried.at.slice(11, 19)}Z`;
  if (instance.state !== 'running') return `${instance.instanceId} is ${instance.state}`;
  const [forbidden] = stopRefusals(id, instance, context.quarantine);
  if (forbidden) return forbidden.says;
  const [destroyed] = destroyedByStop(instance) === null ? [] : stopFindings(id, instance);
  return destroyed?.says ?? whyUnknown(server, planner) ?? whyGroupForbids(server, planner);
}

/** Without the inventory it is a stranger after its start; with a volume that is missing it is an empty server. */
function whyUnknown({ id, instance }: Hosted, { survey }: Planner): string | null {
  const known = survey.inventory?.servers.find((one) => one.id === id);
  if (known?.instanceId !== instance.instanceId)
    return `the inventory does not know ${instance.instanceId} as its host`;
  const missing = known.volumeIds.filter((volume) => !instance.volumes.some(({ volumeId }) => volumeId === volume));
  return missing.length === 0 ? null : `${missing.join(', ')} is not attached: it would come up empty`;
}

function whyGroupForbids(server: Hosted, { survey: { fleet } }: Planner): string | null {
  const acting = { remedy: 'power-cycle' as const, survivors: [], excluded: [], powerOn: [hostOf(server)] };
  const [forbidden] = groupRefusals(acting, groupPlans(acting, fleet), fleet);
  return forbidden?.says ?? null;
}

function isSilent({ class: hostClass, facts, answers, fenced }: ServerView): boolean {
  return hostClass === 'unreachable' && facts === null && !answers && !fenced;
}

/** Past a release, and after many rounds, people answer the plan as it is. */
function isPostponable({ context }: Planner): boolean {
  return context.isPostponable ?? true;
}

function isHosted(server: ServerView): server is Hosted {
  return server.instance !== null;
}

function hostOf({ id, instance }: Hosted): PowerOn {
  return { id, instanceId: instance.instanceId, interfaceIds: instance.interfaces.map((one) => one.id).sort() };
}
