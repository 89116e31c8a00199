import * as z from 'zod';

/**
 * One question that a healthy cluster answers with yes (design rule 12: a leader is not recovery). `says` is what has to be
 * so; `evidence` is what was seen, a whole sentence where it is not so; `unknown` is not seen, and never a pass.
 */
export const HealthCheck = z.object({
  id: z.string().regex(/^[a-z-]+$/),
  says: z.string(),
  state: z.enum(['passed', 'failed', 'unknown']),
  evidence: z.string(),
  nextStep: z.string(),
});
export type HealthCheck = z.infer<typeof HealthCheck>;

/** What a check came to. */
export type Checked = Pick<HealthCheck, 'state' | 'evidence' | 'nextStep'>;

export const passed = (evidence: string): Checked => ({ state: 'passed', evidence, nextStep: '' });
export const failed = (evidence: string, nextStep: string): Checked => ({ state: 'failed', evidence, nextStep });
export const unknown = (evidence: string, nextStep: string): Checked => ({ state: 'unknown', evidence, nextStep });

/** Nothing is well that was not asked. */
export function isHealthy(checks: readonly HealthCheck[]): boolean {
  return checks.length > 0 && checks.every(({ state }) => state === 'passed');
}

/** The check that a person has to hear of first: what is wrong before what could not be seen; null where all is well. */
export function firstTrouble(checks: readonly HealthCheck[]): HealthCheck | null {
  return checks.find(({ state }) => state === 'failed') ?? checks.find(({ state }) => state === 'unknown') ?? null;
}

/** All checks in one sentence. */
export function healthSays(cluster: string, checks: readonly HealthCheck[]): string {
  const trouble = firstTrouble(checks);
  if (trouble?.state === 'failed') return `${cluster} is not healthy: ${trouble.evidence}.`;
  if (trouble) return `${cluster} cannot be called healthy: ${trouble.evidence}.`;
  return isHealthy(checks) ? `${cluster} is healthy: every check passed.` : `${cluster} was not looked at.`;
}
