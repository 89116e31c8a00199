import type { Cluster } from './recovery/cluster';
import { ruleFor } from './recovery/cluster';
import type { Person } from './recovery/people';
import { VerdictName } from './recovery/verdict-name';

/** A rule of a configuration that cannot be kept, with where it stands. */
export interface RuleProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Verdicts whose plans write peers.json: no policy lets those act (design rule 17). */
const REWRITE: readonly VerdictName[] = ['quorum-lost'];

/** Gates that could never be passed, or would be by nobody: said when the stack is made, not at night. */
export function ruleProblems(clusters: readonly Cluster[], people: readonly Person[]): RuleProblem[] {
  const names = people.map(({ name }) => name);
  const found = clusters.flatMap((cluster, at) =>
    VerdictName.options.flatMap((verdict) => {
      const rule = ruleFor(cluster, verdict);
      const own = cluster.policy.verdicts[verdict];
      const path = (field: 'approvers' | 'approvals' | 'plan') => [
        ...['clusters', at, 'policy'],
        ...(own?.[field] === undefined ? [] : ['verdicts', verdict]),
        field,
      ];
      const unknown = rule.approvers.filter((name) => !names.includes(name));
      const { approvers, approvals } = rule;
      return [
        ...unknown.map((name) => ({ path: path('approvers'), message: `${name} is not in \`people\`` })),
        ...(approvers.length > 0 && approvals > approvers.length
          ? [{ path: path('approvals'), message: `only ${approvers.length} may approve` }]
          : []),
        ...(rule.plan === 'auto' && REWRITE.includes(verdict)
          ? [{ path: path('plan'), message: `a plan for ${verdict} writes peers.json: a person has to say yes` }]
          : []),
      ];
    }),
  );
  // A rule of the cluster stands for many verdicts, and is one problem.
  return [...new Map(found.map((one) => [`${one.path.join('.')} ${one.message}`, one])).values()];
}
