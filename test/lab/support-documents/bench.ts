import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { untilJobsAreTaken } from '../../../lab/dkron-cluster';
import { prepare } from '../../../lab/prepare';
import type { DkronVersion, Prepared } from '../../../lab/prepare';
import { get, sleep, within } from './looks';

const run = promisify(execFile);
const MANAGER_MS = 10_000;
const HOSTS = join(__dirname, '..', '..', '..', 'lab', 'launcher', 'hosts.py');
/** One process host as the documents see it. */
export interface BenchHost {
  readonly instanceId: string;
  readonly nodeName: string;
  readonly address: string;
  readonly directory: string;
  readonly dataDir: string;
  readonly http: string;
  /** What runs Dkron there. @default the supervisord of the directory */
  readonly manager?: { readonly kind: string; readonly socket: string; readonly unit: string };
  /** argv before a shell that is to run on the host. @default none: all process hosts share one machine */
  readonly enter?: readonly string[];
}

/** Servers with jobs on loopback addresses of their own, and a copy of every disk to start each test from. */
export class Bench {
  private constructor(
    readonly root: string,
    readonly tools: Prepared,
    readonly hosts: readonly BenchHost[],
  ) {}

  static async start(servers: number, jobs: number, dkron?: DkronVersion): Promise<Bench> {
    const tools = await prepare(() => undefined, { dkron });
    const root = await mkdtemp(join(tmpdir(), 'requorum-doc-'));
    const net = await freeNet();
    const hosts = Array.from({ length: servers }, (_, n) => hostOf(root, net, n + 1));
    const bench = new Bench(root, tools, hosts);
    try {
      await bench.firstStart(jobs);
      return bench;
    } catch (problem) {
      await bench.close();
      throw problem;
    }
  }

  /** Simultaneous first starts may never bootstrap (facts/dkron 1): staggered, and again with empty disks. */
  private async firstStart(jobs: number): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      for (const host of this.hosts) {
        await this.up(host);
        await sleep(300);
      }
      if (await within(20_000, () => this.leader())) break;
      if (attempt === 3) throw new Error('no leader at the first start');
      for (const host of this.hosts) {
        await this.drive('down', host);
        await this.drive('wipe', host);
      }
    }
    await this.addJobs(this.hosts[0], jobs, 'job');
    await within(5_000, async () => (await this.jobs(this.hosts.at(-1))) === jobs);
    for (const host of this.hosts) {
      await this.drive('down', host);
      await cp(host.dataDir, `${host.directory}/pristine`, { recursive: true });
    }
  }

  async addJobs(host: BenchHost | undefined, count: number, prefix: string, command = 'true'): Promise<void> {
    if (host) await untilJobsAreTaken(host.address);
    for (let n = 0; n < count; n += 1) {
      const job = {
        name: `${prefix}${n}`,
        schedule: '@every 10h',
        executor: 'shell',
        executor_config: { command },
      };
      const answer = await fetch(`http://${host?.http}/v1/jobs`, {
        method: 'POST',
        body: JSON.stringify(job),
        headers: { 'Content-Type': 'application/json' },
      });
      if (answer.status !== 201) throw new Error(`job ${n}: ${answer.status} ${await answer.text()}`);
    }
  }

  /** The host as it was after the first start, powered on or off. */
  async reset(host: BenchHost, power: 'on' | 'off' = 'on'): Promise<void> {
    await this.drive('down', host);
    await rm(host.dataDir, { recursive: true, force: true });
    await rm(`${host.directory}/conf.d`, { recursive: true, force: true });
    await cp(`${host.directory}/pristine`, host.dataDir, { recursive: true });
    if (power === 'on') {
      await this.up(host);
      await within(10_000, async () => (await get(`http://${host.http}/v1/isleader`)) !== null);
    }
  }

  async up(host: BenchHost, ...flags: readonly string[]): Promise<void> {
    const joins = this.hosts.map((one) => one.address).join(',');
    const told = [
      '--node-name',
      host.nodeName,
      '--address',
      host.address,
      '--join',
      joins,
      '--dkron',
      this.tools.dkron,
    ];
    await run(this.tools.python, [
      HOSTS,
      'up',
      host.directory,
      ...told,
      '--expect',
      String(this.hosts.length),
      ...flags,
    ]);
  }

  async drive(verb: 'down' | 'freeze' | 'thaw' | 'wipe' | 'erase', host: BenchHost): Promise<void> {
    await run(this.tools.python, [HOSTS, verb, host.directory]);
  }

  /** Waits for the manager: it listens a moment after `up` came back. */
  async supervisorctl(host: BenchHost, ...words: readonly string[]): Promise<string> {
    let told = '';
    const heard = async () => {
      told = await this.askManager(host, words);
      return !/^unix:.* (no such file|refused connection)$/m.test(told);
    };
    if (!(await within(MANAGER_MS, heard))) throw new Error(`${host.nodeName}: ${words.join(' ')}: ${told}`);
    return told;
  }

  private async askManager(host: BenchHost, words: readonly string[]): Promise<string> {
    const path = join(this.tools.python, '..', 'supervisorctl');
    const told = await run(path, ['-s', `unix://${host.directory}/supervisor.sock`, ...words]).catch(
      (problem: { stdout: string }) => problem,
    );
    return told.stdout;
  }

  async leader(host = this.hosts[0]): Promise<string | null> {
    const told = await get(`http://${host?.http}/v1/leader`);
    const member =
      told?.status === 200 ? (JSON.parse(told.body) as { Name?: string; Tags?: { rpc_addr?: string } }) : null;
    return member?.Tags?.rpc_addr ? (member.Name ?? null) : null;
  }

  async jobs(host = this.hosts[0]): Promise<number | null> {
    const told = await get(`http://${host?.http}/v1/jobs`);
    return told?.status === 200 ? (JSON.parse(told.body) as unknown[]).length : null;
  }

  async close(): Promise<void> {
    for (const host of this.hosts) await this.drive('down', host);
    await rm(this.root, { recursive: true, force: true });
  }

  /** The first host: nearly every test needs only that one. */
  get host(): BenchHost {
    const first = this.hosts[0];
    if (!first) throw new Error('a bench has hosts');
    return first;
  }
}

function hostOf(root: string, net: string, n: number): BenchHost {
  const directory = `${root}/${n}`;
  return {
    instanceId: `i-0000000000000000${n}`,
    nodeName: `bench-${n}`,
    address: `${net}.${n}`,
    directory,
    dataDir: `${directory}/data`,
    http: `${net}.${n}:8080`,
  };
}

/** A loopback net on which nobody listens, so that two test runs do not meet. */
async function freeNet(): Promise<string> {
  for (let n = 0; n < 200; n += 1) {
    const net = `127.77.${10 + ((process.pid + n) % 200)}`;
    const server = createServer().listen(8080, `${net}.1`);
    const free = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]);
    await new Promise((done) => server.close(done));
    if (free) return net;
  }
  throw new Error('no free loopback net');
}
