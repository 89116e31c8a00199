import { firstTrouble, healthSays, type HealthCheck } from '../recovery/health-check';
import type { Briefing } from '../recovery/plan';
import type { Health } from '../recovery/health';
import type { Ink } from './ink';
import { hang } from './layout';
import type { Paper } from './paper';
import { section } from './section';
import { legendOf, showServers } from './show-servers';

const MARKS: Readonly<Record<HealthCheck['state'], (ink: Ink) => string>> = {
  passed: (ink) => ink.green('✔'),
  failed: (ink) => ink.red('✘'),
  unknown: (ink) => ink.yellow('?'),
};

/** Every check of `verify`, passed or not: the sentence and its next step first, then each check, then each server. */
export const showChecks = ({ checks, servers }: Briefing, cluster: string, paper: Paper): string[] => {
  const { ink, width } = paper;
  const trouble = firstTrouble(checks);
  const loud = trouble === null ? ink.green : trouble.state === 'failed' ? ink.red : ink.yellow;
  const isSaid = ({ nextStep }: HealthCheck): boolean => nextStep === '' || nextStep === trouble?.nextStep;
  return [
    '',
    ...hang('', healthSays(cluster, checks), width, (line) => ink.bold(loud(line))),
    ...(trouble ? hang('  → ', trouble.nextStep, width) : []),
    '',
    ...checks.flatMap((check) => [
      ...hang(`  ${MARKS[check.state](ink)} `, check.says, width),
      ...hang('    ', check.evidence, width, ink.dim),
      ...(isSaid(check) ? [] : hang('    → ', check.nextStep, width)),
    ]),
    ...section('Servers', showServers(servers, null, paper), paper, legendOf(servers)),
    '',
  ];
};

/** What the sentinel saw at its last look; red until the cluster is at full strength. */
export const showHealth = (health: Health | null, { ink, width }: Paper): string[] => {
  if (health === null) return [];
  const loud = health.redundancy?.level === 'full' ? ink.green : ink.red;
  return hang('', `at ${health.at}: ${health.says}`, width, loud);
};
