import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { untilJobsAreTaken } from '../../../lab/dkron-cluster';
import { prepare } from '../../../lab/prepare';
import type { DkronVersion, Prepared } from '../../../lab/prepare';
import { documentContent } from '../../../lib/documents/documents';
import type { DocumentName } from '../../../lib/documents/documents';

const run = promisify(execFile);
const HOSTS = join(__dirname, '..', '..', '..', 'lab', 'launcher', 'hosts.py');
export const CASE = 'bench-20261125T000000Z-1';
/** Far away and fixed: no test depends on today. */
export const IN_TIME = '2999-01-01T00:00:00.000Z';

/** One process host as the documents see it. */
export interface BenchHost {
  readonly instanceId: string;
  readonly nodeName: string;
  readonly address: string;
  readonly directory: string;
  readonly dataDir: string;
  readonly http: string;
}

/** What a document ended with. */
export interface Answer {
  readonly exitCode: number;
  readonly line: string;
  readonly result: unknown;
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

  async supervisorctl(host: BenchHost, ...words: readonly string[]): Promise<string> {
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

/** Fields every guarded order has; tests override what they are about. */
export function guarded(host: BenchHost): Record<string, unknown> {
  return {
    deadline: IN_TIME,
    dataDir: host.dataDir,
    manager: { kind: 'supervisor', socket: `${host.directory}/supervisor.sock`, unit: 'dkron' },
    nodeName: host.nodeName,
    http: host.http,
  };
}

export function peersOf(...hosts: readonly BenchHost[]): { readonly text: string; readonly sha256: string } {
  const listed = hosts.map((host) => ({ id: host.nodeName, address: `${host.address}:6868`, non_voter: false }));
  const text = JSON.stringify(listed);
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

export function holdOrder(host: BenchHost, ...others: readonly BenchHost[]): Record<string, unknown> {
  const peers = peersOf(host, ...others);
  const address = `${host.address}:6868`;
  return { ...guarded(host), role: 'survivor', address, peersJson: peers.text, peersSha256: peers.sha256 };
}

export function releaseOrder(host: BenchHost): Record<string, unknown> {
  const address = `${host.address}:6868`;
  return { ...guarded(host), address, peersSha256: peersOf(host).sha256, joinOverride: [`${host.address}:8946`] };
}

export function hintsOf(host: BenchHost): Record<string, unknown> {
  const socket = `${host.directory}/supervisor.sock`;
  return { hints: { 'service-manager': 'supervisor', 'supervisor-socket': socket, unit: 'dkron' } };
}

export interface SendOptions {
  readonly caseId?: string;
  readonly counter?: number;
  /** Whom the orders name, when it is not the host that runs them. */
  readonly named?: string;
  readonly path?: string;
}

/** Runs a document as the agent does: the step's lines as a shell script, the host's id in the environment. */
export async function send(
  name: DocumentName,
  host: BenchHost,
  order: Record<string, unknown>,
  options: SendOptions = {},
): Promise<Answer> {
  const orders = {
    caseId: options.caseId ?? CASE,
    counter: options.counter ?? 7,
    hosts: { [options.named ?? host.instanceId]: order },
  };
  const text = scriptOf(name).replace('{{ Orders }}', Buffer.from(JSON.stringify(orders)).toString('base64'));
  const env = { PATH: options.path ?? process.env.PATH ?? '', AWS_SSM_INSTANCE_ID: host.instanceId };
  const child = spawn('/bin/sh', ['-c', text], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (out += data.toString()));
  const [exitCode] = (await once(child, 'close')) as [number];
  const lines = out.split('\n').filter((line) => line.startsWith('REQUORUM-RESULT '));
  const line = lines[0] ?? '';
  if (lines.length !== 1) throw new Error(`${name}: ${lines.length} result lines in: ${out}`);
  return { exitCode, line, result: JSON.parse(line.slice('REQUORUM-RESULT '.length)) };
}

export function scriptOf(name: DocumentName): string {
  const content = documentContent(name) as { mainSteps: [{ inputs: { runCommand: readonly string[] } }] };
  return content.mainSteps[0].inputs.runCommand.join('\n') + '\n';
}

/** Names, kinds, modes and owners of everything in a directory, Requorum's own folder left out. */
export async function listing(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true });
  const own = entries.filter((name) => name !== '.requorum' && !name.startsWith('.requorum/'));
  const rows = own.map(async (name) => {
    const seen = await stat(join(directory, name));
    return `${name} ${seen.mode.toString(8)} ${seen.uid}:${seen.gid}`;
  });
  return (await Promise.all(rows)).sort();
}

export async function sha256Of(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** Processes of a host that mention its directory: supervisord's children, whoever started them. */
export async function dkronPids(host: BenchHost): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = pids.map(async (pid) => {
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const words = argv.split('\0');
    return words.includes('agent') && words.includes(`${host.directory}/dkron.yml`) ? Number(pid) : null;
  });
  return (await Promise.all(found)).filter((pid) => pid !== null);
}

export async function get(url: string): Promise<{ readonly status: number; readonly body: string } | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    return { status: answer.status, body: await answer.text() };
  } catch {
    return null;
  }
}

export const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Whether the look comes true in time; asks again and again until then. */
export async function within(milliseconds: number, look: () => Promise<unknown>): Promise<boolean> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    if (await look()) return true;
    await sleep(50);
  }
  return false;
}
