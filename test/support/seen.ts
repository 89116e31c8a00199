import type * as z from 'zod';
import type { Exclusion } from '../../lib/recovery/exclusion';
import { makePlan } from '../../lib/recovery/make-plan';
import type { Briefing } from '../../lib/recovery/plan';
import type { Survey } from '../../lib/recovery/survey';
import { NOW, PINS, QUARANTINE, sha256, surveyOf, type ServerWorld, type World } from './world';

/* What `requorum verify` sees: worlds of a cluster that leads, with the servers that closed cases took out. */

type Out = Pick<Exclusion, 'serverId' | 'address' | 'fence' | 'replacedBy'>;

export const briefingOf = (
  input: z.input<typeof World>,
  out: readonly Out[] = [],
  change: (survey: Survey) => Survey = (survey) => survey,
): Briefing => {
  const { survey, cluster } = surveyOf(input);
  const exclusions = out.map((one) => ({
    ...one,
    caseId: 'case-of-yesterday',
    since: NOW,
    groupsBefore: {},
    volumeIds: [],
  }));
  const context = { sha256, documents: PINS, quarantine: QUARANTINE, now: NOW };
  return makePlan(change({ ...survey, exclusions }), cluster, context).briefing;
};

export const stop = (n: number) => ({
  kind: 'quarantine-stop' as const,
  instanceId: `i-0000000${n}`,
  interfaceIds: [`eni-0${n}`],
});
export const gone = (n: number): Out => ({
  serverId: `dkron-${n}`,
  address: `10.0.${n}.1${n}:6868`,
  fence: { kind: 'gone', declared: null },
});
export const stopped = (n: number): Out => ({ ...gone(n), fence: stop(n) });
export const held = (n: number): Out => ({
  ...gone(n),
  fence: {
    kind: 'hold',
    instanceId: `i-0000000${n}`,
    dataDir: '/var/lib/dkron',
    manager: { kind: 'supervisor', socket: '/run/supervisor.sock', unit: 'dkron' },
    http: `10.0.${n}.1${n}:8080`,
  },
});

type Server = z.input<typeof ServerWorld>;
const LEADS: Server = { leads: true };
const FOLLOWS: Server = { names: 'dkron-1' };
const ALONE: Server = { ...LEADS, log: '3/130', snapshot: '3/120', terms: { 3: 121 }, configuration: ['dkron-1'] };
const OLD: Server = { configuration: ['dkron-1', 'dkron-2', 'dkron-3'], log: '2/118' };
const FENCED: Server = { ...OLD, host: 'stopped', groups: ['sg-0fence'] };
/** One of three, recovered alone. */
export const recoveredAlone = (rest: Partial<z.input<typeof World>> = {}): z.input<typeof World> => ({
  servers: { 'dkron-1': ALONE, 'dkron-2': { host: 'terminated' }, 'dkron-3': FENCED },
  members: ['dkron-1'],
  ...rest,
});

export const HEALTHY_SEEN = briefingOf({ servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': FOLLOWS } });

/** facts/dkron §8: recovered alone, then the old pair came back with its data and leads. */
export const DEPOSED = briefingOf({
  servers: {
    'dkron-1': { ...ALONE, leads: false, names: 'dkron-2', told: ['dkron-1'] },
    'dkron-2': { ...LEADS, ...OLD, log: '4/125', terms: { 1: 1, 2: 40, 4: 119 }, jobs: 21 },
    'dkron-3': { ...OLD, names: 'dkron-2', log: '4/125', terms: { 1: 1, 2: 40, 4: 119 }, jobs: 21 },
  },
});

/** facts/dkron E9: an agent node keeps an excluded server alive in the leader's gossip. */
export const EXCLUDED_ALIVE = briefingOf(
  recoveredAlone({
    servers: { 'dkron-1': ALONE, 'dkron-2': { host: 'terminated' }, 'dkron-3': { ...OLD, host: 'impaired' } },
    gossip: [
      { by: 'dkron-1', name: 'dkron-3', at: '10.0.3.13' },
      { by: 'dkron-1', name: 'worker-1', at: '10.0.9.9', server: false },
    ],
  }),
  [gone(2), stopped(3)],
);

export const LAGGING = briefingOf({
  servers: { 'dkron-1': { ...LEADS, log: '2/400' }, 'dkron-2': { ...FOLLOWS, log: '2/399' }, 'dkron-3': FOLLOWS },
});

export const NO_REDUNDANCY = briefingOf(recoveredAlone({ size: 3 }), [gone(2), stopped(3)]);

/** Nothing is wrong, and not everything was seen. */
export const HALF_SEEN = briefingOf({
  servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': { ...FOLLOWS, host: 'closed' } },
});
