import type { CaseRecord } from './case-record';
import type { Report } from './report';

/** Auto Scaling groups that a case kept still and did not let go on again, with the reason. */
export function groupsLeft({ groups }: Pick<CaseRecord, 'groups'>): Report['groupsLeft'] {
  return Object.values(groups)
    .filter(({ resumedAt, suspended }) => resumedAt === null && suspended.length > 0)
    .map(({ group, suspended, left }) => ({
      group,
      suspended,
      because: left ?? 'it was not reached any more; look at its members first',
    }));
}

/** How to let a group go on that stands still: first thing to do, before anything that needs a new host. */
export function standStillSteps(record: Pick<CaseRecord, 'groups'>): string[] {
  return groupsLeft(record).map(
    ({ group, suspended, because }) =>
      `Auto Scaling group ${group} stands still: ${because}. When that is mended: aws autoscaling resume-processes --auto-scaling-group-name ${group} --scaling-processes ${suspended.join(' ')}`,
  );
}

/** Members that stay in Standby, because their hosts stay fenced or could not be started again. */
export function standbySteps({ groups }: Pick<CaseRecord, 'groups'>): string[] {
  return Object.values(groups).flatMap(({ group, standby }) =>
    standby.map(
      (instanceId) =>
        `${instanceId} stays in Standby of ${group}, where it is neither ended nor replaced. When its server is back: aws autoscaling exit-standby --auto-scaling-group-name ${group} --instance-ids ${instanceId}`,
    ),
  );
}

/** One line in red, wherever an ending is told. */
export function standStill({ group, suspended }: Report['groupsLeft'][number]): string {
  return `Auto Scaling group ${group} is left suspended: ${suspended.join(', ')}`;
}
