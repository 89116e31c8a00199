import type { Finding } from './plan';
import { relation } from './log-order';
import type { ServerView } from './servers';
import type { HostFacts, Instance, LogFacts } from './survey';
import { portOf } from './targets';
import { sortedIds } from './words';

/** Tag `requorum:data-disk` = `ebs`: the word of the operator that the data-dir is on no instance-store disk. */
const DATA_DISK = 'data-disk';

/** What forbids a plan. */
export const refusal = (code: string, says: string, evidence: string, nextStep: string): Finding => ({
  code,
  severity: 'danger',
  says,
  evidence,
  nextStep,
});

/** What a person should weigh, and what forbids nothing. */
export const warning = (code: string, says: string, evidence: string, nextStep: string): Finding => ({
  code,
  severity: 'warning',
  says,
  evidence,
  nextStep,
});

/** First Dkron that can take peers.json in: below it RecoverCluster panics (issue #767, facts/dkron §5). */
const FIRST_RECOVERABLE = [3, 1, 2] as const;

/** A backup beside the data needs its size and some room to breathe; the host refuses below that (design rule 5). */
const ROOM = 1.1;

/** What forbids a plan because of one survivor. */
export function survivorRefusals({ id, address }: ServerView, facts: HostFacts): Finding[] {
  return [...managerRefusals(id, facts), ...dataRefusals(id, facts), ...identityRefusals(id, address, facts)];
}

const TAG_THE_UNIT =
  'set the tag requorum:unit on the instance to the service that runs Dkron (a program of supervisord: also requorum:service-manager, to supervisor), then a new case; under another manager, operate it by hand: docs/runbook.md, "Make plan"';

/** Only a service manager that is known can be kept from starting Dkron again in the middle (design rule 3). */
export function managerRefusals(id: string, { manager, hostId }: Pick<HostFacts, 'manager' | 'hostId'>): Finding[] {
  if (manager.kind === 'supervisor' && manager.socket !== '' && manager.unit !== '') return [];
  if (manager.kind === 'supervisor') {
    const next = 'set the tags requorum:supervisor-socket and requorum:unit on the instance, then a new case';
    const evidence = `socket ${manager.socket || 'unknown'}, program ${manager.unit || 'unknown'}`;
    return [refusal('no-supervisor-socket', `supervisor on ${id} cannot be reached`, evidence, next)];
  }
  if (manager.kind === 'systemd' && manager.unit !== '') return [];
  if (manager.kind === 'systemd') {
    const says = `no service of systemd on ${id} is known to run Dkron, or more than one is`;
    return [refusal('no-unit', says, hostId, TAG_THE_UNIT)];
  }
  if (manager.kind === 'unknown') {
    const says = `nothing on ${id} tells what runs Dkron there, or more than one service could`;
    return [refusal('no-unit', says, hostId, TAG_THE_UNIT)];
  }
  const says = `Dkron on ${id} is managed by ${manager.kind}, which this version does not operate`;
  return [
    refusal('manager-unsupported', says, `on ${hostId}`, 'operate this host by hand: docs/runbook.md, "Make plan"'),
  ];
}

function dataRefusals(id: string, { dataDir, peersJsonPresent, freeBytes, dataBytes }: HostFacts): Finding[] {
  const found: Finding[] = [];
  if (peersJsonPresent) {
    const next = `move ${dataDir.path}/raft/peers.json aside; somebody else may be recovering this cluster by hand`;
    found.push(refusal('peers-json-present', `${id} has a peers.json already`, dataDir.path, next));
  }
  if (freeBytes < dataBytes * ROOM) {
    const evidence = `${freeBytes} bytes free, ${dataBytes} bytes of data`;
    const next = 'make room on that file system and open a new case: nothing is started without a backup';
    found.push(refusal('no-room-for-backup', `${id} has no room for a backup of its data-dir`, evidence, next));
  }
  return found;
}

function identityRefusals(id: string, address: string, facts: HostFacts): Finding[] {
  const found: Finding[] = [];
  if (portOf(address) !== facts.ports.rpc) {
    const next = 'set the RPC port back to the one in the configuration, then a new case';
    const evidence = `${address} in the configuration, port ${facts.ports.rpc} at the next start`;
    found.push(refusal('port-changed', `${id} would listen on another port`, evidence, next));
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

/** peers.json on a Dkron that panics on it: refused, with the version to upgrade to (issue #767). */
export function versionRefusals(id: string, { version }: HostFacts): Finding[] {
  const numbers = versionOf(version);
  if (!numbers) return [];
  const [major, minor, patch] = numbers;
  const [needMajor, needMinor, needPatch] = FIRST_RECOVERABLE;
  const newer = major - needMajor || minor - needMinor || patch - needPatch;
  if (newer >= 0) return [];
  const next = 'upgrade the binary to Dkron 3.1.2 or later on every survivor first; the data-dir stays';
  return [refusal('dkron-too-old', `Dkron ${version} on ${id} panics on peers.json`, 'issue #767', next)];
}

/** Null for a build of one's own ("devel") and where nobody told it. */
export function versionOf(version: string | null): readonly [number, number, number] | null {
  const found = /(\d+)\.(\d+)\.(\d+)/.exec(version ?? '');
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : null;
}

/** Known to be Dkron 4 or later, which finds moved servers by itself (facts/dkron §7). Not knowing counts as no. */
export function isDkron4(version: string | null): boolean {
  return Number(/(?:^|[^\d.])v?(\d+)(?:\.|$)/.exec(version ?? '')?.[1] ?? 0) >= 4;
}

/** Raft ids are node names: two hosts with one name are two servers with one vote (design rule 4). */
export function duplicateRefusals(hosts: readonly HostFacts[]): Finding[] {
  const names = [...new Set(hosts.map(({ nodeName }) => nodeName.value))];
  return names.flatMap((name) => {
    const same = hosts.filter(({ nodeName }) => nodeName.value === name).map(({ hostId }) => hostId);
    if (same.length < 2) return [];
    const next = 'find out which of them is the server; take the other out of the selector and stop it';
    return [refusal('duplicate-node-name', `${same.length} hosts bear the name ${name}`, same.join(', '), next)];
  });
}

/** What forbids to stop an excluded host: the stop cannot be, or nothing would cut it off before (design rule 13). */
export function stopRefusals(id: string, instance: Instance, quarantine: Readonly<Record<string, string>>): Finding[] {
  const { instanceId } = instance;
  const found: Finding[] = [];
  // Quarantine alone is no proof: what talks already talks on (tracked flows).
  const instead = `connect its agent, so that it can be held there; or, if its data may go: aws ec2 terminate-instances --instance-ids ${instanceId}; then a new case`;
  if (instance.rootDevice === 'instance-store') {
    const says = `${instanceId} of ${id} boots from instance store: it cannot be stopped, only ended`;
    found.push(refusal('instance-store-root', says, 'root device instance-store', instead));
  }
  if (instance.spot === 'one-time') {
    const says = `${instanceId} of ${id} is a one-time Spot instance: it cannot be stopped, only ended`;
    found.push(refusal('one-time-spot', says, 'spot request one-time', instead));
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

/** What stopping it destroys, as far as EC2 and the tags of the instance tell; null where nothing, or nothing of Dkron's. */
export function destroyedByStop({ instanceStore, state, rootDevice, overrides }: Instance): 'instance-store' | null {
  const isKnownElsewhere = overrides[DATA_DISK] === 'ebs';
  const isOn = state !== 'stopped' && rootDevice === 'ebs';
  return instanceStore && isOn && !isKnownElsewhere ? 'instance-store' : null;
}

/** Only an override may let a stop destroy something, and it says exactly what (design rule 13). */
export function stopFindings(id: string, instance: Instance): Finding[] {
  const { instanceId, instanceStore, state } = instance;
  if (!instanceStore || state === 'stopped') return [];
  if (destroyedByStop(instance) === null) {
    const says = `stopping ${instanceId} of ${id} empties its instance-store disks; its data-dir is on EBS, as its tag says`;
    return [warning('instance-store', says, `requorum:${DATA_DISK} = ebs`, '')];
  }
  const next = `if the data-dir of ${id} is on EBS: aws ec2 create-tags --resources ${instanceId} --tags Key=requorum:${DATA_DISK},Value=ebs, then a new case; else connect its agent, so that it is held and not stopped; override only when what ${id} has may be lost`;
  const says = `stopping ${instanceId} destroys everything on its instance-store disks: the data-dir of ${id} with every entry that only ${id} has, if it lies there`;
  return [refusal('instance-store', says, `root device ebs, state ${state}`, next)];
}

interface Told {
  readonly id: string;
  readonly log: LogFacts | null;
}

/** Logs that are to live on together must tell one history, and know one membership. */
export function timelineRefusals(told: readonly Told[]): Finding[] {
  const logs = told.flatMap(({ id, log }) => (log ? [{ id, log }] : [])).sort((a, b) => (a.id < b.id ? -1 : 1));
  return logs.flatMap((one, at) =>
    logs.slice(at + 1).flatMap((other) => {
      const both = `${one.id} and ${other.id}`;
      const evidence = `${position(one.log)} against ${position(other.log)}`;
      if (relation(one.log, other.log) === 'another-timeline') {
        const next = 'decide by hand which history counts; docs/runbook.md, "Make plan"';
        return [refusal('two-timelines', `${both} hold different histories`, evidence, next)];
      }
      if (members(one.log) === members(other.log)) return [];
      const next = 'one of them was recovered alone, or a change was under way; decide by hand which one counts';
      const sets = `${members(one.log)} against ${members(other.log)}`;
      return [refusal('memberships-differ', `${both} know different memberships`, sets, next)];
    }),
  );
}

function members({ configuration }: LogFacts): string {
  return sortedIds(configuration).join(' ');
}

function position({ lastTerm, lastIndex }: LogFacts): string {
  return `term ${lastTerm}, index ${lastIndex}`;
}
