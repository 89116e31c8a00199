import { createHash } from 'node:crypto';
import { planIdOf } from '../../lib/recovery/draft';
import type { Outcome } from '../../lib/recovery/case';
import type { Gate } from '../../lib/recovery/gate';
import type { Briefing, Plan, Planning } from '../../lib/recovery/plan';
import type { CaseEvent, Report } from '../../lib/recovery/report';

/* What the door answered about a few cases of the cluster `demo`, as the CLI sees it. */

export interface RecordedView {
  readonly case: {
    readonly caseId: string;
    readonly mode: string;
    readonly cluster?: string;
    readonly status?: string;
    readonly outcome?: Outcome;
  };
  readonly planning: Planning | null;
  readonly gate: Gate | null;
  readonly events: readonly CaseEvent[];
  readonly report: Report | null;
}
export interface RecordedCase {
  readonly caseId: string;
  readonly cluster: string;
  readonly views: readonly RecordedView[];
  readonly whenApproved: readonly RecordedView[];
  readonly whenDeclined: readonly RecordedView[];
}

const OPENED = Date.parse('2026-03-01T04:10:00.000Z');
const at = (seconds: number): string => new Date(OPENED + seconds * 1000).toISOString();
const CASE_ID = 'demo-20260301T041000Z-7f3a';
const [ONE, TWO, THREE] = ['i-0a1b2c3d4e5f60001', 'i-0a1b2c3d4e5f60002', 'i-0a1b2c3d4e5f60003'];
const pin = (name: string) => ({ name: `requorum-${name}`, version: '3', hash: 'ab'.repeat(32) });

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const PEERS = '[{"id":"dkron-1","address":"10.0.1.11:6868","non_voter":false}]\n';

export const PLAN: Plan = {
  version: 1,
  cluster: 'demo',
  verdict: 'quorum-lost',
  remedy: 'rewrite',
  membership: [
    { id: 'dkron-1', address: '10.0.1.11:6868', suffrage: 'voter' },
    { id: 'dkron-2', address: '10.0.2.12:6868', suffrage: 'voter' },
    { id: 'dkron-3', address: '10.0.3.13:6868', suffrage: 'voter' },
  ],
  survivors: [
    {
      id: 'dkron-1',
      address: '10.0.1.11:6868',
      instanceId: ONE,
      dataDir: '/var/lib/dkron',
      manager: { kind: 'supervisor', socket: '/run/supervisor.sock', unit: 'dkron' },
      gossip: '10.0.1.11:8946',
      http: '10.0.1.11:8080',
    },
  ],
  excluded: [
    { id: 'dkron-2', address: '10.0.2.12:6868', instanceId: TWO, class: 'gone', fence: { kind: 'gone' } },
    {
      id: 'dkron-3',
      address: '10.0.3.13:6868',
      instanceId: THREE,
      class: 'unreachable',
      fence: { kind: 'quarantine-stop', instanceId: THREE, interfaceIds: ['eni-03'] },
    },
  ],
  standing: [],
  removals: [],
  powerOn: [],
  letIn: [],
  countAsLost: ['dkron-3'],
  peersJson: PEERS,
  peersSha256: sha256(PEERS),
  documents: {
    inspect: pin('inspect'),
    hold: pin('hold'),
    release: pin('release'),
    verify: pin('verify'),
    undo: pin('undo'),
    'remove-peer': pin('remove-peer'),
    leave: pin('leave'),
  },
};

const LOST: Briefing = {
  at: at(6),
  expiresAt: at(1806),
  verdict: {
    name: 'quorum-lost',
    means: 'fewer servers can be started again than the quorum needs',
    severity: 'danger',
    because: ['1 of 3 servers can be started again; a quorum needs 2', 'no server names a leader'],
  },
  servers: [
    {
      id: 'dkron-1',
      address: '10.0.1.11:6868',
      instanceId: ONE,
      class: 'restartable',
      answers: true,
      role: 'survivor',
      position: { id: 'dkron-1', lastTerm: 2, lastIndex: 145, jobs: 20 },
      because: 'running, agent connected, data in /var/lib/dkron',
    },
    {
      id: 'dkron-2',
      address: '10.0.2.12:6868',
      instanceId: TWO,
      class: 'gone',
      answers: false,
      role: 'excluded',
      position: null,
      because: 'terminated; volume vol-02 is deleted; nothing holds 10.0.2.12',
    },
    {
      id: 'dkron-3',
      address: '10.0.3.13:6868',
      instanceId: THREE,
      class: 'unreachable',
      answers: false,
      role: 'excluded',
      position: null,
      because: 'running, but silent on 6868 and its agent is not connected',
    },
  ],
  loss: [
    'Entries that only dkron-2 and dkron-3 had: unknown, at most what was committed without dkron-1.',
    'No job runs now.',
  ],
  findings: [
    {
      code: 'self-approval',
      severity: 'info',
      says: 'The requester may approve this plan.',
      evidence: '',
      nextStep: '',
    },
    {
      code: 'clock-skew',
      severity: 'warning',
      says: 'The clock of dkron-1 is 41 s behind.',
      evidence: 'host 04:09:25Z, ours 04:10:06Z',
      nextStep: 'Deadlines are kept in its own time; set its clock afterwards.',
    },
  ],
  steps: [
    { phase: 'look-again', says: 'fleet and network once more; a leader or a stranger ends the case' },
    { phase: 'secure', says: `dkron-3: quarantine group, then stop ${THREE}` },
    { phase: 'secure', says: 'dkron-1: stop, hold its data-dir, back up, stage peers.json, read it back' },
    { phase: 'check', says: 'fences proved, no stranger, hashes equal, no leader anywhere' },
    { phase: 'point-of-no-return', says: '' },
    { phase: 'release', says: 'dkron-1: put raft back and start' },
    { phase: 'verify', says: 'one leader, all jobs, held for 75 s' },
  ],
  skew: { [ONE]: -41 },
};

export const QUORUM_LOST: Planning = { kind: 'planned', planId: planIdOf(PLAN, sha256), plan: PLAN, briefing: LOST };

/** Power came back to two of three: peers.json would do harm. */
export const RESTARTABLE: Planning = {
  kind: 'refused',
  briefing: {
    ...LOST,
    verdict: {
      name: 'quorum-restartable',
      means: 'enough servers can be started again; nothing has to be rewritten',
      severity: 'warning',
      because: ['2 of 3 servers can be started again; a quorum needs 2', 'no server names a leader'],
    },
    servers: LOST.servers.map((server) =>
      server.id === 'dkron-3'
        ? {
            ...server,
            class: 'restartable',
            role: 'undecided',
            position: { id: 'dkron-3', lastTerm: 2, lastIndex: 139, jobs: null },
            because: 'running, agent connected, Dkron does not run',
          }
        : { ...server, role: 'undecided' },
    ),
    loss: [],
    findings: [
      {
        code: 'start-these',
        severity: 'danger',
        says: 'Starting dkron-3 brings the quorum back; peers.json would throw its log away.',
        evidence: 'dkron-1 2:145, dkron-3 2:139',
        nextStep: 'start Dkron on dkron-3: supervisorctl start dkron',
      },
    ],
    steps: [],
  },
};

export const HEALTHY: Planning = {
  kind: 'nothing-to-do',
  briefing: {
    ...LOST,
    verdict: {
      name: 'healthy',
      means: 'one leader, agreed by all',
      severity: 'info',
      because: ['dkron-2 leads; 3 of 3 servers agree'],
    },
    servers: LOST.servers.map((server) => ({
      ...server,
      class: 'restartable',
      answers: true,
      role: 'undecided',
      position: { id: server.id, lastTerm: 3, lastIndex: 200, jobs: 20 },
      because: 'running, agent connected',
    })),
    loss: [],
    findings: [],
    steps: [],
    skew: {},
  },
};

export const GATE: Gate = {
  gateId: 'Zk3vJq0cQm6Yd1rT8wXs2A',
  kind: 'approve-plan',
  caseId: CASE_ID,
  cluster: 'demo',
  planId: QUORUM_LOST.planId,
  openedAt: at(7),
  expiresAt: at(1806),
  countAsLost: ['dkron-3'],
  danger: false,
  soloOverride: false,
  requester: 'arn:aws:iam::123456789012:user/grace',
  status: 'open',
  answers: [],
};

const event = (after: number, phase: string, says: string, severity: CaseEvent['severity'] = 'info'): CaseEvent => ({
  at: at(after),
  phase,
  says,
  severity,
});
const UNTIL_GATE: readonly CaseEvent[] = [
  event(0, 'open-case', 'lease 1772338200 of demo taken'),
  event(1, 'survey', '3 instances, 1 answers, 1 host inspected'),
  event(3, 'survey', 'dkron-3 is running and silent', 'warning'),
  event(6, 'make-plan', `quorum-lost; plan ${QUORUM_LOST.planId}`),
  event(7, 'approve-plan', 'waiting for an answer'),
];
const AFTER_APPROVAL: readonly CaseEvent[] = [
  event(19, 'approve-plan', 'approved by grace'),
  event(20, 'look-again', 'nothing changed'),
  event(22, 'fence', `${THREE} is quarantined and stopping`),
  event(24, 'hold', 'dkron-1 is held; peers.json is staged and read back'),
  event(31, 'check', 'every fence proved, hashes equal, no leader'),
  event(32, 'release', 'dkron-1 started'),
  event(41, 'await-leader', 'dkron-1 leads'),
  event(43, 'verify', 'canary job created and deleted'),
  event(131, 'close-case', 'recovered'),
];

const report = (outcome: Outcome, rest: Partial<Report> = {}): Report => ({
  version: 1,
  caseId: CASE_ID,
  cluster: 'demo',
  mode: 'recover',
  openedBy: 'cli',
  requester: GATE.requester,
  openedAt: at(0),
  closedAt: at(132),
  outcome,
  problem: null,
  planning: QUORUM_LOST,
  planId: QUORUM_LOST.planId,
  approvals: [],
  fences: [],
  leader: null,
  jobsBefore: 20,
  jobsAfter: null,
  rungs: [],
  seconds: { leader: null, proof: null, machine: 9, waiting: 12 },
  phases: [],
  events: [],
  nextSteps: [],
  ...rest,
});

export const RECOVERED: Report = report('recovered', {
  approvals: [
    { gate: 'approve-plan', decision: 'approved', who: GATE.requester, at: at(19), reason: '', selfApproved: true },
  ],
  leader: 'dkron-1',
  jobsAfter: 20,
  rungs: [
    {
      id: 'consumed',
      says: 'peers.json is consumed on every survivor',
      state: 'passed',
      evidence: 'dkron-1: file gone',
    },
    { id: 'leader', says: 'dkron-1 leads, by every server and by itself', state: 'passed', evidence: '' },
    { id: 'jobs', says: '20 jobs, as before', state: 'passed', evidence: '' },
    { id: 'held', says: 'held for 75 s and looked at again', state: 'passed', evidence: '' },
  ],
  seconds: { leader: 41, proof: 131, machine: 120, waiting: 12 },
  nextSteps: ['Add two servers: demo runs on one.', `Terminate or wipe ${THREE} before it is let in again.`],
});

const view = (rest: Partial<RecordedView>, outcome?: Outcome): RecordedView => ({
  case: {
    caseId: CASE_ID,
    mode: 'recover',
    cluster: 'demo',
    status: outcome === undefined ? 'open' : 'closed',
    ...(outcome === undefined ? {} : { outcome }),
  },
  planning: null,
  gate: null,
  events: [],
  report: null,
  ...rest,
});

const recorded = (rest: Partial<RecordedCase>): RecordedCase => ({
  caseId: CASE_ID,
  cluster: 'demo',
  views: [],
  whenApproved: [],
  whenDeclined: [],
  ...rest,
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
      view({ ...answered('approved'), events: whole, report: RECOVERED }, 'recovered'),
    ],
    whenDeclined: [view({ ...answered('declined'), events: declined, report: report('declined') }, 'declined')],
  });
};

/** A plan-mode case from opening to its end. */
export const planned = (planning: Planning, outcome: Outcome): RecordedCase =>
  recorded({
    views: [
      view({ events: UNTIL_GATE.slice(0, 2) }),
      view(
        { planning, events: UNTIL_GATE.slice(0, 4), report: report(outcome, { planning, jobsBefore: null }) },
        outcome,
      ),
    ],
  });

/** Ends at once, for example because another case holds the lease. */
export const endedAs = (outcome: Outcome, problem: Report['problem']): RecordedCase =>
  recorded({
    views: [view({ report: report(outcome, { problem, planning: null, planId: null, jobsBefore: null }) }, outcome)],
  });

/** The same case, but the plan shown is not the one that the gate asks about. */
export const tampered = (recordedCase: RecordedCase, change: Partial<Plan>): RecordedCase => ({
  ...recordedCase,
  views: recordedCase.views.map((one) =>
    one.planning?.kind === 'planned'
      ? { ...one, planning: { ...one.planning, plan: { ...one.planning.plan, ...change } } }
      : one,
  ),
});
