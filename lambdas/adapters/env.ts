import * as z from 'zod';
import { Cluster } from '../../lib/recovery/cluster';
import { People } from '../../lib/recovery/people';
import { Oidc } from '../../lib/page/oidc';
import { RequorumError } from '../../lib/recovery/errors';
import { SlackSettings } from '../../lib/slack/settings';

/** Text that holds JSON, as the stack writes structured settings into one variable. */
const json = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

const name = z.string().min(1);
const DocumentNames = z.object({
  inspect: name,
  hold: name,
  release: name,
  verify: name,
  undo: name,
  'remove-peer': name,
  leave: name,
});
export type DocumentNames = z.infer<typeof DocumentNames>;

/** Every variable a function may be given: what it is called outside, and its form. */
const VARIABLES = {
  clusters: ['REQUORUM_CLUSTERS', json(z.array(Cluster))],
  people: ['REQUORUM_PEOPLE', json(People)],
  oidc: ['REQUORUM_OIDC', json(Oidc.nullable())],
  table: ['REQUORUM_TABLE', name],
  bucket: ['REQUORUM_BUCKET', name],
  topic: ['REQUORUM_TOPIC', name],
  machine: ['REQUORUM_MACHINE', name],
  probe: ['REQUORUM_PROBE', name],
  sentinel: ['REQUORUM_SENTINEL', name],
  documents: ['REQUORUM_DOCUMENTS', json(DocumentNames)],
  quarantine: ['REQUORUM_QUARANTINE', json(z.record(z.string(), name))],
  slack: ['REQUORUM_SLACK', json(SlackSettings)],
  /** Where the page is, where there is one. */
  page: ['REQUORUM_PAGE', name.nullable().default(null)],
  /** The function's own name, as Lambda gives it. */
  itself: ['AWS_LAMBDA_FUNCTION_NAME', name],
} as const;

type Variables = typeof VARIABLES;
type Slice<K extends keyof Variables> = { readonly [N in K]: z.output<Variables[N][1]> };

const read = (key: keyof Variables): unknown => {
  const [variable, schema] = VARIABLES[key];
  const parsed = schema.safeParse(process.env[variable]);
  if (parsed.success) return parsed.data;
  throw new RequorumError('Unexpected', `environment variable ${variable}: ${z.prettifyError(parsed.error)}`);
};

/** A function's own settings, read when first asked for and not at import: tests set what they need, when they need it. */
const slice =
  <const K extends keyof Variables>(...keys: readonly K[]) =>
  (): Slice<K> =>
    Object.fromEntries(keys.map((key) => [key, read(key)])) as Slice<K>;

/** One slice per power: what is not listed here, a function does not know. */
export const env = {
  inspect: slice('clusters', 'documents'),
  fence: slice('clusters', 'table', 'bucket', 'quarantine'),
  clerk: slice('clusters', 'table', 'bucket', 'topic', 'documents', 'quarantine', 'page'),
  operate: slice('clusters', 'table', 'bucket'),
  door: slice('clusters', 'people', 'table', 'bucket', 'machine', 'sentinel', 'topic', 'page'),
  sentinel: slice('clusters', 'table', 'bucket', 'machine', 'probe'),
  slack: slice('clusters', 'people', 'table', 'bucket', 'machine', 'slack', 'page', 'itself'),
  page: slice('clusters', 'people', 'oidc', 'table', 'bucket'),
} as const;
