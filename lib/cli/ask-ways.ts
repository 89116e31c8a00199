import type { Answer, Gate } from '../recovery/gate';
import { type HostChoice, type Way, WAYS, wayText } from '../recovery/host-choice';
import type { Host } from './host';

/** What people want done about the hosts that are silent: put the plan off, go on, or none of it; `null` leaves it to others. */
export type Wanted =
  | { readonly kind: 'put-off'; readonly answer: Pick<Answer, 'decision' | 'powerCycle'> }
  | { readonly kind: 'lost'; readonly servers: readonly string[] }
  | { readonly kind: 'no'; readonly server: string };

const isWay = (answer: string): answer is Way => WAYS.some((way) => way === answer);

const NAMES: Readonly<Record<Way, string>> = {
  wait: 'wait',
  'power-cycle': 'power-cycle',
  lost: 'count it as lost',
};

const optionsFor = (choice: HostChoice, { waitMinutes }: Gate) =>
  WAYS.filter((way) => way !== 'power-cycle' || choice.notCycled === null).map((way) => ({
    value: way,
    says: `${NAMES[way]}: ${wayText(way, choice, waitMinutes)}`,
  }));

const askAbout = (choice: HostChoice, gate: Gate, host: Host, signal: AbortSignal): Promise<string | null> => {
  const not = choice.notCycled === null ? '' : ` It is not power-cycled: ${choice.notCycled}.`;
  const says = `${choice.id} (${choice.instanceId}) is silent, and not proved gone.${not}`;
  const options = optionsFor(choice, gate);
  return host.ask({ kind: 'choice', code: 'host', says, options, yes: 'lost', default: 'no' }, signal);
};

/** One host after the other. To wait is for all of them, and whatever is to be power-cycled is waited for first. */
export const askWays = async (gate: Gate, host: Host, signal: AbortSignal): Promise<Wanted | null> => {
  const powerCycle: string[] = [];
  const servers: string[] = [];
  for (const choice of gate.choices) {
    const way = await askAbout(choice, gate, host, signal);
    if (way === null) return null;
    if (!isWay(way)) return { kind: 'no', server: choice.id };
    if (way === 'wait') return { kind: 'put-off', answer: { decision: 'wait' } };
    (way === 'lost' ? servers : powerCycle).push(choice.id);
  }
  if (powerCycle.length === 0) return { kind: 'lost', servers };
  if (servers.length > 0) host.note(`you are asked about ${servers.join(', ')} again, after the power-cycle`, 'info');
  return { kind: 'put-off', answer: { decision: 'power-cycle', powerCycle } };
};
