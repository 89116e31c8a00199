import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../lab/lab';

/** Data-dirs as they are now, to begin from again: the harm that one test does is not the start of the next. */
export interface Disks {
  /** Every Dkron of them must be stopped, as when they were kept. */
  readonly restore: () => Promise<void>;
}

export async function keepDisks(lab: Lab, ids: readonly string[]): Promise<Disks> {
  const at = join(lab.about.directory, `kept-${Date.now()}`);
  await mkdir(at);
  for (const id of ids) await cp(lab.host(id).dataDir, join(at, id), { recursive: true });
  return {
    restore: async () => {
      for (const id of ids) {
        const { dataDir } = lab.host(id);
        await rm(dataDir, { recursive: true, force: true });
        await cp(join(at, id), dataDir, { recursive: true });
      }
    },
  };
}
