import type { Briefing, Excluded, Plan } from '../recovery/plan';
import { hostOf } from '../recovery/targets';
import { html } from './html';
import type { Html, Part } from './html';

type Server = Briefing['servers'][number];
type Position = NonNullable<Server['position']>;
/** `kept` keeps its data or works, `out` is left out of the cluster, `acted` is changed, `left` stays as it is. */
interface Fate {
  readonly kind: 'kept' | 'out' | 'acted' | 'left';
  readonly says: string;
}

const isFresher = (a: Position, b: Position): boolean =>
  a.lastTerm === b.lastTerm ? a.lastIndex > b.lastIndex : a.lastTerm > b.lastTerm;

const freshestOf = (servers: readonly Server[]): Position | null =>
  servers.reduce<Position | null>(
    (best, { position }) => (position !== null && (best === null || isFresher(position, best)) ? position : best),
    null,
  );

/** `8 412`: with a narrow space, as long indexes are compared by eye. */
const figure = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, '\u202f');

const behindSays = (position: Position, freshest: Position): string => {
  if (!isFresher(freshest, position)) return 'freshest';
  return position.lastTerm === freshest.lastTerm
    ? `${figure(freshest.lastIndex - position.lastIndex)} behind`
    : 'older term';
};

/** Where the log ends, as term / index; the bar is full only for the freshest. */
const logOf = ({ position }: Server, freshest: Position | null): Html => {
  const jobs = position?.jobs ?? null;
  const isBehind = position !== null && freshest !== null && isFresher(freshest, position);
  const share = position === null || freshest === null ? 0 : position.lastIndex / Math.max(1, freshest.lastIndex);
  const width = position === null ? 0 : isBehind ? Math.max(2, Math.min(97, Math.floor(share * 100))) : 100;
  const says =
    position === null || freshest === null
      ? 'log not seen'
      : `log ${position.lastTerm} / ${figure(position.lastIndex)} · ${behindSays(position, freshest)}`;
  return html`<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="6" />
      <rect class="${isBehind ? 'behind' : 'full'}" width="${width}" height="6" />
    </svg>
    <div class="at">${says}${jobs === null ? '' : `, ${jobs} jobs`}</div>`;
};

const fenceFate = ({ fence }: Excluded): string => {
  switch (fence.kind) {
    case 'gone':
      return fence.declared ? 'declared gone, by a person' : 'proved gone ✓';
    case 'quarantine-stop':
      return fence.destroys ? 'fence: stop, destroys its disks' : 'fence: quarantine + stop';
    case 'hold':
      return 'fence: held on its host';
  }
};

const removalFate = (id: string, { removals }: Plan): string => {
  const removal = removals.find((one) => one.id === id);
  if (removal?.by === 'leave') return 'leaves for good';
  return removal?.declared ? 'removed; declared gone, by a person' : 'removed by id';
};

const fateOf = ({ id, role }: Server, plan: Plan): Fate => {
  const counted = plan.countAsLost.includes(id) ? 'counted as lost; ' : '';
  switch (role) {
    case 'survivor':
      return plan.peersJson === null ? { kind: 'acted', says: 'started again' } : { kind: 'kept', says: 'survivor' };
    case 'standing':
      return { kind: 'kept', says: 'works, left alone' };
    case 'joining':
      return { kind: 'acted', says: 'joins, empty' };
    case 'removed':
      return { kind: 'out', says: `${counted}${removalFate(id, plan)}` };
    case 'excluded': {
      const one = plan.excluded.find((excluded) => excluded.id === id);
      return { kind: 'out', says: `${counted}${one === undefined ? 'left out' : fenceFate(one)}` };
    }
    case 'undecided':
    case 'left-out':
      return plan.powerOn.some((one) => one.id === id)
        ? { kind: 'acted', says: 'powered on, cut off' }
        : { kind: 'left', says: 'left as it is' };
  }
};

const SEEN: Readonly<Record<Server['class'], string>> = {
  restartable: 'silent, has its data',
  unreachable: 'unreachable',
  gone: 'gone',
};

const card = (server: Server, plan: Plan | null, freshest: Position | null): Html => {
  const { id, address, instanceId, answers, because } = server;
  const fate: Fate | null = plan === null ? null : fateOf(server, plan);
  const seen = answers ? 'answers' : SEEN[server.class];
  return html`<li class="server ${fate?.kind ?? 'left'}">
    <h3>${id}</h3>
    <div class="at">${hostOf(address)}${instanceId === null ? '' : ` · ${instanceId}`}</div>
    ${logOf(server, freshest)}
    <div class="why">${seen}: ${because}</div>
    ${fate === null ? '' : html`<div class="fate">${fate.says}</div>`}
  </li>`;
};

/** The picture of the servers: who keeps the data, who is fenced, whose log ends where. */
export const serversPart = ({ servers }: Briefing, plan: Plan | null): Part => {
  if (servers.length === 0) return '';
  const freshest = freshestOf(servers);
  return html`<section aria-label="Servers">
    <ul class="servers">
      ${servers.map((server) => card(server, plan, freshest))}
    </ul>
  </section>`;
};
