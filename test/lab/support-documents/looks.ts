import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchHost } from './bench';

/** What Raft makes and removes again at every start, to see whether it may write snapshots: there for a moment only. */
const PROBE = 'snapshots/permTest';

/** Names, kinds, modes and owners of everything in a directory, Requorum's own folder left out. */
export async function listing(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true });
  const own = entries.filter((name) => name !== '.requorum' && !name.startsWith('.requorum/') && !name.endsWith(PROBE));
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
