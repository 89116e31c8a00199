import { COMMAND } from './actions';

export type Command =
  | { readonly verb: 'status' | 'plan' | 'acknowledge'; readonly cluster: string }
  | { readonly verb: 'abort'; readonly cluster: string; readonly reason: string }
  | { readonly verb: 'help'; readonly says: string };

const VERBS = ['status', 'plan', 'acknowledge', 'abort'] as const;

/** `/requorum VERB [CLUSTER] [REASON]`: the cluster may be left out where there is one only. */
export const commandIn = (words: string, clusters: readonly string[]): Command => {
  const [said = '', ...rest] = words.trim().split(/\s+/);
  const verb = VERBS.find((one) => one === said.toLowerCase());
  if (verb === undefined)
    return {
      verb: 'help',
      says: said === '' ? usage(clusters) : `no command "${said.slice(0, 40)}". ${usage(clusters)}`,
    };
  const named = clusters.includes(rest[0] ?? '');
  const [only] = clusters.length === 1 ? clusters : [];
  const cluster = named ? rest[0] : only;
  const others = named ? rest.slice(1) : rest;
  if (cluster === undefined) return { verb: 'help', says: `name the cluster. ${usage(clusters)}` };
  if (verb === 'abort') return { verb, cluster, reason: others.join(' ').slice(0, 500) };
  // A name that is no cluster of ours is a mistake, not a comment.
  if (others.length > 0)
    return { verb: 'help', says: `no cluster "${others.join(' ').slice(0, 60)}". ${usage(clusters)}` };
  return { verb, cluster };
};

const usage = (clusters: readonly string[]): string =>
  `${COMMAND} status|plan|acknowledge [cluster] · ${COMMAND} abort [cluster] [reason] · clusters: ${clusters.join(', ')}`;
