import { colourInk, plainInk } from '../../lib/cli/ink';
import { showReport } from '../../lib/cli/show-report';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { groupsLeft, standStillSteps, standbySteps } from '../../lib/recovery/groups-left';
import { reportMarkdown } from '../../lib/recovery/report-markdown';
import { reportOf } from '../support/recorded-case';

const record = (rest: Partial<CaseRecord['groups'][string]>): Pick<CaseRecord, 'groups'> => {
  const suspended = ['Launch', 'Terminate'];
  return {
    groups: { 'dkron-asg': { group: 'dkron-asg', suspended, standby: [], resumedAt: null, left: null, ...rest } },
  };
};
const LEFT = record({ left: 'it would end and replace i-00000003' });

test('a group that was resumed, or of which nothing was suspended, is not left', () => {
  expect(groupsLeft(record({ resumedAt: '2026-03-01T04:12:00.000Z' }))).toEqual([]);
  expect(groupsLeft(record({ suspended: [] }))).toEqual([]);
  expect(groupsLeft({ groups: {} })).toEqual([]);
});

test('one that stands still is named with the reason and the command, also when nobody reached it any more', () => {
  expect(standStillSteps(LEFT)).toEqual([
    'Auto Scaling group dkron-asg stands still: it would end and replace i-00000003. When that is mended: aws autoscaling resume-processes --auto-scaling-group-name dkron-asg --scaling-processes Launch Terminate',
  ]);
  expect(standStillSteps(record({}))[0]).toContain('it was not reached any more');
});

test('a member that stays in Standby is named with the way out of it, whether the group goes on or not', () => {
  const resumed = record({ standby: ['i-00000003'], resumedAt: '2026-03-01T04:12:00.000Z' });
  expect(standbySteps(resumed)[0]).toContain(
    'aws autoscaling exit-standby --auto-scaling-group-name dkron-asg --instance-ids i-00000003',
  );
  expect(standbySteps(record({}))).toEqual([]);
});

test('it is red in the report and in the CLI', () => {
  const report = reportOf('recovered', null, { groupsLeft: groupsLeft(LEFT) });
  expect(reportMarkdown(report)).toContain('🔴 **Auto Scaling group dkron-asg is left suspended: Launch, Terminate**');
  const shown = (ink: typeof plainInk) => showReport(report, { ink, width: 120 }).join('\n');
  const line = 'Auto Scaling group dkron-asg is left suspended: Launch, Terminate';
  expect(shown(plainInk)).toContain(line);
  expect(shown(colourInk)).toContain(colourInk.red(line));
});
