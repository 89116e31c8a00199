import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import {
  DescribeNetworkInterfacesCommand,
  DescribeVolumesCommand,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { DescribeDocumentCommand, GetConnectionStatusCommand, SSMClient } from '@aws-sdk/client-ssm';
import { signedSend } from '../../lib/cli/signed-send';
import { Lab } from '../../lab/lab';
import { processesOf } from '../../lab/launcher';
import { ROOT, exists, prepare } from '../../lab/prepare';
import { deployTemplate, ended, invocation, keysOf, send } from './support/launcher-stack';

const run = promisify(execFile);

describe('the pins of the launcher', () => {
  const python = async (program: string) => {
    const { python: binary } = await prepare(() => undefined);
    return run(binary, ['-c', program], { cwd: join(ROOT, 'lab', 'launcher') });
  };

  it('hold on this machine', async () => {
    await expect(python('import pins; pins.check(); print("held")')).resolves.toMatchObject({ stdout: 'held\n' });
  });

  it.each([
    ['a changed version', "pins.PINNED['moto'] = '0.0.1'", /moto 5\.2\.5 is installed, 0\.0\.1 is expected/],
    [
      'a patched name that moved',
      "pins.NAMES = (('ministack.services.ssm', 'moved_away'),)",
      /ministack\.services\.ssm\.moved_away is missing/,
    ],
  ])('break on %s, and say which', async (_what, change, says) => {
    await expect(python(`import pins; ${change}; pins.check()`)).rejects.toMatchObject({
      stderr: expect.stringMatching(says) as string,
    });
  });

  it('are the versions that get installed', async () => {
    const { stdout } = await python('import json, pins; print(json.dumps(pins.PINNED))');
    const requirements = await readFile(join(ROOT, 'lab', 'requirements.txt'), 'utf8');
    const pinned = Object.entries(JSON.parse(stdout) as Record<string, string>);
    expect(pinned.length).toBeGreaterThan(0);
    for (const [name, version] of pinned) {
      expect(requirements).toMatch(new RegExp(`^${name}(\\[[a-z0-9,]+\\])?==${version.replaceAll('.', '\\.')}$`, 'm'));
    }
  });
});

describe('a lab', () => {
  let lab: Lab;
  let outputs: Record<string, string>;
  let clients: ReturnType<Lab['clients']>;

  beforeAll(async () => {
    lab = await Lab.up({ servers: 3 });
    clients = lab.clients();
    outputs = await deployTemplate(lab);
    await lab.startCluster();
  });

  afterAll(async () => {
    await lab.down();
  });

  const id = (server: string): string => lab.host(server).instanceId;

  it('runs a command as the agent does: its instance id in the environment, its exit code and both outputs back', async () => {
    const sent = await send(clients.ssm, id('dkron-1'), 'echo "$AWS_SSM_INSTANCE_ID"; echo wrong >&2; exit 3');
    expect(await ended(clients.ssm, sent, id('dkron-1'))).toMatchObject({
      Status: 'Failed',
      ResponseCode: 3,
      StandardOutputContent: `${id('dkron-1')}\n`,
      StandardErrorContent: 'wrong\n',
    });
  });

  it('does not know an invocation for a moment after SendCommand', async () => {
    const answers = new Set<string>();
    let sent = '';
    // A busy machine may ask after that moment; it does not do so every time.
    for (let tries = 0; tries < 20 && !answers.has('InvocationDoesNotExist'); tries += 1) {
      sent = await send(clients.ssm, id('dkron-1'), 'true');
      answers.add(
        await invocation(clients.ssm, sent, id('dkron-1')).then(
          () => 'known',
          ({ name }: Error) => name,
        ),
      );
    }
    expect(answers).toContain('InvocationDoesNotExist');
    expect(await ended(clients.ssm, sent, id('dkron-1'))).toMatchObject({ Status: 'Success', ResponseCode: 0 });
  });

  it('cuts outputs at the limits of AWS', async () => {
    const sent = await send(clients.ssm, id('dkron-1'), 'yes | head -c 30000; yes | head -c 9000 >&2');
    const { StandardOutputContent, StandardErrorContent } = await ended(clients.ssm, sent, id('dkron-1'));
    expect([StandardOutputContent?.length, StandardErrorContent?.length]).toEqual([24_000, 8_000]);
    expect(StandardOutputContent).toMatch(/---Output truncated---$/);
  });

  it('ends a command that overruns its own time', async () => {
    const sent = await send(clients.ssm, id('dkron-1'), 'sleep 30');
    expect(await ended(clients.ssm, sent, id('dkron-1'))).toMatchObject({
      Status: 'TimedOut',
      StatusDetails: 'ExecutionTimedOut',
    });
  });

  it('refuses another hash, another version and a parameter outside its pattern', async () => {
    const to = id('dkron-1');
    await expect(send(clients.ssm, to, '', { DocumentHash: '0'.repeat(64) })).rejects.toMatchObject({
      name: 'InvalidDocument',
    });
    await expect(send(clients.ssm, to, '', { DocumentVersion: '99' })).rejects.toMatchObject({
      name: 'InvalidDocumentVersion',
    });
    await expect(send(clients.ssm, to, '', { Parameters: { Script: ['$(reboot)'] } })).rejects.toMatchObject({
      name: 'InvalidParameters',
    });
  });

  it('keeps the old version of a document beside a new one, each under its own hash', async () => {
    const describe = async (DocumentVersion?: string) =>
      (await clients.ssm.send(new DescribeDocumentCommand({ Name: 'lab-shell', DocumentVersion }))).Document;
    const first = await describe('1');
    await deployTemplate(lab, 'second');
    const latest = await describe();
    expect(latest).toMatchObject({ DocumentVersion: '2', DefaultVersion: '2' });
    expect(latest?.Hash).not.toBe(first?.Hash);
    const pinned = { DocumentVersion: '1', DocumentHash: first?.Hash };
    const sent = await send(clients.ssm, id('dkron-1'), 'echo still', pinned);
    expect(await ended(clients.ssm, sent, id('dkron-1'))).toMatchObject({ StandardOutputContent: 'still\n' });
  });

  it('checks every instance of a command against the policy, by its tags', async () => {
    const stranger = new SSMClient({
      endpoint: lab.env().AWS_ENDPOINT_URL,
      region: 'us-east-1',
      credentials: await keysOf(lab, 'stranger'),
    });
    await expect(send(stranger, id('dkron-2'), 'true')).resolves.toMatch(/^[0-9a-f-]{36}$/);
    await expect(send(stranger, id('dkron-1'), 'true')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const both = { InstanceIds: [id('dkron-2'), id('dkron-1')] };
    await expect(send(stranger, '', 'true', both)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('refuses an unsigned call to a route under IAM, and says who signed the others', async () => {
    const endpoint = `${lab.env().AWS_ENDPOINT_URL}/_aws/execute-api/${outputs.Api}/$default`;
    expect((await fetch(`${endpoint}/open`)).status).toBe(200);
    expect((await fetch(`${endpoint}/who`)).status).toBe(403);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const signed = await signedSend({ endpoint, region: 'us-east-1', credentials })({ method: 'GET', path: '/who' });
    expect(signed).toEqual({ status: 200, body: { who: 'arn:aws:iam::000000000000:root' } });
  });

  it('lets an alarm that changes its state reach a rule, in the shape of AWS', async () => {
    await lab.raiseAlarm('lab-alarm');
    const stateMachineArn = outputs.Machine;
    let heard: string | undefined;
    for (let look = 0; heard === undefined && look < 100; look += 1, await sleep(50)) {
      const { executions } = await clients.sfn.send(new ListExecutionsCommand({ stateMachineArn }));
      heard = executions?.[0]?.executionArn;
    }
    const { input } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn: heard }));
    expect(JSON.parse(input ?? '')).toMatchObject({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:lab-alarm'],
      detail: {
        alarmName: 'lab-alarm',
        state: { value: 'ALARM', reason: 'raised by the lab' },
        previousState: { value: 'OK' },
        configuration: {
          metrics: [{ metricStat: { metric: { name: 'Health', dimensions: { Cluster: 'demo' } } } }],
        },
      },
    });
  });

  it('never delivers to an impaired host, whose agent is disconnected', async () => {
    await lab.impair('dkron-1');
    const Target = id('dkron-1');
    expect(await clients.ssm.send(new GetConnectionStatusCommand({ Target }))).toMatchObject({
      Status: 'notconnected',
    });
    const sent = await send(clients.ssm, Target, `touch ${lab.host('dkron-1').dir}/was-here`);
    const late = await ended(clients.ssm, sent, Target, 60);
    expect(late).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut', ResponseCode: -1 });
    await lab.unimpair('dkron-1');
    expect(await clients.ssm.send(new GetConnectionStatusCommand({ Target }))).toMatchObject({ Status: 'connected' });
    await sleep(1000);
    expect(await exists(join(lab.host('dkron-1').dir, 'was-here'))).toBe(false);
  });

  it('keeps the disk of a stopped host and takes that of a terminated one, with volumes and interface', async () => {
    const { instanceId, dataDir, address } = lab.host('dkron-3');
    const attached = { Filters: [{ Name: 'attachment.instance-id', Values: [instanceId] }] };
    const holding = { Filters: [{ Name: 'private-ip-address', Values: [address] }] };
    await lab.stopInstance('dkron-3');
    expect(await exists(dataDir)).toBe(true);
    expect((await clients.ec2.send(new DescribeVolumesCommand(attached))).Volumes).toHaveLength(2);
    await lab.startInstance('dkron-3');
    await lab.terminate('dkron-3');
    expect(await exists(dataDir)).toBe(false);
    expect((await clients.ec2.send(new DescribeVolumesCommand(attached))).Volumes).toEqual([]);
    expect((await clients.ec2.send(new DescribeNetworkInterfacesCommand(holding))).NetworkInterfaces).toEqual([]);
  });

  it('gives a host that is started in quarantine a network of its own, with its agent still connected', async () => {
    if (!lab.canCut) {
      console.warn('skipped: this machine allows no network namespace, so a quarantined host stays off');
      return;
    }
    const { instanceId, address } = lab.host('dkron-2');
    const health = `http://${address}:8080/health`;
    expect((await fetch(health)).status).toBe(200);
    await lab.stopInstance('dkron-2');
    const owned = { Filters: [{ Name: 'attachment.instance-id', Values: [instanceId] }] };
    const interfaces = (await clients.ec2.send(new DescribeNetworkInterfacesCommand(owned))).NetworkInterfaces ?? [];
    expect(interfaces).toHaveLength(1);
    const NetworkInterfaceId = interfaces[0]?.NetworkInterfaceId;
    const Groups = [outputs.Quarantine ?? ''];
    await clients.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));
    await lab.startInstance('dkron-2');
    expect(lab.host('dkron-2').power).toBe('cut');
    const inside = 'for n in 1 2 3 4 5 6 7 8; do';
    const ask = `${inside} python3 -c 'import urllib.request as u; print(u.urlopen("${health}").status)' && break; sleep 0.2; done`;
    const sent = await send(clients.ssm, instanceId, ask);
    expect(await ended(clients.ssm, sent, instanceId)).toMatchObject({ StandardOutputContent: '200\n' });
    await expect(fetch(health)).rejects.toThrow('fetch failed');
  });
});

describe('labs', () => {
  it('run side by side on networks and ports of their own, and leave no process behind', async () => {
    const labs = await Promise.all([Lab.up({ servers: 1 }), Lab.up({ servers: 1 })]);
    try {
      await Promise.all(labs.map((lab) => lab.startCluster()));
      expect(new Set(labs.map((lab) => lab.about.port)).size).toBe(2);
      expect(new Set(labs.map((lab) => lab.host('dkron-1').address)).size).toBe(2);
      for (const lab of labs) expect((await processesOf(lab.about.directory)).length).toBeGreaterThan(2);
    } finally {
      await Promise.all(labs.map((lab) => lab.down()));
    }
    for (const lab of labs) {
      expect(await processesOf(lab.about.directory)).toEqual([]);
      expect(await exists(lab.about.directory)).toBe(false);
    }
  });

  it('whose launcher was killed are cleared away by the next one of the same name', async () => {
    const first = await Lab.up({ servers: 1 });
    await first.startCluster();
    process.kill(first.about.pid, 'SIGKILL');
    const orphans = async () => (await processesOf(first.about.directory)).filter((pid) => pid !== first.about.pid);
    await sleep(200);
    const left = await orphans();
    expect(left.length).toBeGreaterThan(0);
    const second = await Lab.up({ name: first.name, servers: 1 });
    try {
      expect((await orphans()).filter((pid) => left.includes(pid))).toEqual([]);
      await second.startCluster();
    } finally {
      await second.down();
    }
  });

  it('end with the process that started them', async () => {
    const program = `import { Lab } from ${JSON.stringify(join(ROOT, 'lab', 'lab'))};
      void Lab.up({ servers: 1 }).then(async (lab) => {
        await lab.startCluster();
        console.log(JSON.stringify(lab.about));
        process.kill(process.pid, 'SIGKILL');
      });`;
    const tsx = join(ROOT, 'node_modules', '.bin', 'tsx');
    const ran = await run(tsx, ['-e', program], { cwd: ROOT }).catch((thrown: { stdout: string }) => thrown);
    const { directory, pid } = JSON.parse(ran.stdout) as Lab['about'];
    let left = [pid];
    for (let look = 0; left.length > 0 && look < 200; look += 1, await sleep(50)) left = await processesOf(directory);
    expect(left).toEqual([]);
  });
});
