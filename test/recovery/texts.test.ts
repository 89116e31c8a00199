import {
  CaseRecord,
  Report,
  buildReport,
  byHand,
  nextStepsOf,
  reportMarkdown,
  type CaseEvent,
  type Gate,
  type ReportParts,
} from '../../lib/recovery';
import { fencesOf, planOf } from '../support/planned';
import { OPENED, surveyOf, sha256, NOW, QUARANTINE } from '../support/world';
import { makePlan } from '../../lib/recovery';

const { plan, briefing, planId } = planOf();
const planning = { kind: 'planned' as const, plan, briefing, planId };
const record = CaseRecord.parse({
  caseId: 'case-1',
  cluster: 'demo',
  mode: 'recover',
  counter: 7,
  openedAt: OPENED,
  planId,
  executionArn: 'arn:1',
  requester: 'ann',
  openedBy: 'cli',
  status: 'open',
  phase: 'verify',
  leader: 'dkron-1',
  firstLeaderAt: '2026-03-01T04:11:20.000Z',
  provedAt: '2026-03-01T04:12:40.000Z',
  jobsBefore: 20,
  jobsAfter: 20,
});
const gate: Gate = {
  gateId: 'gateidgateidgateidgateid',
  kind: 'approve-plan',
  caseId: 'case-1',
  cluster: 'demo',
  planId,
  openedAt: '2026-03-01T04:10:30.000Z',
  expiresAt: '2026-03-01T04:40:30.000Z',
  countAsLost: ['dkron-3'],
  choices: [],
  waitMinutes: 2,
  danger: false,
  soloOverride: false,
  approvers: [],
  approvals: 1,
  selfApproval: true,
  requesterPerson: null,
  requester: 'ann',
  status: 'approved',
  answers: [
    { decision: 'approved', who: 'ann', person: null, door: 'cli', at: '2026-03-01T04:11:00.000Z', reason: '' },
  ],
};
const event = (at: string, phase: string): CaseEvent => ({
  at: `2026-03-01T04:${at}.000Z`,
  phase,
  says: `${phase} begins`,
  severity: 'info',
});
const parts: ReportParts = {
  record,
  outcome: 'recovered',
  closedAt: '2026-03-01T04:12:50.000Z',
  problem: null,
  planning,
  size: 3,
  gates: [gate],
  fences: fencesOf(planOf()),
  audit: [],
  events: [
    event('10:00', 'open-case'),
    event('10:20', 'make-plan'),
    event('10:30', 'approve-plan'),
    event('11:00', 'secure'),
    event('11:20', 'verify'),
  ],
};

describe('the report', () => {
  test('tells the time of people and of the machine apart, and the leader from the proof', () => {
    const report = Report.parse(buildReport(parts));
    expect(report.seconds).toEqual({ leader: 80, proof: 160, machine: 140, waiting: 30 });
    expect(report.phases.filter(({ kind }) => kind === 'waiting')).toEqual([
      { phase: 'approve-plan', from: gate.openedAt, to: '2026-03-01T04:11:00.000Z', kind: 'waiting' },
    ]);
    expect(report.approvals).toMatchObject([{ who: 'ann', selfApproved: true }]);
  });

  test('as Markdown shows outcome, figures, servers, fences, proof and what to do, and no foreign mark-up', () => {
    const text = reportMarkdown(buildReport({ ...parts, record: { ...record, requester: '<b>ann</b>\n# root' } }));
    expect(text.split('\n')[0]).toBe('# demo: recovered');
    for (const part of [
      '## Figures',
      '## Servers',
      '## Time line',
      '## Fences',
      '## What may be lost',
      '## What to do now',
      planId,
      '█',
      '░',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('<b>');
    expect(text).not.toMatch(/^# root/m);
  });

  test('says in red that a recovered cluster is one failure from the next outage, until it is at full strength', () => {
    const report = buildReport(parts);
    expect(report.redundancy).toEqual({ level: 'none', voters: 1, running: 1, size: 3, tolerates: 0 });
    expect(reportMarkdown(report)).toContain('🔴 **recovered, no redundancy: 1 of 3 voters, no failure is tolerated**');
    const whole = buildReport({ ...parts, size: 1 });
    expect(reportMarkdown(whole)).not.toContain('recovered, no redundancy');
    expect(buildReport({ ...parts, outcome: 'not-proved' }).redundancy).toBeNull();
  });

  test('says loudly when one person asked and answered', () => {
    expect(reportMarkdown(buildReport(parts))).toContain('approved by the person who asked');
    const other = { ...parts, gates: [{ ...gate, answers: gate.answers.map((one) => ({ ...one, who: 'bob' })) }] };
    expect(reportMarkdown(buildReport(other))).not.toContain('approved by the person who asked');
  });

  test('names the way back of everybody who is out: who is fenced comes back empty, who is gone is replaced', () => {
    const steps = nextStepsOf(buildReport(parts)).join('\n');
    expect(steps).toContain('requorum readmit --cluster demo --server dkron-3');
    expect(steps).toContain('requorum replace --cluster demo --server dkron-2');
    expect(steps).not.toContain('readmit --cluster demo --server dkron-2');
  });
});

describe('by hand', () => {
  const text = byHand(planning);
  test('has the exact bytes, the sha256 and a line for every server, in the order of the machine', () => {
    expect(text).toContain(plan.peersJson?.trimEnd());
    expect(text).toContain(plan.peersSha256);
    for (const { id } of plan.membership) expect(text).toContain(id);
    const at = (part: string): number => text.indexOf(part);
    const order = ['Look again', 'Fence', 'Hold dkron-1', 'Compare', 'point of no return', 'Release', 'Prove'].map(at);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(Math.min(...order)).toBeGreaterThan(0);
  });
  test('speaks to the manager that the host has', () => {
    expect(text).toContain('supervisorctl -s unix:///run/supervisor.sock stop dkron');
    const [survivor] = plan.survivors;
    if (!survivor) throw new Error('no survivor');
    const systemd = { ...survivor, manager: { kind: 'systemd' as const, socket: '', unit: 'dkron.service' } };
    const other = byHand({ ...planning, plan: { ...plan, survivors: [systemd] } });
    expect(other).toContain('systemctl start dkron.service');
    expect(other).not.toContain('supervisorctl');
  });
  test('of a refusal is the list of what to do', () => {
    const { survey, cluster } = surveyOf({
      servers: {
        'dkron-1': { manager: 'container' },
        'dkron-2': { host: 'impaired' },
        'dkron-3': { host: 'impaired' },
      },
    });
    const refused = makePlan(survey, cluster, { sha256, documents: null, quarantine: QUARANTINE, now: NOW });
    expect(byHand(refused)).toMatch(/^# No plan: .*\n# - Dkron on dkron-1 is managed by container/);
  });
});
