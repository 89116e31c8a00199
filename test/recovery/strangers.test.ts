import {
  guardRelease,
  lookAgain,
  makePlan,
  type FleetView,
  type Instance,
  type Member,
  type NetworkView,
  type Survey,
} from '../../lib/recovery';
import { fencesOf, planOf, quiet } from '../support/planned';
import { NOW, OPENED, PINS, QUARANTINE, sha256, surveyOf } from '../support/world';

/*
 * Every kind of stranger (design §1), at each of the three places where one is looked for: it forbids a plan, it ends an
 * approved case before anything is touched, and it blocks the release as its first act (rule 2, E3).
 */
const planned = planOf();
const { plan, survey, cluster } = planned;
const AT = '10.0.9.9';
const LATER = '2026-03-01T04:10:20.000Z';

const instance = (rest: Partial<Instance> = {}): Instance => {
  const [own] = survey.fleet.instances;
  if (!own) throw new Error('no instance');
  const interfaces = [{ id: 'eni-0e', addresses: [AT], publicAddresses: [], groups: [] }];
  return { ...own, instanceId: 'i-0000000e', name: 'new', launchedAt: LATER, interfaces, volumes: [], ...rest };
};
const old = (rest: Partial<Instance> = {}): Instance => instance({ launchedAt: '2026-01-01T00:00:00.000Z', ...rest });
const neighbour = ({ instanceId, state, launchedAt, interfaces, autoScalingGroup }: Instance) => ({
  ...{ instanceId, state, launchedAt, interfaces, autoScalingGroup },
});

interface Seen {
  readonly instances?: readonly Instance[];
  readonly neighbours?: readonly Instance[];
  readonly reports?: NetworkView['reports'];
}
const fleetWith = ({ instances = [], neighbours = [] }: Seen): FleetView => ({
  ...survey.fleet,
  instances: [...survey.fleet.instances, ...instances],
  neighbours: neighbours.map(neighbour),
});
const networkWith = (network: NetworkView, { reports = [] }: Seen): NetworkView => ({
  ...network,
  reports: [...network.reports, ...reports],
});

const NOTHING = { outcome: 'timed-out' as const, detail: '' };
const report = (id: string | null, members: readonly Member[] = []): NetworkView['reports'][number] => ({
  address: AT,
  raft:
    id === null
      ? NOTHING
      : {
          outcome: 'answered',
          service: 'types.Dkron',
          // Under a member's name it has the others in its configuration as well: nothing else gives it away.
          servers: (plan.membership.some((one) => one.id === id) ? plan.membership : [{ id, address: '' }]).map(
            (one) => ({
              id: one.id,
              address: one.id === id ? `${AT}:6868` : one.address,
              suffrage: 'voter' as const,
              leader: false,
            }),
          ),
        },
  leader: NOTHING,
  isLeader: NOTHING,
  members: members.length > 0 ? { outcome: 'answered', members: [...members] } : NOTHING,
});
const member = (name: string, rest: Partial<Member> = {}): Member => ({
  ...{ name, address: AT, status: 'alive', server: true, rpcAddr: `${AT}:6868` },
  ...rest,
});

const planAgain = (seen: Seen) => {
  const world: Survey = { ...survey, fleet: fleetWith(seen), network: networkWith(survey.network, seen) };
  return makePlan(world, cluster, { sha256, documents: PINS, quarantine: QUARANTINE, now: NOW });
};
const beforeHold = (seen: Seen) =>
  lookAgain({
    ...{ plan, cluster, inventory: survey.inventory, openedAt: OPENED },
    fleet: fleetWith(seen),
    network: networkWith(survey.network, seen),
  });
const atRelease = (seen: Seen) =>
  guardRelease({
    ...{ plan, cluster, inventory: survey.inventory, openedAt: OPENED, fences: fencesOf(planned) },
    fleet: fleetWith(seen),
    network: networkWith(quiet(planned), seen),
  });

describe.each<[string, Seen, RegExp, RegExp]>([
  [
    'an instance of the selector that was launched after the case opened',
    { instances: [instance()] },
    /i-0000000e was launched after/,
    /aws ec2 stop-instances --instance-ids i-0000000e/,
  ],
  ['one that is still coming up', { instances: [instance({ state: 'pending' })] }, /i-0000000e/, /stop-instances/],
  ['one that is not down yet', { instances: [instance({ state: 'stopping' })] }, /i-0000000e/, /stop-instances/],
  [
    'one that was launched in the very second in which the case opened, as EC2 tells it',
    { instances: [instance({ launchedAt: OPENED })] },
    /i-0000000e/,
    /stop-instances/,
  ],
  [
    'one that an Auto Scaling group launched: the group is kept still first',
    { instances: [instance({ autoScalingGroup: 'dkron' })] },
    /i-0000000e/,
    /suspend-processes --auto-scaling-group-name dkron --scaling-processes Launch .*stop-instances --instance-ids i-0000000e/,
  ],
  [
    'an instance that was launched into a security group of the cluster',
    { neighbours: [instance()] },
    /i-0000000e was launched in a security group/,
    /stop-instances --instance-ids i-0000000e/,
  ],
  [
    'an instance without the selector that a group of the cluster launched: the group is kept still first',
    { neighbours: [instance({ autoScalingGroup: 'dkron' })] },
    /i-0000000e was launched by dkron, an Auto Scaling group of the cluster/,
    /suspend-processes --auto-scaling-group-name dkron .*stop-instances --instance-ids i-0000000e/,
  ],
  [
    'an old instance that answers on the RPC port by now',
    { instances: [old()], reports: [report('new')] },
    /10\.0\.9\.9 \(i-0000000e\) answers on the RPC port/,
    /stop-instances --instance-ids i-0000000e/,
  ],
  [
    'an address that answers and belongs to no instance that is seen',
    { reports: [report('new')] },
    /10\.0\.9\.9 answers on the RPC port/,
    /describe-network-interfaces --filters Name=addresses\.private-ip-address,Values=10\.0\.9\.9/,
  ],
  [
    'an empty server under the name of a member, at an address of its own',
    { instances: [old()], reports: [report('dkron-2')] },
    /10\.0\.9\.9 \(i-0000000e\) answers on the RPC port/,
    /stop-instances/,
  ],
  [
    'a server in the gossip that nobody knows',
    { instances: [old()], reports: [report(null, [member('new')])] },
    /new is a server in the gossip/,
    /stop-instances --instance-ids i-0000000e/,
  ],
  [
    'a server in the gossip that bears the name of a member',
    { reports: [report(null, [member('dkron-2')])] },
    /a server at 10\.0\.9\.9 bears the name of dkron-2/,
    /describe-network-interfaces/,
  ],
])('%s', (_, seen, says, nextStep) => {
  test('forbids a plan, with the instance and the command', () => {
    const planning = planAgain(seen);
    expect(planning.kind).toBe('refused');
    const strangers = planning.briefing.findings.filter(({ code }) => code === 'stranger');
    expect(strangers.map((one) => one.says).join('\n')).toMatch(says);
    expect(strangers.map((one) => one.nextStep).join('\n')).toMatch(nextStep);
  });

  test('ends an approved case before anything is touched', () => {
    const again = beforeHold(seen);
    expect(again.kind).toBe('drifted');
    expect(again.kind === 'drifted' && again.says).toMatch(says);
  });

  test('blocks the release, as its first act', () => {
    const guarded = atRelease(seen);
    expect(guarded.kind).toBe('blocked');
    expect(guarded.kind === 'blocked' && guarded.says.join('\n')).toMatch(says);
  });
});

describe.each<[string, Seen]>([
  [
    'an instance that was launched later and is stopped: it cannot vote',
    { instances: [instance({ state: 'stopped' })] },
  ],
  ['an old instance of the selector on which nothing runs', { instances: [old()] }],
  ['an old neighbour on which nothing runs', { neighbours: [old()] }],
  ['an agent node in the gossip', { reports: [report(null, [member('agent-1', { server: false, rpcAddr: null })])] }],
  ['a strange server that is dead in the gossip', { reports: [report(null, [member('new', { status: 'failed' })])] }],
])('%s', (_, seen) => {
  test('is no stranger', () => {
    expect(planAgain(seen).kind).toBe('planned');
    expect(beforeHold(seen)).toEqual({ kind: 'same' });
    expect(atRelease(seen)).toEqual({ kind: 'clear' });
  });
});

test('a stranger that leads is named as well: without it nobody would know whom to stop', () => {
  const leading = { ...report('new'), isLeader: { outcome: 'answered' as const, leads: true, status: 200 } };
  const planning = planAgain({ instances: [old()], reports: [leading] });
  expect(planning.kind).toBe('refused');
  const found = planning.briefing.findings.find(({ code }) => code === 'stranger');
  expect(found).toMatchObject({ severity: 'danger' });
  expect(found?.nextStep).toContain('aws ec2 stop-instances --instance-ids i-0000000e');
});

describe('a fresh cluster beside this one', () => {
  const fresh = (rest: object): Survey['hosts'][number] => {
    const [first] = survey.hosts;
    if (first?.outcome !== 'inspected' || !first.facts.log) throw new Error('no facts');
    const configuration = [{ id: 'new', address: `${AT}:6868`, suffrage: 'voter' as const }];
    const log = { ...first.facts.log, lastTerm: 9, lastIndex: 300, configuration, terms: [{ term: 9, firstIndex: 1 }] };
    const nodeName = { value: 'new', evidence: 'config' as const };
    const facts = { ...first.facts, hostId: 'i-0000000e', addresses: [AT], nodeName, log };
    return { ...first, instanceId: 'i-0000000e', facts: { ...facts, ...rest } };
  };
  const leading = { ...report('new'), isLeader: { outcome: 'answered' as const, leads: true, status: 200 } };
  const beside = (world: Survey) =>
    makePlan(world, cluster, { sha256, documents: PINS, quarantine: QUARANTINE, now: NOW });

  test('is not taken for it, however high its term and although it leads, and is named with the command', () => {
    const planning = beside({
      ...survey,
      fleet: fleetWith({ instances: [old()] }),
      network: { ...quiet(planned), reports: [...quiet(planned).reports, leading] },
      hosts: [...survey.hosts, fresh({})],
    });
    expect(planning.kind).toBe('refused');
    expect(planning.briefing.servers.map(({ id }) => id)).toEqual(['dkron-1', 'dkron-2', 'dkron-3']);
    const steps = planning.briefing.findings.filter(({ code }) => code === 'stranger').map(({ nextStep }) => nextStep);
    expect(steps.join('\n')).toContain('aws ec2 stop-instances --instance-ids i-0000000e');
  });

  test('nobody of this cluster is called a stranger beside two timelines of its own', () => {
    const { survey: split, cluster: own } = surveyOf({
      servers: {
        'dkron-1': { configuration: ['dkron-1'], told: ['dkron-1'] },
        'dkron-2': { leads: true },
        'dkron-3': { names: 'dkron-2' },
      },
    });
    const after = {
      ...split,
      inventory: split.inventory && { ...split.inventory, servers: split.inventory.servers.slice(0, 1) },
    };
    const planning = makePlan(after, own, { sha256, documents: PINS, quarantine: QUARANTINE, now: NOW });
    expect(planning.briefing.verdict.name).toBe('stranded');
    expect(planning.briefing.findings.map(({ code }) => code)).not.toContain('stranger');
  });
});
