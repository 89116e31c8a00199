import type { Outcome } from '../../lib/recovery/case';
import type { Gate } from '../../lib/recovery/gate';
import type { Plan, Planning } from '../../lib/recovery/plan';
import type { Report } from '../../lib/recovery/report';
import { QUORUM_LOST } from './chapters';
import type { RecordedCase } from './recorded-case';
import {
  CASE_ID,
  GRACE,
  approved,
  at,
  closed,
  event,
  gateOf,
  recorded,
  reportOf,
  view,
  waiting,
} from './recorded-case';

/* The main road, in every ending, with the events as the functions tell them. */

export const GATE: Gate = gateOf(QUORUM_LOST);

const UNTIL_GATE = [
  event(0, 'open-case', 'lease 1772338200 of demo taken'),
  event(1, 'survey', '3 instances, 1 answers, 1 host inspected'),
  event(3, 'survey', 'dkron-3 is running and silent', 'warning'),
  event(6, 'make-plan', `plan ${QUORUM_LOST.planId}: keep dkron-1; without dkron-2, dkron-3`, 'danger'),
  waiting(7),
];
const AFTER_APPROVAL = [
  approved(19),
  event(20, 'look-again', 'nothing changed'),
  event(22, 'fence', 'i-00000003 is quarantined and stopping'),
  event(24, 'hold', 'dkron-1 is held; peers.json is staged and read back'),
  event(31, 'check', 'every fence proved, hashes equal, no leader'),
  event(32, 'release', 'dkron-1 started'),
  event(41, 'await-leader', 'dkron-1 leads'),
  event(43, 'verify', 'canary job created and deleted'),
  event(131, 'close-case', 'recovered'),
];

const RECOVERED: Report = reportOf('recovered', QUORUM_LOST, {
  redundancy: { level: 'none', voters: 1, running: 1, size: 3, tolerates: 0 },
  approvals: [
    {
      gate: 'approve-plan',
      decision: 'approved',
      who: GRACE,
      at: at(19),
      reason: '',
      person: null,
      door: 'cli',
      selfApproved: true,
    },
  ],
  leader: 'dkron-1',
  jobsBefore: 20,
  jobsAfter: 20,
  rungs: [
    { id: 'consumed', says: 'peers.json is consumed on every survivor', state: 'passed', evidence: 'file gone' },
    { id: 'leader', says: 'dkron-1 leads, by every server and by itself', state: 'passed', evidence: '' },
    { id: 'jobs', says: '20 jobs, as before', state: 'passed', evidence: '' },
    { id: 'held', says: 'held for 75 s and looked at again', state: 'passed', evidence: '' },
  ],
  seconds: { leader: 41, proof: 131, machine: 120, waiting: 12 },
  nextSteps: ['Add two servers: demo runs on one.', 'Terminate or wipe i-00000003 before it is let in again.'],
});

/** One of three is left; a gate; approved: recovered; declined: closed as found. */
export const lostAndRecovered = (gate: Partial<Gate> = {}): RecordedCase => {
  const asked = { planning: QUORUM_LOST, gate: { ...GATE, ...gate } };
  const answered = (status: Gate['status']) => ({ planning: QUORUM_LOST, gate: { ...asked.gate, status } });
  const whole = [...UNTIL_GATE, ...AFTER_APPROVAL];
  const declined = [...UNTIL_GATE, event(19, 'close-case', 'declined')];
  return recorded({
    views: [
      { ...view({}), case: { caseId: CASE_ID, mode: 'recover' } },
      view({ events: UNTIL_GATE.slice(0, 3) }),
      view({ ...asked, events: UNTIL_GATE }),
    ],
    whenApproved: [
      view({ ...answered('approved'), events: whole.slice(0, 9) }),
      view({ ...answered('approved'), events: whole.slice(0, 12) }),
      closed(RECOVERED, { ...answered('approved'), events: whole }),
    ],
    whenDeclined: [closed(reportOf('declined', QUORUM_LOST), { ...answered('declined'), events: declined })],
  });
};

/** A plan-mode case from opening to its end. */
export const planned = (planning: Planning, outcome: Outcome): RecordedCase =>
  recorded({
    views: [
      view({ events: UNTIL_GATE.slice(0, 2) }),
      closed(reportOf(outcome, planning), { events: UNTIL_GATE.slice(0, 3) }),
    ],
  });

/** Ends at once, for example because another case holds the lease. */
export const endedAs = (outcome: Outcome, problem: Report['problem']): RecordedCase =>
  recorded({ views: [closed(reportOf(outcome, null, { problem }))] });

/** The same case, but the plan shown is not the one that the gate asks about. */
export const tampered = (recordedCase: RecordedCase, change: Partial<Plan>): RecordedCase => ({
  ...recordedCase,
  views: recordedCase.views.map((one) =>
    one.planning?.kind === 'planned'
      ? { ...one, planning: { ...one.planning, plan: { ...one.planning.plan, ...change } } }
      : one,
  ),
});
