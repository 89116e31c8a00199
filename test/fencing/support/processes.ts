import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabHost } from '../../../lab/lab';

/** The process of a host's Dkron server, null where none runs. Its plugins call themselves otherwise. */
export async function processOf({ dir }: LabHost): Promise<number | null> {
  const configuration = join(dir, 'dkron.yml');
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const words = argv.split('\0');
    if (words.includes('agent') && words.includes(configuration)) return Number(pid);
  }
  return null;
}
