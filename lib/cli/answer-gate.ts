import type { Answer, Gate } from '../recovery/gate';
import { askWays } from './ask-ways';
import type { Host } from './host';

/** How often a mistyped cluster name may be typed again before it counts as no. */
const TRIES = 3;

const answerTo = (gate: Gate, rest: Partial<Answer>): Answer => ({
  planId: gate.planId,
  decision: 'decline',
  countAsLost: [],
  reason: '',
  clusterTyped: '',
  ...rest,
});

const confirmed = async (host: Host, code: 'count-as-lost' | 'approve', says: string, signal: AbortSignal) => {
  const answer = await host.ask({ kind: 'confirm', code, says, default: 'no' }, signal);
  return answer === null ? null : answer === 'yes';
};

const typedCluster = async (gate: Gate, host: Host, signal: AbortSignal): Promise<string | null> => {
  const says = `a danger finding is open; type the cluster's name to override:`;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const typed = await host.ask({ kind: 'text', code: 'cluster', says, default: '' }, signal);
    if (typed === null || typed === '' || typed === gate.cluster) return typed;
    host.note(`"${typed}" is not ${gate.cluster}`, 'warning');
  }
  return '';
};

const override = async (gate: Gate, countAsLost: string[], host: Host, signal: AbortSignal): Promise<Answer | null> => {
  const clusterTyped = await typedCluster(gate, host, signal);
  if (clusterTyped === null) return null;
  if (clusterTyped === '') return answerTo(gate, { reason: 'not overridden at the terminal' });
  const reason = await host.ask({ kind: 'text', code: 'reason', says: 'why:', default: '' }, signal);
  if (reason === null) return null;
  if (reason === '') return answerTo(gate, { reason: 'no reason given for an override' });
  return answerTo(gate, { decision: 'override', countAsLost, reason, clusterTyped });
};

/**
 * Puts a gate to a host, the servers to be counted as lost one by one, with what else may be done about each. Anything but a clear yes declines;
 * `null` when the host leaves it to others.
 */
export const answerGate = async (gate: Gate, host: Host, signal: AbortSignal): Promise<Answer | null> => {
  const wanted = await askWays(gate, host, signal);
  if (wanted === null) return null;
  if (wanted.kind === 'put-off') return answerTo(gate, wanted.answer);
  if (wanted.kind === 'no') return answerTo(gate, { reason: `${wanted.server} is not counted as lost` });
  for (const server of gate.countAsLost.filter((id) => !wanted.servers.includes(id))) {
    const lost = await confirmed(host, 'count-as-lost', `count ${server} as lost?`, signal);
    if (lost === null) return null;
    if (!lost) return answerTo(gate, { reason: `${server} is not counted as lost` });
  }
  const countAsLost = [...gate.countAsLost];
  if (gate.danger) return override(gate, countAsLost, host, signal);
  const what =
    gate.kind === 'approve-plan'
      ? `approve plan ${gate.planId}?`
      : `pass the point of no return of ${gate.cluster}, by plan ${gate.planId}?`;
  const yes = await confirmed(host, 'approve', what, signal);
  if (yes === null) return null;
  return yes
    ? answerTo(gate, { decision: 'approve', countAsLost })
    : answerTo(gate, { reason: 'declined at the terminal' });
};
