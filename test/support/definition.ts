import * as z from 'zod';
import type { Template } from 'aws-cdk-lib/assertions';

const Catch = z.object({ ErrorEquals: z.array(z.string()), Next: z.string(), Output: z.string().optional() });
const Retry = z.looseObject({ ErrorEquals: z.array(z.string()), MaxAttempts: z.number() });
interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}
export interface State {
  readonly Type: string;
  readonly Next?: string | undefined;
  readonly End?: boolean | undefined;
  readonly Default?: string | undefined;
  readonly TimeoutSeconds?: unknown;
  readonly Arguments?: unknown;
  readonly Output?: unknown;
  readonly QueryLanguage?: string | undefined;
  readonly Choices?: readonly { readonly Next: string; readonly Condition: string }[] | undefined;
  readonly Catch?: readonly z.infer<typeof Catch>[] | undefined;
  readonly Retry?: readonly z.infer<typeof Retry>[] | undefined;
  readonly Branches?: readonly Machine[] | undefined;
}
const State: z.ZodType<State> = z.lazy(() =>
  z.looseObject({
    Type: z.string(),
    Next: z.string().optional(),
    End: z.boolean().optional(),
    Default: z.string().optional(),
    TimeoutSeconds: z.unknown().optional(),
    Arguments: z.unknown().optional(),
    Output: z.unknown().optional(),
    QueryLanguage: z.string().optional(),
    Choices: z.array(z.looseObject({ Next: z.string(), Condition: z.string() })).optional(),
    Catch: z.array(Catch).optional(),
    Retry: z.array(Retry).optional(),
    Branches: z.array(Machine).optional(),
  }),
);
const Machine: z.ZodType<Machine> = z.looseObject({ StartAt: z.string(), States: z.record(z.string(), State) });
export type Definition = Machine;

/** References to other resources become a mark, so that the text is JSON again. */
const plain = (part: unknown): string => {
  if (typeof part === 'string') return part;
  const text = JSON.stringify(part);
  return /Requorum([A-Z][a-z]+)Function/.exec(text)?.[1] ?? 'token';
};

export function definitionText(template: Template): string {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const definition = z
    .object({
      Properties: z.object({ DefinitionString: z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }) }),
    })
    .parse(machine).Properties.DefinitionString['Fn::Join'][1];
  return definition.map(plain).join('');
}

export const definitionIn = (template: Template): Definition => Machine.parse(JSON.parse(definitionText(template)));

/** One flat graph: into a Parallel means into each of its branches; out of it, on from the ends of its branches. */
export class Graph {
  readonly states = new Map<string, State>();
  private readonly after = new Map<string, string[]>();

  constructor(readonly definition: Definition) {
    this.add(definition, []);
  }

  next(name: string): readonly string[] {
    return this.after.get(name) ?? [];
  }

  reachable(from: string, without: ReadonlySet<string> = new Set()): Set<string> {
    const seen = new Set<string>();
    const open = [from];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name) || without.has(name)) continue;
      seen.add(name);
      open.push(...this.next(name));
    }
    return seen;
  }

  private add({ States }: Machine, outside: readonly string[]): void {
    for (const [name, state] of Object.entries(States)) {
      if (this.states.has(name)) throw new Error(`two states are named ${name}`);
      this.states.set(name, state);
      const on = [state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }) => Next)].filter(
        (to) => to !== undefined,
      );
      const caught = (state.Catch ?? []).map(({ Next }) => Next);
      const leaves = state.End === true ? outside : on;
      if (state.Branches) {
        for (const branch of state.Branches) this.add(branch, leaves);
        this.after.set(name, [...state.Branches.map(({ StartAt }) => StartAt), ...caught]);
      } else {
        this.after.set(name, [...leaves, ...caught]);
      }
    }
  }
}
