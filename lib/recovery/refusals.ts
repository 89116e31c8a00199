import type { Finding } from './plan';
import type { ServerView } from './servers';
import type { HostFacts, Instance, LogFacts } from './survey';
import { relation } from './log-order';
import { hostOf } from './targets';

const refusal = (code: string, says: string, evidence: string, nextStep: string): Finding => ({
  code,
  severity: 'danger',
  says,
  evidence,
  nextStep,
});

/** First Dkron that can take peers.json in: below it RecoverCluster panics (issue #767, facts/dkron §5). */
const FIRST_RECOVERABLE = [3, 1, 2] as const;

/** What forbids a plan because of one survivor. */
export function survivorRefusals({ id, facts, instance, address }: ServerView): Finding[] {
  if (!facts) {
    const where = instance?.instanceId ?? id;
    const next = `start it, wait for its agent, open a new case: aws ec2 start-instances --instance-ids ${where}`;
    return [
      refusal(
        'survivor-not-inspected',
        `${id} has data but was not inspected`,
        `${where} is ${instance?.state ?? 'unknown'}`,
        next,
      ),
    ];
  }
  return [
    ...managerRefusals(id, facts),
    ...dataRefusals(id, facts),
    ...identityRefusals(id, address, facts, instance),
    ...versionRefusals(id, facts),
  ];
}

function managerRefusals(id: string, { manager, hostId }: HostFacts): Finding[] {
  if (manager.kind === 'supervisor' && manager.socket !== '' && manager.unit !== '') return [];
  const next = 'requorum plan --by-hand prints the whole plan for a person with a shell';
  return [
    refusal(
      'manager-unsupported',
      `Dkron on ${id} is managed by ${manager.kind}, which this version does not operate`,
      `on ${hostId}`,
      next,
    ),
  ];
}

function dataRefusals(id: string, { log, logProblem, dataDir, peersJsonPresent }: HostFacts): Finding[] {
  const found: Finding[] = [];
  if (!log) {
    const next = 'read the log on the host; a survivor whose position is not known cannot be compared with the others';
    found.push(refusal('log-unreadable', `the Raft log of ${id} cannot be read`, logProblem ?? dataDir.path, next));
  } else if (!log.configuration.some((server) => server.id === id)) {
    const next = 'it is a stale or foreign copy; move its data-dir aside and open a new case';
    found.push(
      refusal(
        'not-in-own-configuration',
        `${id} is not in its own newest configuration`,
        `configuration at index ${log.configurationIndex}`,
        next,
      ),
    );
  }
  if (peersJsonPresent) {
    const next = `move ${dataDir.path}/raft/peers.json aside; somebody else may be recovering this cluster by hand`;
    found.push(refusal('peers-json-present', `${id} has a peers.json already`, dataDir.path, next));
  }
  return found;
}

function identityRefusals(id: string, address: string, facts: HostFacts, instance: Instance | null): Finding[] {
  const found: Finding[] = [];
  const owned = new Set([...facts.addresses, ...(instance?.interfaces ?? []).flatMap(({ addresses }) => addresses)]);
  if (!owned.has(hostOf(address))) {
    const next = 'addresses have changed: restart Dkron 4 with its new addresses; peers.json is not the way';
    found.push(
      refusal(
        'address-not-owned',
        `the Raft address of ${id} belongs to another host now`,
        `${address}; the host has ${[...owned].join(', ')}`,
        next,
      ),
    );
  }
  if (facts.nodeName.value !== id) {
    const next = 'set node-name back to the Raft id, or it never becomes a leader';
    found.push(
      refusal(
        'node-name-changed',
        `${id} would start as ${facts.nodeName.value}`,
        `by ${facts.nodeName.evidence}`,
        next,
      ),
    );
  }
  return found;
}

function versionRefusals(id: string, { version }: HostFacts): Finding[] {
  const numbers = /(\d+)\.(\d+)\.(\d+)/
    .exec(version ?? '')
    ?.slice(1)
    .map(Number);
  if (!numbers) return [];
  const [major = 0, minor = 0, patch = 0] = numbers;
  const [needMajor, needMinor, needPatch] = FIRST_RECOVERABLE;
  const older = major - needMajor || minor - needMinor || patch - needPatch;
  if (older >= 0) return [];
  const next = 'upgrade the binary to Dkron 3.1.2 or later on every survivor first; the data-dir stays';
  return [refusal('dkron-too-old', `Dkron ${version} on ${id} panics on peers.json`, 'issue #767', next)];
}

/** What forbids to stop an excluded host, or would destroy something (design rule 13). */
export function stopRefusals(id: string, instance: Instance, quarantine: Readonly<Record<string, string>>): Finding[] {
  const { instanceId } = instance;
  const found: Finding[] = [];
  if (instance.autoScalingGroup) {
    const next = `take it out of the group first: aws autoscaling detach-instances --instance-ids ${instanceId} --auto-scaling-group-name ${instance.autoScalingGroup} --should-decrement-desired-capacity`;
    found.push(
      refusal(
        'auto-scaling-member',
        `${id} is a member of the Auto Scaling group ${instance.autoScalingGroup}`,
        'a stopped member is terminated and replaced by the group',
        next,
      ),
    );
  }
  if (instance.instanceStore || instance.rootDevice === 'instance-store') {
    found.push(
      refusal(
        'instance-store',
        `${instanceId} has instance-store disks that a stop would destroy`,
        `root device ${instance.rootDevice}`,
        'cut it off by hand (quarantine group, console) and open a new case',
      ),
    );
  }
  if (instance.spot === 'one-time') {
    found.push(
      refusal(
        'one-time-spot',
        `${instanceId} is a one-time Spot instance and cannot be stopped`,
        '',
        'cut it off by hand, or terminate it yourself if its data may go, and open a new case',
      ),
    );
  }
  if (instance.stopProtected) {
    found.push(
      refusal(
        'stop-protected',
        `${instanceId} is protected against stopping`,
        'disableApiStop',
        `aws ec2 modify-instance-attribute --instance-id ${instanceId} --no-disable-api-stop, then a new case`,
      ),
    );
  }
  if (!instance.vpcId || !quarantine[instance.vpcId]) {
    found.push(
      refusal(
        'no-quarantine-group',
        `there is no quarantine group in ${instance.vpcId ?? 'its network'}`,
        instanceId,
        'add `vpc` to the cluster in requorum.yaml and deploy again',
      ),
    );
  }
  return found;
}

/** Survivors must tell one history: the shorter log a prefix of the longer. */
export function timelineRefusals(survivors: readonly ServerView[]): Finding[] {
  const logs = survivors.flatMap(({ id, facts }) => (facts?.log ? [{ id, log: facts.log }] : []));
  return logs.flatMap((one, at) =>
    logs.slice(at + 1).flatMap((other) => {
      if (relation(one.log, other.log) === 'another-timeline') {
        const next = 'decide by hand which history counts; docs/runbook.md, "Make plan"';
        return [
          refusal(
            'two-timelines',
            `${one.id} and ${other.id} hold different histories`,
            `${position(one.log)} against ${position(other.log)}`,
            next,
          ),
        ];
      }
      return sameMembers(one.log, other.log) ? [] : [membershipRefusal(one.id, other.id)];
    }),
  );
}

function membershipRefusal(one: string, other: string): Finding {
  return refusal(
    'memberships-differ',
    `${one} and ${other} know different memberships`,
    'the newest configuration of each log',
    'a membership change was under way; decide by hand which one counts',
  );
}

function sameMembers(one: LogFacts, other: LogFacts): boolean {
  const ids = (log: LogFacts): string =>
    log.configuration
      .map(({ id }) => id)
      .sort()
      .join(' ');
  return ids(one) === ids(other);
}

function position({ lastTerm, lastIndex }: LogFacts): string {
  return `term ${lastTerm}, index ${lastIndex}`;
}
