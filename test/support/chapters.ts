import type * as z from 'zod';
import { makePlan } from '../../lib/recovery/make-plan';
import type { Planning } from '../../lib/recovery/plan';
import { NOW, PINS, QUARANTINE, sha256, surveyOf } from './world';
import type { World } from './world';

/* The chapters of an outage as people see them: a compact world each, planned by the code that plans real ones. */

export const planningOf = (input: z.input<typeof World>): Planning => {
  const { survey, cluster, world } = surveyOf(input);
  return makePlan(survey, cluster, { sha256, documents: PINS, quarantine: QUARANTINE, now: NOW, intent: world.intent });
};

type Planned = Extract<Planning, { kind: 'planned' }>;

/** Throws where the world is not planned, so that no test passes over a refusal by chance. */
const plannedOf = (input: z.input<typeof World>): Planned => {
  const planning = planningOf(input);
  if (planning.kind === 'planned') return planning;
  throw new Error(`not planned: ${JSON.stringify(planning.briefing.findings)}`);
};

const LEADS = { leads: true } as const;
const FOLLOWS = { names: 'dkron-1' } as const;
const DOWN = { running: false, answers: false } as const;
const GONE = { host: 'terminated' } as const;
const SILENT = { host: 'impaired' } as const;

export const HEALTHY = planningOf({ servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': FOLLOWS } });

export const STARTED_BESIDE_LEADER = plannedOf({
  servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': { ...DOWN, log: '2/90' } },
});

/** Two of five are down: one can be started, one is gone for good. */
export const STARTED_AND_LEFT_OUT = plannedOf({
  servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': FOLLOWS, 'dkron-4': DOWN, 'dkron-5': GONE },
});

export const COUNTED_AS_LOST = plannedOf({ servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': SILENT } });

export const TWO_REMOVED = plannedOf({
  servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': FOLLOWS, 'dkron-4': GONE, 'dkron-5': GONE },
});

export const RETIRED = plannedOf({
  servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': FOLLOWS },
  intent: { kind: 'retire', server: 'dkron-3' },
});

/** One of three was recovered, and a new host is launched in the stead of the one that is gone. */
export const LAUNCHED = plannedOf({
  servers: { 'dkron-1': LEADS, 'dkron-2': GONE },
  members: ['dkron-1'],
  size: 3,
  out: { 'dkron-2': 'gone' },
  intent: { kind: 'replace', server: 'dkron-2' },
  replacement: { launchTemplate: 'lt-0a', version: '3' },
});

/** One of three was recovered; dkron-2 is off and is to come back. */
export const COMING_BACK = plannedOf({
  servers: { 'dkron-1': LEADS, 'dkron-2': { host: 'stopped', groups: ['sg-0fence'] } },
  members: ['dkron-1'],
  size: 3,
  out: { 'dkron-2': 'quarantine-stop' },
  intent: { kind: 'readmit', server: 'dkron-2' },
});

/** One of three was recovered; dkron-2 comes back empty from the hold it is in, dkron-3 stays out. */
export const READMITTED = plannedOf({
  servers: {
    'dkron-1': LEADS,
    'dkron-2': { ...DOWN, data: 'file' },
    'dkron-3': { host: 'stopped', groups: ['sg-0fence'] },
  },
  members: ['dkron-1'],
  size: 3,
  out: { 'dkron-2': 'hold', 'dkron-3': 'quarantine-stop' },
  intent: { kind: 'readmit', server: 'dkron-2' },
});

export const THREE_STARTED = plannedOf({
  servers: { 'dkron-1': DOWN, 'dkron-2': { ...DOWN, log: '2/97' }, 'dkron-3': DOWN },
});

export const POWERED_ON = plannedOf({ servers: { 'dkron-1': {}, 'dkron-2': { host: 'stopped' }, 'dkron-3': GONE } });

/** The same cluster after its power-on. */
export const LET_IN = plannedOf({
  servers: { 'dkron-1': {}, 'dkron-2': { answers: false, groups: ['sg-0fence'] }, 'dkron-3': GONE },
  cutOff: ['i-00000002'],
});

export const ONLY_SERVER = plannedOf({ servers: { 'dkron-1': DOWN } });

export const ONLY_SERVER_EMPTY = planningOf({ servers: { 'dkron-1': { ...DOWN, data: 'missing' } } });

export const MOVED_ON_DKRON_3 = plannedOf({
  servers: {
    'dkron-1': { addresses: ['10.0.1.21'], version: '3.1.7' },
    'dkron-2': { addresses: ['10.0.2.22'], version: '3.1.7' },
    'dkron-3': { addresses: ['10.0.3.23'], version: '3.1.7' },
  },
});

export const WRONG_ID = plannedOf({ servers: { wrong: { nodeName: 'dkron-1' } }, members: ['wrong'] });

export const QUORUM_LOST = plannedOf({ servers: { 'dkron-1': {}, 'dkron-2': GONE, 'dkron-3': SILENT } });

export const TWO_OF_FIVE = plannedOf({
  servers: {
    'dkron-1': { log: '3/117' },
    'dkron-2': { log: '3/120' },
    'dkron-3': GONE,
    'dkron-4': GONE,
    'dkron-5': SILENT,
  },
});

/** A danger finding: the log that cannot be read may be the newest. */
export const UNREAD_LOG = plannedOf({
  servers: {
    'dkron-1': {},
    'dkron-2': { log: null, answers: false },
    'dkron-3': GONE,
    'dkron-4': GONE,
    'dkron-5': GONE,
  },
});

export const STRANDED = planningOf({
  servers: {
    'dkron-1': { ...DOWN, log: '3/130', snapshot: '3/120', terms: { 3: 121 }, configuration: ['dkron-1'] },
    'dkron-2': { ...DOWN, log: '2/118' },
    'dkron-3': { ...DOWN, log: '2/118' },
  },
});

export const ALL_LOST = planningOf({
  servers: { 'dkron-1': GONE, 'dkron-2': GONE, 'dkron-3': { ...DOWN, data: 'missing' } },
});

export const TOO_LITTLE_SEEN = planningOf({ servers: { 'dkron-1': SILENT, 'dkron-2': SILENT, 'dkron-3': SILENT } });
