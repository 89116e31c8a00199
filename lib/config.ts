import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { Oidc } from './page/oidc';
import { Cluster } from './recovery/cluster';
import { People } from './recovery/people';
import { ruleProblems } from './rule-problems';
import { SlackSettings } from './slack/settings';

/** The configuration file, requorum.yaml. */
export const Config = z
  .strictObject({
    clusters: z
      .array(Cluster)
      .min(1)
      .refine((clusters) => new Set(clusters.map(({ name }) => name)).size === clusters.length, 'cluster names repeat'),
    /** Who is who at each door; rules name people. */
    people: People.default([]),
    /** A door in Slack; without it nothing of it is deployed. */
    slack: SlackSettings.optional(),
    /** How people sign in on the page, besides links that `requorum open` prints. */
    page: z.strictObject({ oidc: Oidc.optional() }).prefault({}),
    notify: z.strictObject({ email: z.array(z.email()).default([]) }).prefault({}),
  })
  .superRefine(({ clusters, people }, context) => {
    for (const { path, message } of ruleProblems(clusters, people)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  });
export type Config = z.infer<typeof Config>;

const EXAMPLE = 'copy requorum.example.yaml to requorum.yaml and change it, or name another file: cdk -c config=FILE';

/** Fails the synthesis with the field, the wrong value and what was expected there. */
export function loadConfig(path: string): Config {
  if (!existsSync(path)) throw new Error(`no configuration at ${path}; ${EXAMPLE}`);
  return parseConfig(parse(readFileSync(path, 'utf8')), path);
}

export function parseConfig(content: unknown, from: string): Config {
  const read = Config.safeParse(content);
  if (read.success) return read.data;
  const lines = read.error.issues.map(({ path, message }) => {
    const value = path.reduce<unknown>(
      (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
      content,
    );
    return `${path.join('.') || 'the file'}: ${message} (is ${JSON.stringify(value) ?? 'missing'})`;
  });
  throw new Error(`${from} is not valid:\n  ${lines.join('\n  ')}`);
}
