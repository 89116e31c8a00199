import { declaredText } from './declaration';
import type { Excluded, GroupPlan, Joining, Plan, Planning, Removal, Survivor } from './plan';

/**
 * The whole plan as a text with shell commands, for a person with a shell on the hosts and no AWS: the last resort when
 * Requorum itself cannot run. It follows the same order and the same rules.
 */
export function byHand(planning: Planning): string {
  if (planning.kind !== 'planned') return `${nothingToRun(planning)}\n`;
  const { plan, planId, briefing } = planning;
  const head = `# ${plan.cluster}: ${briefing.verdict.means}. Plan ${planId}, by hand.`;
  switch (plan.remedy) {
    case 'power-on':
      return lines([head, ...powerOnLines(plan)]);
    case 'power-cycle':
      return lines([head, ...powerCycleLines(plan)]);
    case 'restart':
      return lines([head, ...restartLines(plan), ...proveLines(plan)]);
    case 'remove':
      return lines([head, ...removeLines(plan), ...proveLines(plan)]);
    case 'launch':
      return lines([head, ...launchLines(plan)]);
    case 'readmit':
      return lines([head, ...plan.joining.flatMap((one) => joinLines(one, plan)), ...proveLines(plan)]);
    case 'rewrite':
      return rewriteByHand(head, plan);
  }
}

const lines = (all: readonly string[]): string => [...all, ''].join('\n');

function powerOnLines({ powerOn }: Plan): string[] {
  return [
    '# 1. Put every network interface of these hosts into a group that lets nothing of Dkron through, then start them:',
    ...powerOn.map(
      ({ id, instanceId }) => `aws ec2 start-instances --instance-ids ${instanceId}   # ${id}, cut off first`,
    ),
    '# 2. On each: is the volume mounted, is <data-dir>/raft/raft.db there? An empty server votes for anyone.',
    '# 3. Put the groups back on all of them together, then: requorum plan',
  ];
}

function powerCycleLines({ powerOn }: Plan): string[] {
  return [
    '# 1. Put every network interface of these hosts into a group that lets nothing of Dkron through, then stop them:',
    ...powerOn.map(
      ({ id, instanceId }) =>
        `aws ec2 stop-instances --skip-os-shutdown --instance-ids ${instanceId}   # ${id}, cut off first`,
    ),
    '# 2. When they are stopped, and still cut off:',
    ...powerOn.map(({ id, instanceId }) => `aws ec2 start-instances --instance-ids ${instanceId}   # ${id}`),
    '# 3. On each: is the volume mounted, is <data-dir>/raft/raft.db there? An empty server votes for anyone.',
    '# 4. Put the groups back on all of them together, then: requorum plan',
  ];
}

function restartLines({ survivors, standing }: Plan): string[] {
  const joins = [...survivors, ...standing].map(({ gossip }) => gossip).join(',');
  return survivors.flatMap((survivor) => [
    `## ${survivor.id} (${survivor.instanceId}), on its host as root:`,
    ...stopLines(survivor),
    `cp -a ${quoted(`${survivor.dataDir}/raft`)} ${quoted(`${survivor.dataDir}/raft.backup-by-hand`)}`,
    `# If Dkron repeats "Join LAN failed", start it with DKRON_RETRY_JOIN=${joins} in its environment.`,
    ...startLines(survivor),
    '',
  ]);
}

function launchLines({ launch }: Plan): string[] {
  return [
    `# 1. Launch a new host in place of ${launch?.replaces ?? 'the lost one'}, in a group that lets nothing of Dkron through.`,
    '# 2. See to it that Dkron there has an empty data-dir and bootstrap-expect 0: with 1 it makes itself a cluster of its own.',
    '# 3. Give it the groups of the other servers, start Dkron, wait for a minute, then: dkron raft list-peers',
  ];
}

function joinLines(joining: Joining, { standing }: Plan): string[] {
  const { id, instanceId, dataDir, heldBy } = joining;
  const old = `${dataDir}/${heldBy === null ? 'raft' : `raft.held-${heldBy}`}`;
  return [
    `## ${id} (${instanceId}), on its host as root. No other server with old data may be able to start meanwhile.`,
    ...stopLines(joining),
    `mv ${quoted(old)} ${quoted(`${dataDir}/raft.old-by-hand`)}; rm -f ${quoted(`${dataDir}/raft`)}`,
    `# In its environment: DKRON_BOOTSTRAP_EXPECT=0 DKRON_RETRY_JOIN=${standing.map(({ gossip }) => gossip).join(',')}`,
    ...startLines(joining),
    '# Wait for a minute: the leader takes it in as a voter at its next reconcile.',
    '',
  ];
}

function removeLines({ removals, standing, excluded }: Plan): string[] {
  const leader = standing[0]?.address ?? '<leader>:6868';
  return [
    '# Nobody is removed while fewer than a majority of the voters answer without it:',
    `dkron raft list-peers --rpc-addr ${leader}`,
    ...excluded.flatMap(fenceLines),
    ...removals.flatMap((removal) => removalLines(removal, leader)),
    '',
  ];
}

function removalLines(removal: Removal, leader: string): string[] {
  const remove = `dkron raft remove-peer --peer-id ${removal.id} --rpc-addr ${leader}   # on the host of the leader`;
  if (removal.by === 'remove-peer') return [remove];
  return [
    `dkron leave --rpc-addr ${removal.address}   # on the host of ${removal.id}; then stop it there, it stays half dead:`,
    ...stopLines(removal.host),
    `mv ${quoted(`${removal.host.dataDir}/raft`)} ${quoted(`${removal.host.dataDir}/raft.retired`)}`,
    `# wait for a minute; if it is still listed: ${remove}`,
  ];
}

function proveLines({ survivors, standing }: Plan): string[] {
  return [
    '## Prove: one leader, the same configuration everywhere, every job; look again after 75 s.',
    ...[...survivors, ...standing].flatMap(({ http }) => [
      `curl -s http://${http}/v1/leader; echo`,
      `curl -s http://${http}/v1/jobs | grep -o '"name"' | wc -l`,
    ]),
  ];
}

function rewriteByHand(head: string, plan: Plan): string {
  const { peersJson, peersSha256 } = plan;
  return [
    head,
    '# Work from top to bottom, on all hosts of a step before the next step. Stop if anything differs.',
    '',
    '## 1. Look again: nobody may lead. Every line must print 404 or fail.',
    ...plan.survivors.map(({ http }) => `curl -s -o /dev/null -w '%{http_code}\\n' http://${http}/v1/isleader`),
    '',
    '## 2. Fence: no excluded server may ever start with its old data. All of them, not only a majority.',
    ...plan.groups.flatMap(stillLines),
    ...plan.excluded.flatMap(fenceLines),
    '',
    ...plan.survivors.flatMap((survivor) => holdLines(survivor, peersJson ?? '')),
    '## 4. Compare: the same sha256 on every survivor, and this one:',
    `#   ${peersSha256 ?? ''}`,
    ...plan.survivors.map(
      ({ id, dataDir }) => `sha256sum ${quoted(`${dataDir}/raft.held-by-hand/peers.json`)}   # on ${id}`,
    ),
    '',
    '## ---- point of no return: until here, "By hand, back" below puts everything back ----',
    '',
    ...releaseLines(plan),
    ...proveLines(plan),
    '',
    '## By hand, back (only before the point of no return), on each survivor:',
    ...plan.survivors.flatMap(({ id, dataDir }) => [
      `# on ${id}`,
      `rm -f ${quoted(`${dataDir}/raft`)} ${quoted(`${dataDir}/raft.held-by-hand/peers.json`)}`,
      `mv ${quoted(`${dataDir}/raft.held-by-hand`)} ${quoted(`${dataDir}/raft`)}`,
      ...startLines(plan.survivors.find((one) => one.id === id)),
    ]),
    '',
  ].join('\n');
}

function nothingToRun({ kind, briefing }: Exclude<Planning, { kind: 'planned' }>): string {
  const findings = briefing.findings.map(({ says, nextStep }) => `# - ${says}. Next: ${nextStep}`);
  const head =
    kind === 'nothing-to-do' ? '# Nothing to do: the cluster is healthy.' : `# No plan: ${briefing.verdict.means}.`;
  return [head, ...findings].join('\n');
}

/** Before anything is stopped: a group ends and replaces a member that does not run. */
function stillLines({ group, suspend, standby }: GroupPlan): string[] {
  const named = `--auto-scaling-group-name ${quoted(group)}`;
  return [
    `aws autoscaling suspend-processes ${named} --scaling-processes ${suspend.join(' ')}`,
    ...standby.map(
      (id) => `aws autoscaling enter-standby ${named} --instance-ids ${id} --should-decrement-desired-capacity`,
    ),
    `# At the end, when every stopped member is in Standby: aws autoscaling resume-processes ${named} --scaling-processes ${suspend.join(' ')}`,
  ];
}

function fenceLines({ id, address, instanceId, fence }: Excluded): string[] {
  switch (fence.kind) {
    case 'gone':
      if (fence.declared) return [`# ${id} (${address}): ${oneLine(declaredText(fence.declared))}. Be sure of it.`];
      return [`# ${id} (${address}) is proved gone: ${instanceId ?? 'no instance'}, its volumes and its address.`];
    case 'quarantine-stop':
      return [`# ${id} (${address}): power off ${fence.instanceId}, and see to it that nobody powers it on again.`];
    case 'hold':
      return [
        `# ${id} (${address}), on its host:`,
        `mv ${quoted(`${fence.dataDir}/raft`)} ${quoted(`${fence.dataDir}/raft.held-by-hand`)} && touch ${quoted(`${fence.dataDir}/raft`)}`,
      ];
  }
}

function holdLines(survivor: Survivor, peersJson: string): string[] {
  const { id, dataDir } = survivor;
  const held = quoted(`${dataDir}/raft.held-by-hand`);
  return [
    `## 3. Hold ${id} (${survivor.instanceId}), on its host as root:`,
    ...stopLines(survivor),
    `mv ${quoted(`${dataDir}/raft`)} ${held} && touch ${quoted(`${dataDir}/raft`)}`,
    `cp -a ${held} ${quoted(`${dataDir}/raft.backup-by-hand`)}`,
    `printf '%s' ${quoted(peersJson)} > ${quoted(`${dataDir}/raft.held-by-hand/peers.json`)}`,
    `chown --reference=${quoted(`${dataDir}/raft.held-by-hand/raft.db`)} ${quoted(`${dataDir}/raft.held-by-hand/peers.json`)}`,
    '',
  ];
}

function stopLines({ manager }: Survivor): string[] {
  if (manager.kind === 'supervisor') return [`supervisorctl -s unix://${manager.socket} stop ${manager.unit}`];
  const unit = manager.unit || 'dkron';
  return [
    `systemctl kill -s SIGKILL --kill-who=all ${unit}; systemctl stop ${unit}   # SIGKILL first: a TERM may leave the cluster`,
  ];
}

function startLines(survivor: Survivor | undefined): string[] {
  if (!survivor) return [];
  if (survivor.manager.kind === 'supervisor')
    return [`supervisorctl -s unix://${survivor.manager.socket} start ${survivor.manager.unit}`];
  const unit = survivor.manager.unit || 'dkron';
  return [`systemctl reset-failed ${unit}; systemctl start ${unit}`];
}

function releaseLines({ survivors }: Plan): string[] {
  const joins = survivors.map(({ gossip }) => gossip).join(',');
  return [
    `## 5. Release, on every survivor. Dkron's join list must reach ${joins}, the own address included,`,
    '##    or a server that lists only dead servers never reads peers.json.',
    ...survivors.flatMap((survivor) => [
      `# on ${survivor.id}`,
      `rm ${quoted(`${survivor.dataDir}/raft`)} && mv ${quoted(`${survivor.dataDir}/raft.held-by-hand`)} ${quoted(`${survivor.dataDir}/raft`)}`,
      ...startLines(survivor),
    ]),
    '',
  ];
}

/** A comment ends with its line: nothing that a person wrote may become a command. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}

/** For a POSIX shell: everything between single quotes is itself. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
