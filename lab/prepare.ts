import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { prepareContainers } from './prepare-containers';

const run = promisify(execFile);

/** The checkout; every path of the lab starts here. */
export const ROOT = join(__dirname, '..');
/** The versions the lab can build, by the names of their tools modules (lab/dkron), and the package of each. */
const DKRON_PACKAGES = {
  'v4.0.5': 'github.com/distribworks/dkron/v4',
  'v3.1.7': 'github.com/distribworks/dkron/v3',
} as const;
export type DkronVersion = keyof typeof DKRON_PACKAGES;
export const DEFAULT_DKRON: DkronVersion = 'v4.0.5';
export const DKRON_VERSIONS = Object.keys(DKRON_PACKAGES);
/** The kinds of hosts, by the names of lab/launcher/kinds.py. */
export const HOST_KINDS = ['processes', 'systemd'] as const;
export type HostKind = (typeof HOST_KINDS)[number];

/** One line for people about what is being waited for. */
export type Progress = (says: string) => void;

/** What a lab needs on this machine, outside the checkout and shared by all labs. */
export interface Prepared {
  readonly python: string;
  readonly cfnLint: string;
  readonly dkron: string;
}

/** Where prepared things live: XDG_CACHE_HOME is honoured. */
export function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'requorum');
}

/**
 * Makes the virtual environment and the Dkron binary, once per content: warm, it only looks. Two at once are safe (one
 * works, the other waits). `DKRON_BIN` names a binary to use instead of building the default version; another version is
 * built when somebody asks for it.
 */
export async function prepare(
  progress: Progress,
  { dkron: version = DEFAULT_DKRON, hosts }: { readonly dkron?: DkronVersion; readonly hosts?: HostKind } = {},
): Promise<Prepared> {
  await mkdir(cacheDirectory(), { recursive: true });
  if (hosts === 'systemd') await prepareContainers(progress);
  const [environment, dkron] = await Promise.all([prepareEnvironment(progress), prepareDkron(version, progress)]);
  return { python: join(environment, 'bin', 'python'), cfnLint: join(environment, 'bin', 'cfn-lint'), dkron };
}

async function prepareEnvironment(progress: Progress): Promise<string> {
  const requirements = join(ROOT, 'lab', 'requirements.txt');
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const directory = join(cacheDirectory(), `venv-${hash}`);
  const ready = join(directory, 'ready');
  await once(ready, directory, async () => {
    progress('preparing Python packages (MiniStack, moto, supervisor); about a minute, once');
    // A virtual environment cannot be moved, so it is made in place and counts only with the mark written last.
    await rm(directory, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', directory]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    await run(join(directory, 'bin', 'python'), pip);
    await writeFile(ready, hash);
  });
  return directory;
}

async function prepareDkron(version: DkronVersion, progress: Progress): Promise<string> {
  if (process.env.DKRON_BIN && version === DEFAULT_DKRON) {
    await access(process.env.DKRON_BIN);
    return process.env.DKRON_BIN;
  }
  const binary = join(cacheDirectory(), 'dkron', version);
  await once(binary, binary, async () => {
    progress(`building Dkron ${version} from its Go module; about five minutes, once`);
    const made = `${binary}.${process.pid}`;
    const module = join(ROOT, 'lab', 'dkron', version);
    await run('go', ['build', '-o', made, DKRON_PACKAGES[version]], {
      cwd: module,
      maxBuffer: 64 * 1024 * 1024,
    });
    await chmod(made, 0o755);
    await rename(made, binary);
  });
  return binary;
}

/** Runs `make` unless `result` exists, one process at a time; a lock whose holder died is taken over. */
export async function once(result: string, subject: string, make: () => Promise<void>): Promise<void> {
  const lock = `${subject}.lock`;
  await mkdir(join(subject, '..'), { recursive: true });
  while (!(await exists(result))) {
    if (!(await takeLock(lock))) {
      await sleep(500);
      continue;
    }
    try {
      if (!(await exists(result))) await make();
    } finally {
      await rm(lock, { force: true });
    }
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true });
    return false;
  }
}

/** Whether a process with that id exists; signal 0 asks without touching it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
