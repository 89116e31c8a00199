import type { Briefing } from '../recovery/plan';
import type { Health } from '../recovery/health';
import type { Inventory } from '../recovery/survey';
import { verdictHeadline } from './headline';
import { hang, pad, widthOf } from './layout';
import type { Paper } from './paper';
import { section } from './section';
import { showFindings } from './show-findings';
import { legendOf, showServers } from './show-servers';

/** Every check of `verify`, passed or not: the verdict with its reasons, then each server, then what was found. */
export const showChecks = (briefing: Briefing, cluster: string, paper: Paper): string[] => {
  const { ink, width } = paper;
  const mark = (passed: boolean): string => (passed ? ink.green('✔') : ink.red('✘'));
  const healthy = briefing.verdict.name === 'healthy';
  const loud = healthy ? ink.green : ink.red;
  return [
    '',
    ...hang('', verdictHeadline(cluster, briefing), width, (line) => ink.bold(loud(line))),
    ...hang(`  ${mark(healthy)} `, `verdict ${briefing.verdict.name}: ${briefing.verdict.means}`, width),
    ...briefing.verdict.because.flatMap((line) => hang('    · ', line, width)),
    ...briefing.servers.flatMap(({ id, answers }) =>
      hang(`  ${mark(answers)} `, answers ? `${id} answers` : `${id} does not answer`, width),
    ),
    ...section('Servers', showServers(briefing.servers, null, paper), paper, legendOf(briefing.servers)),
    ...section('Findings', showFindings(briefing.findings, paper), paper),
    '',
  ];
};

/** What the sentinel saw at its last look; red until the cluster is at full strength. */
export const showHealth = (health: Health | null, { ink, width }: Paper): string[] => {
  if (health === null) return [];
  const loud = health.redundancy?.level === 'full' ? ink.green : ink.red;
  return hang('', `at ${health.at}: ${health.says}`, width, loud);
};

/** What was known in good times, as a table. */
export const showInventory = (inventory: Inventory, { ink, width }: Paper): string[] => {
  const rows = inventory.servers.map(({ id, address, instanceId, volumeIds }) => [
    id,
    address,
    instanceId,
    volumeIds.join(' '),
  ]);
  const columns = [0, 1, 2].map((at) => Math.max(0, ...rows.map((row) => widthOf(row[at] ?? ''))));
  return [
    ink.bold(`${inventory.cluster}: ${inventory.servers.length} servers, as seen healthy at ${inventory.at}`),
    ...rows.flatMap((row) => {
      const left = columns.map((column, at) => pad(row[at] ?? '', column)).join('  ');
      return hang(`  ${left}  `, row[3] === '' ? '-' : (row[3] ?? ''), width);
    }),
  ];
};
