import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { type HostKind, type Prepared, ROOT, exists, isAlive } from './prepare';

/** What the launcher says of itself when everything listens (launcher.py). */
export const About = z.object({
  name: z.string(),
  port: z.number(),
  pid: z.number(),
  directory: z.string(),
  network: z.string(),
  canCut: z.boolean(),
  silent: z.boolean(),
  vpc: z.object({
    vpcId: z.string(),
    subnetIds: z.array(z.string()),
    availabilityZones: z.array(z.string()),
  }),
});
export type About = z.infer<typeof About>;

/** One machine of the lab as its own handle shows it. */
export const LabHost = z.object({
  serverId: z.string(),
  address: z.string(),
  instanceId: z.string(),
  dir: z.string(),
  dataDir: z.string(),
  ec2: z.string(),
  power: z.enum(['on', 'off', 'frozen', 'cut', 'gone']),
  impaired: z.boolean(),
  log: z.string(),
});
export type LabHost = z.infer<typeof LabHost>;

const READY_SECONDS = 60;
const END_SECONDS = 15;

/** Directory of a lab; short, because it holds unix sockets (108 characters at most). */
export function labDirectory(name: string): string {
  return join(tmpdir(), `requorum-${name}`);
}

/** Starts the launcher. `detached`: it outlives us; otherwise it ends, with every host, when we do. */
export async function startLauncher(
  name: string,
  prepared: Prepared,
  detached: boolean,
  hosts: HostKind = 'processes',
): Promise<{ about: About; process: ChildProcess }> {
  const directory = labDirectory(name);
  if (await exists(join(directory, 'lab.json'))) await refuseWhenAlive(name);
  await mkdir(directory, { recursive: true });
  const log = openSync(join(directory, 'launcher.log'), 'a');
  const child = spawn(
    prepared.python,
    [
      join(ROOT, 'lab', 'launcher', 'launcher.py'),
      ...['--directory', directory, '--dkron', prepared.dkron, '--hosts', hosts],
      ...(detached ? ['--detached'] : []),
    ],
    // A session of its own, so that Ctrl-C at the terminal reaches us first and the launcher ends in order.
    { detached: true, stdio: [detached ? 'ignore' : 'pipe', log, log], env: childEnvironment() },
  );
  const started = Date.now();
  while (!(await exists(join(directory, 'lab.json')))) {
    if (child.exitCode !== null || Date.now() - started > READY_SECONDS * 1000) {
      const said = await readFile(join(directory, 'launcher.log'), 'utf8');
      throw new Error(`the lab's launcher did not start: ${said.slice(-2000)}`);
    }
    await sleep(50);
  }
  if (detached) child.unref();
  return { about: await readAbout(name), process: child };
}

export async function readAbout(name: string): Promise<About> {
  const text = await readFile(join(labDirectory(name), 'lab.json'), 'utf8').catch(() => {
    throw new Error(`no lab named ${name} is up; start one: npm run lab -- up --name ${name}`);
  });
  return About.parse(JSON.parse(text));
}

/** Ends a lab whatever state it is in, and everything it started; leaves no process behind. */
export async function endLauncher(about: About, keepFiles: boolean): Promise<void> {
  await control(about, 'end').catch(() => undefined);
  for (let waited = 0; isAlive(about.pid) && waited < END_SECONDS * 1000; waited += 50) await sleep(50);
  for (let round = 0; round < 50; round += 1) {
    const left = await processesOf(about.directory);
    if (left.length === 0) break;
    for (const pid of left) kill(pid);
    await sleep(20);
  }
  if (!keepFiles) await rm(about.directory, { recursive: true, force: true });
}

/** Every process of the lab by the mark it bears: the launcher, Lambda workers, hosts. Never a name or a pattern. */
export async function processesOf(directory: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '');
    const marked = environment
      .split('\0')
      .some((one) => one === `REQUORUM_LAB=${directory}` || one.startsWith(`REQUORUM_LAB_HOST=${directory}/`));
    if (marked && !(await isZombie(entry))) found.push(Number(entry));
  }
  return found;
}

/** One of the lab's own handles (control.py). */
export async function control(about: About, path: string, data: unknown = {}): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${about.port}/_lab/${path}`, {
    method: 'POST',
    body: JSON.stringify(data),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`the lab refused ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

async function refuseWhenAlive(name: string): Promise<void> {
  const about = await readAbout(name);
  if (isAlive(about.pid)) throw new Error(`lab ${name} is up already; end it: npm run lab -- down --name ${name}`);
  await endLauncher(about, false);
}

async function isZombie(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return /\) [ZX]/.test(stat);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself between the look and the signal.
  }
}

function childEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, ...rest } = process.env;
  return rest;
}
