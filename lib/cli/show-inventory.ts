import type { Declaration } from '../recovery/declaration';
import type { Exclusion } from '../recovery/exclusion';
import type { Inventory } from '../recovery/survey';
import { flow, hang, pad, widthOf } from './layout';
import type { Paper } from './paper';
import { section } from './section';

type Server = Inventory['servers'][number];

export interface Known {
  readonly cluster: string;
  readonly inventory: Inventory | null;
  readonly exclusions: readonly Exclusion[];
  readonly declarations: readonly Declaration[];
}
export interface Sheet extends Paper {
  readonly now: Date;
}

/** Minutes after which an inventory is old: the sentinel takes one every minute while all is well. */
const OLD_MINUTES = 5;

const FENCES: Readonly<Record<Exclusion['fence']['kind'], string>> = {
  gone: 'gone',
  'quarantine-stop': 'stopped in quarantine',
  hold: 'held on its host',
};

/** All that is remembered of a cluster: servers of good times, who is kept out and by what, who was declared destroyed. */
export const showInventory = (known: Known, sheet: Sheet): string[] => {
  const { cluster, inventory, exclusions, declarations } = known;
  return [
    ...headline(known, sheet),
    ...section('Servers', rows(inventory?.servers ?? [], declarations, sheet), sheet),
    ...section(
      'Declared destroyed',
      declarations.flatMap((one) => declaredLines(one, cluster, sheet)),
      sheet,
    ),
    ...section(
      'Kept out',
      exclusions.flatMap((one) => exclusionLines(one, cluster, sheet)),
      sheet,
    ),
  ];
};

const headline = ({ cluster, inventory }: Known, { ink, width, now }: Sheet): string[] => {
  if (inventory === null) {
    return hang('', `${cluster} was not seen healthy yet: nothing can be proved gone.`, width, ink.yellow);
  }
  const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(inventory.at)) / 60_000));
  const many = inventory.servers.length === 1 ? '1 server' : `${inventory.servers.length} servers`;
  const says = `${cluster}: ${many}, as seen healthy ${ageOf(minutes)} ago.`;
  const loud = minutes > OLD_MINUTES ? ink.yellow : ink.green;
  return [...hang('', says, width, (line) => ink.bold(loud(line))), ink.dim(`taken ${inventory.at}`)];
};

const rows = (servers: readonly Server[], declarations: readonly Declaration[], { ink, width }: Sheet): string[] => {
  const columns = [0, 1].map((at) =>
    Math.max(0, ...servers.map(({ id, address }) => widthOf([id, address][at] ?? ''))),
  );
  return servers.flatMap((server) => {
    const isDeclared = declarations.some(({ serverId }) => serverId === server.id);
    const mark = isDeclared ? `  ${ink.red('✘ declared destroyed')}` : '';
    const head = `  ${pad(ink.bold(server.id), columns[0] ?? 0)}  ${pad(server.address, columns[1] ?? 0)}`;
    const parts = [
      ...server.volumeIds,
      ...server.interfaceIds,
      `launched ${server.launchedAt.slice(0, 16)}Z`,
      ...(server.autoScalingGroup === null ? [] : [`Auto Scaling group ${server.autoScalingGroup}`]),
    ];
    return [`${head}  ${server.instanceId}${mark}`, ...flow(parts, width - 4).map((line) => `    ${ink.dim(line)}`)];
  });
};

const declaredLines = (
  { serverId, who, at, because }: Declaration,
  cluster: string,
  { ink, width }: Sheet,
): string[] => [
  ...hang(`  ${ink.red('✘')} `, `${serverId}: by ${who} at ${at}: ${because}`, width, ink.red),
  ...next('if it is there after all', `inventory --cluster ${cluster} --not-gone ${serverId}`),
];

const exclusionLines = (
  { serverId, address, fence, caseId, since, replacedBy }: Exclusion,
  cluster: string,
  { ink, width }: Sheet,
): string[] => {
  const on = fence.kind === 'gone' ? '' : `, ${fence.instanceId}`;
  const how = fence.kind === 'gone' && fence.declared ? 'gone by word of a person' : FENCES[fence.kind];
  const says = `${serverId} (${address}) is ${how}${on}; since ${since} by case ${caseId}`;
  return [
    ...hang(`  ${ink.yellow('!')} `, says, width),
    ...(replacedBy === undefined ? wayBack(fence, serverId, cluster) : [`    replaced by ${replacedBy}`]),
  ];
};

const wayBack = ({ kind }: Exclusion['fence'], serverId: string, cluster: string): string[] =>
  kind === 'gone'
    ? next('a new host in its stead', `replace --cluster ${cluster} --server ${serverId}`)
    : next('do not start it; the way back', `readmit --cluster ${cluster} --server ${serverId}`);

/** A command stands on a line of its own, so that it can be copied. */
const next = (what: string, command: string): string[] => [`    → ${what}:`, `      requorum ${command}`];

/** `12 min`, `2 h 5 min`, `3 days`. */
const ageOf = (minutes: number): string => {
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
};
