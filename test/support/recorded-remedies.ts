import { nextStepsOf } from '../../lib/recovery/next-steps';
import type { Report } from '../../lib/recovery/report';
import { COMING_BACK, LET_IN, POWERED_ON, READMITTED, RETIRED } from './chapters';
import type { RecordedCase } from './recorded-case';
import { approved, at, closed, event, gateOf, recorded, reportOf, view, waiting } from './recorded-case';

/* Cases whose plan rewrites nothing. */

const RETIRED_REPORT: Report = reportOf('recovered', RETIRED, {
  leader: 'dkron-1',
  jobsBefore: 20,
  jobsAfter: 20,
  seconds: { leader: 24, proof: 110, machine: 100, waiting: 10 },
  nextSteps: ['dkron-3 is out for good; its data-dir is held, and its host may go.'],
});

/** A healthy cluster that a person takes one server out of. */
export const retired = (): RecordedCase => {
  const gate = gateOf(RETIRED);
  const untilGate = [
    event(0, 'open-case', 'lease 1772338200 of demo taken'),
    event(1, 'survey', 'looking at fleet, network and hosts'),
    event(6, 'make-plan', `plan ${RETIRED.planId}: take dkron-3 out of the configuration`),
    waiting(7),
  ];
  const after = [
    approved(17),
    event(18, 'look-again', 'the cluster is as it was when the plan was made'),
    event(22, 'check', 'everything is as approved and proved'),
    event(23, 'release', 'point of no return: nothing stands against it'),
    event(24, 'await-leader', 'dkron-1 leads'),
    event(30, 'remove-peers', 'dkron-3 has left, is stopped and held'),
    event(110, 'verify', 'proved: all 6 rungs hold'),
    event(111, 'close-case', 'recovered'),
  ];
  return recorded({
    views: [view({ events: untilGate, planning: RETIRED, gate })],
    whenApproved: [closed(RETIRED_REPORT, { gate: { ...gate, status: 'approved' }, events: [...untilGate, ...after] })],
    whenDeclined: [closed(reportOf('declined', RETIRED), { gate: { ...gate, status: 'declined' }, events: untilGate })],
  });
};

/** A stopped host is powered on cut off; the same case is planned again, with a gate of its own, and recovers. */
export const poweredOnAndRecovered = (): RecordedCase => {
  const first = gateOf(POWERED_ON);
  const second = gateOf(LET_IN, { gateId: 'Bn8sKd2hTq4Lm9vRc7xWzE', openedAt: at(80), expiresAt: at(1880) });
  const untilFirst = [
    event(0, 'open-case', 'lease 1772338200 of demo taken'),
    event(1, 'survey', 'looking at fleet, network and hosts'),
    event(6, 'make-plan', `plan ${POWERED_ON.planId}: power on dkron-2 in quarantine, and look again`, 'warning'),
    waiting(7),
  ];
  const untilSecond = [
    ...untilFirst,
    approved(15),
    event(16, 'look-again', 'the cluster is as it was when the plan was made'),
    event(17, 'power-on', 'dkron-2: i-00000002 is starting, in quarantine'),
    event(79, 'make-plan', `plan ${LET_IN.planId}: start dkron-1, dkron-2 on the data that is there`, 'warning'),
    waiting(80),
  ];
  const after = [
    approved(90),
    event(95, 'hold', 'dkron-1 is held'),
    event(97, 'release', 'i-00000002 let out of quarantine'),
    event(99, 'await-leader', 'dkron-2 leads, 2 s after the point of no return'),
    event(175, 'verify', 'proved: all 6 rungs hold'),
  ];
  const figures = { leader: 'dkron-2', jobsBefore: 20, jobsAfter: 20 };
  const seconds = { leader: 99, proof: 175, machine: 157, waiting: 18 };
  return recorded({
    views: [view({ events: untilFirst, planning: POWERED_ON, gate: first })],
    whenApproved: [view({ events: untilSecond, planning: LET_IN, gate: second })],
    whenDeclined: [closed(reportOf('declined', POWERED_ON), { events: untilFirst })],
    then: {
      whenApproved: [
        closed(reportOf('recovered', LET_IN, { ...figures, seconds }), { events: [...untilSecond, ...after] }),
      ],
      whenDeclined: [closed(reportOf('declined', LET_IN), { events: untilSecond })],
    },
  });
};

/** A fenced host is powered on cut off; by a second plan, with a gate of its own, it comes back empty. */
export const readmitted = (): RecordedCase => {
  const first = gateOf(COMING_BACK);
  const second = gateOf(READMITTED, { gateId: 'Cn8sKd2hTq4Lm9vRc7xWzE', openedAt: at(40), expiresAt: at(1840) });
  const untilFirst = [
    event(0, 'open-case', 'lease 1772338200 of demo taken'),
    event(6, 'make-plan', `plan ${COMING_BACK.planId}: power on dkron-2 in quarantine, and look again`),
    waiting(7),
  ];
  const untilSecond = [
    ...untilFirst,
    approved(12),
    event(14, 'power-on', 'dkron-2: i-00000002 is starting, in quarantine'),
    event(39, 'make-plan', `plan ${READMITTED.planId}: let dkron-2 in with an empty data-dir`),
    waiting(40),
  ];
  const after = [
    approved(45),
    event(50, 'check', 'dkron-2 is held, so that what lies there can be put aside'),
    event(54, 'release', 'i-00000002 let out of quarantine'),
    event(57, 'await-leader', 'dkron-1 leads'),
    event(135, 'verify', 'proved: all 7 rungs hold'),
  ];
  const report = reportOf('recovered', READMITTED, {
    leader: 'dkron-1',
    jobsBefore: 20,
    jobsAfter: 20,
    seconds: { leader: 57, proof: 135, machine: 125, waiting: 10 },
    nextSteps: nextStepsOf({
      outcome: 'recovered',
      planning: READMITTED,
      cluster: 'demo',
      caseId: 'case-1',
      problem: null,
    }),
  });
  return recorded({
    views: [view({ events: untilFirst, planning: COMING_BACK, gate: first })],
    whenApproved: [view({ events: untilSecond, planning: READMITTED, gate: second })],
    whenDeclined: [closed(reportOf('declined', COMING_BACK), { events: untilFirst })],
    then: {
      whenApproved: [closed(report, { events: [...untilSecond, ...after] })],
      whenDeclined: [closed(reportOf('declined', READMITTED), { events: untilSecond })],
    },
  });
};
