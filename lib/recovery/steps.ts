import type { Policy } from './cluster';
import type { Briefing, Excluded, GroupPlan, Launch, Plan, Removal } from './plan';
import { named } from './words';

type Step = Briefing['steps'][number];

/** The steps as a person reads them, beside the title of their phase; `point-of-no-return` is the line between them. */
export function stepsOf(plan: Plan, policy: Policy): Step[] {
  const first: Step = { phase: 'look-again', says: 'fleet and network once more; anything changed ends the case' };
  if (plan.remedy === 'power-on') return [first, ...plan.groups.map(groupStep), ...powerOnSteps(plan)];
  if (plan.remedy === 'power-cycle') return [first, ...plan.groups.map(groupStep), ...powerCycleSteps(plan)];
  if (plan.launch) return [first, ...launchSteps(plan.launch)];
  const fenced = plan.excluded.filter(({ fence }) => fence.kind !== 'gone');
  return [
    first,
    ...plan.groups.map(groupStep),
    ...fenced.map((one) => ({ phase: 'secure', says: fenceText(one) })),
    ...holdSteps(plan),
    { phase: 'approve-restart', says: 'asks again if anything differs from what was approved' },
    { phase: 'point-of-no-return', says: 'from here only forward' },
    ...releaseSteps(plan, policy),
    ...plan.removals.map((removal) => ({ phase: 'remove-peers', says: removalText(removal) })),
    {
      phase: 'verify',
      says: `one configuration everywhere, a canary job, every job, held for ${policy.proofSeconds} s`,
    },
  ];
}

function groupStep({ group, standby }: GroupPlan): Step {
  const aside = standby.length === 0 ? '' : `; ${standby.join(', ')} to Standby`;
  return {
    phase: 'secure',
    says: `Auto Scaling group ${group}: neither launches nor ends anything until the end${aside}`,
  };
}

function powerOnSteps({ powerOn }: Plan): Step[] {
  const it = powerOn.length === 1;
  const hosts = powerOn.map(({ id, instanceId }) => `${id} (${instanceId})`).join(', ');
  return [
    {
      phase: 'power-on',
      says: `${hosts}: started in the quarantine group, ${it ? 'it reaches' : 'they reach'} nobody`,
    },
    { phase: 'survey', says: `a look at ${it ? 'its disk' : 'their disks'}, then a plan and a gate of its own` },
  ];
}

function powerCycleSteps({ powerOn }: Plan): Step[] {
  const [it, its, disks] = powerOn.length === 1 ? ['it', 'its', 'disk'] : ['they', 'their', 'disks'];
  const hosts = powerOn.map(({ id, instanceId }) => `${id} (${instanceId})`).join(', ');
  return [
    { phase: 'power-on', says: `${hosts}: quarantine group, then stop; ${its} disks stay` },
    { phase: 'power-on', says: `started again there, where ${it} reach${it === 'it' ? 'es' : ''} nobody` },
    { phase: 'survey', says: `a look at ${its} ${disks}, then a plan and a gate of its own` },
  ];
}

function launchSteps(launch: Launch): Step[] {
  const says = `one instance of ${launch.template} in place of ${launch.replaces}: in the quarantine group from the first moment, it reaches nobody`;
  return [
    { phase: 'power-on', says },
    { phase: 'survey', says: 'a look at the new host, then a plan and a gate of its own' },
  ];
}

function holdSteps({ survivors, joining, peersJson }: Plan): Step[] {
  if (joining.length > 0) {
    return [
      { phase: 'secure', says: `${named(joining)}: stop Dkron, prove it, hold what lies there` },
      { phase: 'check', says: 'the leader leads, who is out stays out, nothing runs on the host' },
    ];
  }
  if (survivors.length === 0) return [{ phase: 'check', says: 'the leader leads and nothing changed' }];
  const stage = peersJson === null ? 'hold, back up' : 'hold, back up, stage the same peers.json, read it back';
  const check =
    peersJson === null
      ? 'backups and final log positions'
      : 'fences, hashes, strangers, leaders and final log positions';
  return [
    { phase: 'secure', says: `${named(survivors)}: stop Dkron, prove it, ${stage}` },
    { phase: 'check', says: check },
  ];
}

function releaseSteps({ survivors, standing, joining, letIn }: Plan, { leaderSeconds }: Policy): Step[] {
  const started = [...survivors, ...joining];
  if (started.length === 0) return [];
  const out = started.filter(({ instanceId }) => letIn.includes(instanceId));
  const hosts = out.map(({ id, instanceId }) => `${id} (${instanceId})`).join(', ');
  const wait = `one leader; usually 2 s, given up after ${leaderSeconds} s`;
  return [
    ...(out.length > 0
      ? [{ phase: 'release', says: `${hosts}: out of quarantine${out.length > 1 ? ', together' : ''}` }]
      : []),
    ...(survivors.length > 0 ? [{ phase: 'release', says: `${named(survivors)}: put raft back and start` }] : []),
    ...(joining.length > 0
      ? [
          {
            phase: 'release',
            says: `${named(joining)}: old data aside, start empty; the leader takes it in within a minute`,
          },
        ]
      : []),
    ...(standing.length > 0 ? [] : [{ phase: 'await-leader', says: wait }]),
  ];
}

function removalText({ id, by }: Removal): string {
  return by === 'leave'
    ? `${id} leaves (dkron leave), is stopped and held; the leader removes it within a minute`
    : `${id}: by id, on the leader's host (dkron raft remove-peer)`;
}

function fenceText({ id, fence }: Excluded): string {
  switch (fence.kind) {
    case 'gone':
      return `${id}: gone`;
    case 'hold':
      return `${id}: held on its host, and left so`;
    case 'quarantine-stop':
      return `${id}: quarantine group, then stop ${fence.instanceId}${fence.destroys ? ', which destroys its instance-store disks' : ''}`;
  }
}
