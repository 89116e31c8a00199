import type { FenceProof } from '../../lib/recovery/fence';
import type { HoldResult, LeaveResult, ReleaseResult, RemovePeerResult } from '../../lib/recovery/order';
import type { Plan } from '../../lib/recovery/plan';
import type { CaseEvent } from '../../lib/recovery/report';

/*
 * What hosts and EC2 answered, as one sentence each for the people who follow the case.
 */
type Told = Pick<CaseEvent, 'says' | 'severity'>;

const leaving = ({ removals }: Plan): Plan['survivors'] =>
  removals.flatMap((removal) => (removal.by === 'leave' ? [removal.host] : []));

const serverOn = (hostId: string, plan: Plan): string =>
  [...plan.survivors, ...plan.standing, ...plan.joining, ...plan.excluded, ...leaving(plan)].find(
    ({ instanceId }) => instanceId === hostId,
  )?.id ?? hostId;

const refused = (server: string, what: string, { code, detail }: { code: string; detail: string }): Told => ({
  says: `${server}: ${what} refused, ${code}: ${detail}`,
  severity: 'danger',
});

export const fenceSays = ({ serverId, kind, proved, evidence }: FenceProof): Told => ({
  says: `${serverId} ${proved ? 'is fenced' : 'is NOT fenced'} (${kind}): ${evidence}`,
  severity: proved ? 'info' : 'danger',
});

export const holdSays = (hold: HoldResult, plan: Plan): Told => {
  const server = serverOn(hold.hostId, plan);
  if (hold.outcome === 'refused') return refused(server, 'hold', hold);
  if (plan.joining.some(({ instanceId }) => instanceId === hold.hostId)) {
    const severity = hold.leftOver.length > 0 ? 'danger' : 'info';
    return { says: `${server} is held, so that what lies there can be put aside`, severity };
  }
  const backup = hold.backup ? `backup of ${hold.backup.bytes} bytes in ${hold.backup.path}` : 'no backup';
  const position = hold.log ? `last term ${hold.log.lastTerm}, last index ${hold.log.lastIndex}` : 'position unknown';
  return { says: `${server} is held; ${backup}; ${position}`, severity: hold.leftOver.length > 0 ? 'danger' : 'info' };
};

export const releaseSays = (release: ReleaseResult, plan: Plan): Told => {
  const server = serverOn(release.hostId, plan);
  if (release.outcome === 'refused') return refused(server, 'release', release);
  if (plan.joining.some(({ instanceId }) => instanceId === release.hostId)) {
    return { says: `${server} is started empty; ${release.detail}`, severity: 'info' };
  }
  if (plan.peersJson === null) return { says: `${server} is started; ${release.detail}`, severity: 'info' };
  return release.consumed
    ? { says: `${server} is started and has taken in peers.json`, severity: 'info' }
    : { says: `${server} is started and has not taken in peers.json yet`, severity: 'warning' };
};

export const removalSays = (answer: RemovePeerResult | LeaveResult, plan: Plan): Told => {
  const server = serverOn(answer.hostId, plan);
  switch (answer.outcome) {
    case 'refused':
      return refused(server, 'removal', answer);
    case 'removed':
    case 'already-removed':
      return { says: `${server} removed ${answer.removed.join(', ') || 'nobody: already so'}`, severity: 'info' };
    case 'left':
    case 'already-left':
      return { says: `${server} has left, is stopped and held; ${answer.detail}`, severity: 'info' };
  }
};

/** Null when nobody could count. */
export const mostJobs = (counts: readonly (number | null)[]): number | null => {
  const counted = counts.filter((count) => count !== null);
  return counted.length === 0 ? null : Math.max(...counted);
};
