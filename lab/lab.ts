import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { StartInstancesCommand, StopInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import * as yaml from 'yaml';
import * as z from 'zod';
import type { ClusterInput } from '../lib/recovery/cluster';
import { REGION, clientsOf } from './clients';
import { type App, PRODUCT, deployApp } from './deploy';
import { type Leader, addJobs, countJobs, findLeader, untilNobodyIsNamed, waitForLeader } from './dkron-cluster';
import { FIRST_LEADER_SECONDS, firstStart } from './first-start';
import { type About, LabHost, control, endLauncher, readAbout, startLauncher } from './launcher';
import { type DkronVersion, type HostKind, type Progress, prepare } from './prepare';

export type { Progress } from './prepare';
export type { App } from './deploy';
export type { LabHost } from './launcher';
export type { Leader } from './dkron-cluster';

/** How operators install Dkron under systemd; each is written out in launcher/layouts.py. */
export type Layout = 'packaged' | 'user' | 'default-data-dir' | 'flags' | 'environment' | 'template' | 'supervisor';

/** The one cluster of a lab. */
export const CLUSTER = 'demo';
const FIRST_ADDRESS = 11;
const FOLLOW_SECONDS = 20;
const Template = z.object({ launchTemplate: z.string() });
const Hosts = z.object({ hosts: z.array(LabHost) });

export interface UpOptions {
  /** @default a random one */
  readonly name?: string;
  /** @default 3 */
  readonly servers?: number;
  /** What every host runs. @default v4.0.5 */
  readonly dkron?: DkronVersion;
  /** What a host is: processes on loopback, or a container with systemd and an address on a bridge. @default processes */
  readonly hosts?: HostKind;
  /** How Dkron is installed on hosts with systemd (launcher/layouts.py). @default packaged */
  readonly layout?: Layout;
  /** The lab outlives this process; end it with `down`. @default false */
  readonly keep?: boolean;
  /** Laid over the cluster in requorum.yaml, for example a policy. */
  readonly cluster?: Partial<ClusterInput>;
  /** A launch template that makes more servers, whose image has this bootstrap-expect, for this group; none by default. */
  readonly replacement?: { readonly expect: number; readonly group?: string };
  /** Parts of requorum.yaml besides the clusters, as they are written there. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly progress?: Progress;
}

/** A local AWS with real Dkron servers on hosts that really die. It never tells the product that it is one. */
export class Lab {
  hosts: readonly LabHost[] = [];
  outputs: Readonly<Record<string, string>> = {};

  private constructor(
    readonly about: About,
    private readonly layout?: Layout,
  ) {}

  /** Starts the emulator and makes the instances; no Dkron runs before `startCluster`. */
  static async up(options: UpOptions = {}): Promise<Lab> {
    const progress = options.progress ?? (() => undefined);
    const prepared = await prepare(progress, options);
    const name = options.name ?? `lab-${randomBytes(3).toString('hex')}`;
    progress(`starting lab ${name}`);
    const { about } = await startLauncher(name, prepared, options.keep ?? false, options.hosts);
    const lab = new Lab(about, options.layout);
    try {
      const servers = options.servers ?? 3;
      const addresses = Array.from({ length: servers }, (_, n) => lab.address(n + 1));
      for (let n = 1; n <= servers; n += 1) await lab.addHost(n, { join: addresses, expect: servers });
      const replacement = options.replacement && (await lab.makeTemplate(options.replacement));
      await lab.writeConfiguration(
        servers,
        { ...(replacement && { replacement }), ...options.cluster },
        options.config,
      );
    } catch (thrown) {
      await lab.down();
      throw thrown;
    }
    return lab;
  }

  /** A lab that another process keeps up. */
  static async attach(name: string): Promise<Lab> {
    const lab = new Lab(await readAbout(name));
    lab.outputs = await lab.readOutputs();
    await lab.refresh();
    return lab;
  }

  get name(): string {
    return this.about.name;
  }

  /** Whether a quarantined host can be on and reach nobody on this machine. */
  get canCut(): boolean {
    return this.about.canCut;
  }

  get configPath(): string {
    return join(this.about.directory, 'requorum.yaml');
  }

  /** What a process needs to talk to this lab as its root user. */
  env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${this.about.port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      REQUORUM_CONFIG: this.configPath,
      ...(this.outputs.Endpoint ? { REQUORUM_ENDPOINT: this.reachable(this.outputs.Endpoint) } : {}),
    };
  }

  clients() {
    return clientsOf(this.about);
  }

  /** Deploys the unmodified app with the CDK CLI. */
  async deploy(progress: Progress = () => undefined, app: App = PRODUCT): Promise<Readonly<Record<string, string>>> {
    this.outputs = await deployApp(this.env(), this.configPath, progress, app);
    await writeFile(join(this.about.directory, 'outputs.json'), JSON.stringify(this.outputs));
    return this.outputs;
  }

  /** First start of every host. */
  startCluster(progress: Progress = () => undefined): Promise<Leader> {
    return this.bootTogether(this.hosts, progress);
  }

  /** First start of hosts that bootstrap together. */
  async bootTogether(hosts: readonly LabHost[], progress: Progress = () => undefined): Promise<Leader> {
    const leader = await firstStart(this.about, hosts, progress);
    await this.refresh();
    return leader;
  }

  /** Adds quiet jobs through the leader; returns how many it holds then. */
  async addJobs(count: number): Promise<number> {
    const leader = await waitForLeader(this.addresses(), FIRST_LEADER_SECONDS);
    if (!leader) throw new Error('no leader takes jobs');
    const before = (await countJobs(leader.address)) ?? 0;
    await addJobs(leader.address, count, before + 1);
    return (await countJobs(leader.address)) ?? 0;
  }

  /** Until every server that still runs has seen that the leader is lost. */
  async untilLeaderless(): Promise<void> {
    const running = this.hosts.filter((host) => host.power === 'on').map((host) => host.address);
    await untilNobodyIsNamed(running, FIRST_LEADER_SECONDS);
  }

  leader(): Promise<Leader | null> {
    return findLeader(this.addresses());
  }

  /** One more instance of the selector; `boot` it when it shall start. */
  async addHost(
    n: number,
    options: { readonly join: readonly string[]; readonly expect: number; readonly serverId?: string },
  ): Promise<LabHost> {
    const order = {
      serverId: options.serverId ?? `dkron-${n}`,
      address: this.address(n),
      join: options.join,
      expect: options.expect,
      ...(this.layout && { layout: this.layout }),
      tags: { 'dkron-cluster': CLUSTER },
    };
    const added = LabHost.parse(await control(this.about, 'hosts', order));
    await this.refresh();
    return added;
  }

  async boot(id: string): Promise<void> {
    await control(this.about, `hosts/${this.host(id).instanceId}/boot`);
    await this.refresh();
  }

  /** Running, silent, agent disconnected. */
  async impair(id: string): Promise<void> {
    await control(this.about, `hosts/${this.host(id).instanceId}/impair`);
    await this.until(id, (host) => host.power !== 'on');
  }

  /** As impaired, until its power is off. */
  async hang(id: string): Promise<void> {
    await control(this.about, `hosts/${this.host(id).instanceId}/hang`);
    await this.until(id, (host) => host.power !== 'on');
  }

  async unimpair(id: string): Promise<void> {
    await control(this.about, `hosts/${this.host(id).instanceId}/unimpair`);
    await this.until(id, (host) => host.power !== 'frozen');
  }

  /** The machine and its disk are gone. */
  async terminate(id: string): Promise<void> {
    await this.clients().ec2.send(new TerminateInstancesCommand({ InstanceIds: [this.host(id).instanceId] }));
    await this.until(id, (host) => host.power === 'gone');
  }

  async stopInstance(id: string): Promise<void> {
    await this.clients().ec2.send(new StopInstancesCommand({ InstanceIds: [this.host(id).instanceId] }));
    await this.until(id, (host) => host.power === 'off');
  }

  async startInstance(id: string): Promise<void> {
    await this.clients().ec2.send(new StartInstancesCommand({ InstanceIds: [this.host(id).instanceId] }));
    await this.until(id, (host) => host.power !== 'off');
  }

  /** As if the metric had said it: OK first, since only a change of state makes an event. */
  async raiseAlarm(alarmName = `requorum-${CLUSTER}-no-leader`): Promise<void> {
    const { cloudWatch } = this.clients();
    for (const StateValue of ['OK', 'ALARM'] as const) {
      const why = { StateReason: 'raised by the lab' };
      await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: alarmName, StateValue, ...why }));
    }
  }

  /** Delays the delivery of every later command to hosts. */
  async delayCommands(seconds: number): Promise<void> {
    await control(this.about, 'delay', { seconds });
  }

  /** Ends the emulator and every host; nothing is left running, and no files unless asked. */
  async down(options: { readonly keepFiles?: boolean } = {}): Promise<void> {
    await endLauncher(this.about, options.keepFiles ?? false);
  }

  async refresh(): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${this.about.port}/_lab`);
    const seen = Hosts.parse(await response.json());
    this.hosts = seen.hosts;
  }

  /** A host by server id or instance id; of two with one server id, the one that is still there. */
  host(id: string): LabHost {
    const named = this.hosts.filter((host) => host.serverId === id || host.instanceId === id);
    const found = named.find((host) => host.power !== 'gone') ?? named[0];
    if (found) return found;
    throw new Error(`no host ${id}; there are ${this.hosts.map((host) => host.serverId).join(', ')}`);
  }

  address(n: number): string {
    return `${this.about.network}.0.${FIRST_ADDRESS - 1 + n}`;
  }

  private async makeTemplate({ expect, group }: NonNullable<UpOptions['replacement']>) {
    const made = Template.parse(await control(this.about, 'template', { expect }));
    return { ...made, version: '$Default', ...(group !== undefined && { autoScalingGroup: group }) };
  }

  /** Outputs of the last deploy; none before the first. */
  private async readOutputs(): Promise<Readonly<Record<string, string>>> {
    const text = await readFile(join(this.about.directory, 'outputs.json'), 'utf8').catch(() => '{}');
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  }

  private addresses(): string[] {
    return this.hosts.filter((host) => host.power !== 'gone').map((host) => host.address);
  }

  /** AWS's host name of the API leads nowhere here; the emulator serves it under a path. */
  private reachable(endpoint: string): string {
    const id = /^https?:\/\/([a-z0-9]+)\.execute-api\./.exec(endpoint)?.[1];
    return id ? `http://127.0.0.1:${this.about.port}/_aws/execute-api/${id}/$default` : endpoint;
  }

  private async until(id: string, holds: (host: LabHost) => boolean): Promise<void> {
    for (const end = Date.now() + FOLLOW_SECONDS * 1000; Date.now() < end; await sleep(50)) {
      await this.refresh();
      if (holds(this.host(id))) return;
    }
    throw new Error(`${id} did not follow EC2 within ${FOLLOW_SECONDS} s: ${JSON.stringify(this.host(id))}`);
  }

  private async writeConfiguration(size: number, over: Partial<ClusterInput>, more = {}): Promise<void> {
    const cluster = { name: CLUSTER, selector: { 'dkron-cluster': CLUSTER }, size, vpc: this.about.vpc, ...over };
    await writeFile(this.configPath, yaml.stringify({ clusters: [cluster], ...more }));
  }
}
