import {
  DescribeDocumentCommand,
  GetCommandInvocationCommand,
  GetConnectionStatusCommand,
  SendCommandCommand,
  SSMClient,
  type GetConnectionStatusCommandInput,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { log } from '../../../lambdas/adapters/log';
import { collect } from '../../../lambdas/inspect/collect';
import { handler } from '../../../lambdas/inspect/handler';
import { FleetOutput } from '../../../lib/recovery/boundary';
import type { CaseRef } from '../../../lib/recovery/case';
import { Orders } from '../../../lib/recovery/order';
import { FakeFleet } from '../../support/fake-fleet';
import { cluster, fleetInOutage, hostsInOutage, inventory, OPENED_AT } from '../../support/lost-quorum';

/* dkron-1 answers, dkron-2 is gone with its disk, dkron-3 runs and its agent is not connected. */
const ref: CaseRef = {
  caseId: 'case-1',
  cluster: 'demo',
  mode: 'recover',
  counter: 7,
  openedAt: OPENED_AT,
  planId: null,
};
const at = (seconds: number) => ({ now: () => new Date(Date.parse(OPENED_AT) + seconds * 1000) });

let ssm: ReturnType<typeof mockClient>;
let fleet: FakeFleet;
beforeEach(() => {
  log.setLogLevel('SILENT');
  process.env['REQUORUM_CLUSTERS'] = JSON.stringify([cluster()]);
  process.env['REQUORUM_DOCUMENTS'] = JSON.stringify({
    inspect: 'inspect-document',
    hold: 'h',
    release: 'r',
    verify: 'v',
    undo: 'u',
    'remove-peer': 'p',
    leave: 'l',
  });
  ssm = mockClient(SSMClient);
  ssm.on(GetConnectionStatusCommand).callsFake(({ Target }: GetConnectionStatusCommandInput) => ({
    Status: Target === 'i-00000001' ? 'connected' : 'notconnected',
  }));
  fleet = new FakeFleet([
    { tags: { 'dkron-cluster': 'demo', Name: 'dkron-1', 'requorum:unit': 'dkron' } },
    { state: 'terminated' },
    { group: 'dkron-servers', stopProtected: true, type: 'm5d.large' },
  ]);
});
afterEach(() => {
  fleet.end();
  ssm.restore();
  delete process.env['REQUORUM_CLUSTERS'];
  delete process.env['REQUORUM_DOCUMENTS'];
});

describe('fleet', () => {
  const look = async (more: object = {}) =>
    FleetOutput.parse(await handler({ action: 'fleet', case: ref, inventory, ...more }));

  test('describes every instance of the selector, with what decides about stopping it', async () => {
    const { fleet: seen } = await look();
    expect(seen.instances).toMatchObject([
      {
        instanceId: 'i-00000001',
        name: 'dkron-1',
        state: 'running',
        agent: 'connected',
        interfaces: [{ id: 'eni-1', addresses: ['10.0.0.1'], groups: ['sg-dkron'] }],
        volumes: [{ volumeId: 'vol-1', device: '/dev/xvda', deleteOnTermination: true }],
        overrides: { unit: 'dkron' },
        autoScalingGroup: null,
        instanceStore: false,
        stopProtected: false,
        spot: 'no',
      },
      { instanceId: 'i-00000002', state: 'terminated', agent: 'notconnected', interfaces: [], volumes: [] },
      {
        instanceId: 'i-00000003',
        agent: 'notconnected',
        autoScalingGroup: 'dkron-servers',
        stopProtected: true,
        instanceStore: true,
      },
    ]);
  });

  test('an instance of another cluster is not in it', async () => {
    fleet.of('i-00000003').tags = { 'dkron-cluster': 'other' };
    expect((await look()).fleet.instances.map(({ instanceId }) => instanceId)).toEqual(['i-00000001', 'i-00000002']);
  });

  const LAUNCHED = { id: 'i-0000000f', tags: {}, groups: ['sg-other'], nic: 'eni-f', group: 'dkron-servers' };
  const servers = inventory.servers.map((one) => ({ ...one, autoScalingGroup: 'dkron-servers' }));
  test.each([
    ['that has a host of the cluster', { group: 'dkron-servers' }, inventory],
    ['that had one in good times', { state: 'terminated' as const }, { ...inventory, servers }],
  ])('an instance without the selector is beside it where a group launched it %s', async (_, third, known) => {
    fleet.end();
    fleet = new FakeFleet([{}, {}, third, LAUNCHED]);
    const { fleet: seen } = await look({ inventory: known });
    expect(seen.instances.map(({ instanceId }) => instanceId)).not.toContain('i-0000000f');
    expect(seen.neighbours).toMatchObject([{ instanceId: 'i-0000000f', autoScalingGroup: 'dkron-servers' }]);
    expect(seen.groups).toMatchObject([{ name: 'dkron-servers' }]);
  });

  test('says what is left of each server that the inventory knows', async () => {
    const { fleet: seen } = await look();
    expect(seen.remains).toEqual([
      {
        serverId: 'dkron-1',
        instanceId: 'i-00000001',
        instance: 'running',
        volumes: [{ volumeId: 'vol-1', state: 'in-use', attachedTo: 'i-00000001' }],
        addressHeldBy: { interfaceId: 'eni-1', instanceId: 'i-00000001' },
      },
      {
        serverId: 'dkron-2',
        instanceId: 'i-00000002',
        instance: 'terminated',
        volumes: [{ volumeId: 'vol-2', state: 'deleted', attachedTo: null }],
        // Its interface is still listed with it: it holds nothing.
        addressHeldBy: null,
      },
      {
        serverId: 'dkron-3',
        instanceId: 'i-00000003',
        instance: 'running',
        volumes: [{ volumeId: 'vol-3', state: 'in-use', attachedTo: 'i-00000003' }],
        addressHeldBy: { interfaceId: 'eni-3', instanceId: 'i-00000003' },
      },
    ]);
  });

  test('an instance that EC2 has forgotten is absent, and another that has its address is named', async () => {
    fleet.end();
    fleet = new FakeFleet([{}, { id: 'i-0000000f', nic: 'eni-f', volume: 'vol-f' }]);
    const { fleet: seen } = await look();
    expect(seen.remains[1]).toMatchObject({
      serverId: 'dkron-2',
      instance: 'absent',
      addressHeldBy: { interfaceId: 'eni-f', instanceId: 'i-0000000f' },
    });
  });

  test('gives the prober every known address, those of dead hosts as well', async () => {
    const { targets } = await look();
    expect(targets.map(({ address }) => address).sort()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  });

  test('nothing by the selector and no inventory is a wrong selector, not a dead cluster', async () => {
    fleet.end();
    fleet = new FakeFleet([]);
    await expect(look({ inventory: null })).rejects.toMatchObject({ name: 'NoInstance' });
    expect((await look()).fleet.remains).toHaveLength(3);
  });

  test('a cluster that is not configured is refused by name', async () => {
    await expect(look({ case: { ...ref, cluster: 'prod' } })).rejects.toThrow(/UnknownCluster|no cluster "prod"/);
  });
});

describe('send', () => {
  const send = (view = fleetInOutage()) => handler({ action: 'send', case: ref, fleet: view });
  const sentOrders = (): Orders => {
    const [call] = ssm.commandCalls(SendCommandCommand);
    const input = call?.args[0].input as { Parameters?: Record<string, string[]> } | undefined;
    return Orders.parse(JSON.parse(Buffer.from(input?.Parameters?.['Orders']?.[0] ?? '', 'base64').toString('utf8')));
  };
  beforeEach(() => {
    ssm.on(DescribeDocumentCommand).resolves({ Document: { DocumentVersion: '3', Hash: 'a'.repeat(64) } });
    ssm.on(SendCommandCommand).resolves({ Command: { CommandId: 'command-1' } });
  });

  test('asks the hosts whose agent is connected, and them only, by version and hash', async () => {
    expect(await send()).toMatchObject({
      sent: { commands: [{ commandId: 'command-1', instanceIds: ['i-00000001'] }] },
    });
    expect(ssm.commandCalls(SendCommandCommand).map(({ args }) => args[0].input)).toMatchObject([
      {
        DocumentName: 'inspect-document',
        DocumentVersion: '3',
        DocumentHash: 'a'.repeat(64),
        InstanceIds: ['i-00000001'],
        TimeoutSeconds: 30,
      },
    ]);
  });

  test('gives each host the hints of its own tags', async () => {
    await send();
    expect(sentOrders()).toEqual({
      caseId: 'case-1',
      counter: 7,
      hosts: {
        'i-00000001': {
          hints: { 'service-manager': 'supervisor', 'supervisor-socket': '/run/supervisor.sock', unit: 'dkron' },
        },
      },
    });
  });

  test('sends nothing where no agent is connected', async () => {
    const view = fleetInOutage();
    const offline = { ...view, instances: view.instances.map((one) => ({ ...one, agent: 'notconnected' as const })) };
    expect(await send(offline)).toEqual({ sent: null });
    expect(ssm.commandCalls(SendCommandCommand)).toEqual([]);
  });
});

describe('collect', () => {
  const sent = {
    commands: [{ commandId: 'command-1', instanceIds: ['i-00000001'] }],
    document: 'inspect-document',
    sentAt: OPENED_AT,
  };
  const gather = (seconds = 2, more: object = {}) =>
    collect({ action: 'collect', case: ref, fleet: fleetInOutage(), sent, attempt: 0, ...more }, at(seconds));
  const [inspected] = hostsInOutage();
  const facts = inspected?.outcome === 'inspected' ? inspected.facts : null;
  const prints = (line: unknown, Status = 'Success') => {
    const StandardOutputContent = `starting\nREQUORUM-RESULT ${JSON.stringify(line)}\n`;
    ssm.on(GetCommandInvocationCommand).resolves({ Status: Status as 'Success', StandardOutputContent });
  };
  const OFFLINE = {
    outcome: 'silent',
    instanceId: 'i-00000003',
    code: 'AgentOffline',
    detail: 'running, and its agent is not connected',
  };

  test('reports the facts of a host, and a host that nobody could ask as silent; a terminated one is no host', async () => {
    prints(facts);
    expect(await gather()).toEqual({
      done: true,
      hosts: [
        { outcome: 'inspected', instanceId: 'i-00000001', facts, receivedAt: at(2).now().toISOString() },
        OFFLINE,
      ],
    });
  });

  test('is not done while a host is at work, and a lost command is failed, never dead', async () => {
    ssm.on(GetCommandInvocationCommand).resolves({ Status: 'InProgress' });
    expect(await gather(2)).toEqual({ done: false, hosts: [OFFLINE] });
    expect(await gather(120)).toMatchObject({
      done: true,
      hosts: [{ outcome: 'failed', instanceId: 'i-00000001', code: 'CommandLost' }, {}],
    });
  });

  test('says why a host refused, also when its script ended with an error', async () => {
    prints({ outcome: 'refused', hostId: 'i-00000001', code: 'PythonMissing', detail: 'python3 is missing' }, 'Failed');
    expect((await gather()).hosts[0]).toEqual({
      outcome: 'failed',
      instanceId: 'i-00000001',
      code: 'PythonMissing',
      detail: 'python3 is missing',
    });
  });

  test.each([
    ['facts of another host', () => prints({ ...facts, hostId: 'i-0000000f' })],
    ['facts without a data-dir', () => prints({ ...facts, dataDir: undefined })],
    ['no result line', () => ssm.on(GetCommandInvocationCommand).resolves({ Status: 'Success' })],
    [
      'half a line',
      () =>
        ssm.on(GetCommandInvocationCommand).resolves({
          Status: 'Success',
          StandardOutputContent: 'REQUORUM-RESULT {"hostId":',
        }),
    ],
  ])('does not believe %s', async (_, given) => {
    given();
    expect((await gather()).hosts[0]).toMatchObject({ outcome: 'failed', code: 'BadResult' });
  });

  test('where nothing was sent all running hosts are silent', async () => {
    const { done, hosts } = await gather(2, { sent: null });
    expect(done).toBe(true);
    expect(hosts.map(({ instanceId, outcome }) => [instanceId, outcome])).toEqual([
      ['i-00000001', 'silent'],
      ['i-00000003', 'silent'],
    ]);
  });
});
