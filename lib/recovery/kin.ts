import type { RaftServer, Survey } from './survey';

type Configuration = readonly RaftServer[];

/** Every configuration that a log or a server tells. */
function told({ hosts, network }: Survey): Configuration[] {
  return [
    ...hosts.flatMap((host) => (host.outcome === 'inspected' && host.facts.log ? [host.facts.log.configuration] : [])),
    ...network.reports.flatMap(({ raft }) => (raft.outcome === 'answered' ? [raft.servers] : [])),
  ];
}

/**
 * Which configurations are of this cluster: those that share a member with the inventory, and those that share one with them.
 * A fresh server's has nobody in common with either, however high its term is (E3); it is no timeline of this cluster. Where
 * no inventory tells, or nobody is kin to it, all count.
 */
export function kinOf(survey: Survey): (configuration: Configuration) => boolean {
  const ids = new Set(survey.inventory?.servers.map(({ id }) => id));
  const isKin = (configuration: Configuration): boolean => configuration.some(({ id }) => ids.has(id));
  const all = told(survey);
  let before = -1;
  while (before < ids.size) {
    before = ids.size;
    all.filter(isKin).forEach((configuration) => configuration.forEach(({ id }) => ids.add(id)));
  }
  return all.some(isKin) ? isKin : () => true;
}

/** Everybody of every timeline of this cluster, and of its inventory; null where no inventory tells who that is. */
export function kinMembers(survey: Survey): RaftServer[] | null {
  if (!survey.inventory) return null;
  const known = survey.inventory.servers.map(({ id, address }) => ({ id, address, suffrage: 'voter' as const }));
  return [...known, ...told(survey).filter(kinOf(survey)).flat()];
}
