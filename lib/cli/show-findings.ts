import type { Finding } from '../recovery/plan';
import { GLYPHS, bySeverity } from './ink';
import { hang } from './layout';
import type { Paper } from './paper';

const SEVERITIES: readonly Finding['severity'][] = ['danger', 'warning', 'info'];

/** Worst first; each with what was seen and what to do about it, which is said once where it is the same. */
export const showFindings = (findings: readonly Finding[], { ink, width }: Paper): string[] => {
  const sorted = SEVERITIES.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  const isSaidBelow = (nextStep: string, at: number): boolean => nextStep === sorted[at + 1]?.nextStep;
  return sorted.flatMap(({ severity, says, evidence, nextStep }, at) => [
    ...hang(`  ${bySeverity(ink, severity)(GLYPHS[severity])} `, says, width, severity === 'info' ? ink.dim : ink.bold),
    ...hang('    ', evidence, width, ink.dim),
    ...(nextStep === '' || isSaidBelow(nextStep, at) ? [] : hang('    → ', nextStep, width)),
  ]);
};
