import * as z from 'zod';

/** Where answers come from: three doors for people, and the machine itself for what a policy or an abort answers. */
export const Door = z.enum(['cli', 'slack', 'page', 'machine']);
export type Door = z.infer<typeof Door>;

/** As a sentence goes on after a name. */
export const THROUGH = {
  cli: 'in the CLI',
  slack: 'in Slack',
  page: 'on the page',
  machine: 'without a person',
} as const satisfies Record<Door, string>;

/** `T0123ABCD/U0456EFGH`: team and user. User names change hands, ids do not (facts/aws). */
const SlackUser = z.string().regex(/^T[A-Z0-9]{1,20}\/[UW][A-Z0-9]{1,20}$/, 'team id / user id, as T0123/U0456');
const Principal = z
  .string()
  .regex(/^arn:[a-z-]+:(iam|sts)::\d{12}:\S{1,200}$/, 'the ARN of a user or of a role session');

/**
 * One human being, with every id by which a door knows them: so that one person with two doors is not counted as two, and
 * rules name people and not accounts.
 */
export const Person = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9._-]{0,47}$/, 'lower-case letters, digits, dots and dashes'),
  iam: z.array(Principal).default([]),
  slack: z.array(SlackUser).default([]),
  /** Addresses that the issuer of the page's sign-in has verified. */
  email: z.array(z.email()).default([]),
});
export type Person = z.infer<typeof Person>;

/** Nobody is two people: an id belongs to one. */
export const People = z
  .array(Person)
  .refine((people) => distinct(people.map(({ name }) => name)), 'names of people repeat')
  .refine((people) => distinct(people.flatMap(idsOf)), 'an id belongs to two people');

/** Who comes through a door: the id that the door proved, and the person it belongs to, where the configuration says so. */
export interface Caller {
  readonly door: Door;
  /** ARN of the IAM principal · `slack:T0123/U0456` · `mail:ann@example.com`. */
  readonly who: string;
  readonly person: string | null;
}

export function callerOf(people: readonly Person[], door: Door, who: string): Caller {
  const known = people.find((person) => idsOf(person).includes(asKept(who)));
  return { door, who, person: known?.name ?? null };
}

/** Whether two ids are one human being. `unknown`: two kinds of id, and nobody has said whose they are. */
export function samePerson(a: Omit<Caller, 'door'>, b: Omit<Caller, 'door'>): 'same' | 'different' | 'unknown' {
  if (asKept(a.who) === asKept(b.who)) return 'same';
  if (a.person !== null && b.person !== null) return a.person === b.person ? 'same' : 'different';
  return kindOf(a.who) === kindOf(b.who) ? 'different' : 'unknown';
}

/** Whether it is an id that a door has proved. */
export function isPerson(who: string): boolean {
  return kindOf(who) !== 'other';
}

function idsOf({ iam, slack, email }: Person): string[] {
  return [...iam, ...slack.map((id) => `slack:${id}`), ...email.map((address) => `mail:${address}`)].map(asKept);
}

/** Mail addresses are the same in any case; nothing else is. */
function asKept(who: string): string {
  return who.startsWith('mail:') ? who.toLowerCase() : who;
}

function kindOf(who: string): string {
  return /^(arn|slack|mail):/.exec(who)?.[1] ?? 'other';
}

function distinct(ids: readonly string[]): boolean {
  return new Set(ids).size === ids.length;
}
