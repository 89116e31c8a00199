import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, type Leader } from '../../../lab/lab';
import { type CaseLab, caseLab, recover } from '../../lab/support/case-lab';
import { jobsAt } from '../../lab/support/jobs';
import { installSeam } from '../../lab/support/seam';

/** An old pair needs 2 to 15 s to depose a recovered server (facts/dkron §8, §10). */
const DEPOSED_BY_NOW_SECONDS = 20;
/** A bound on patience, not a measure of speed. */
const PATIENCE_SECONDS = 120;
/** Written after the recovery. */
export const LATER = 2;

/** `lost` are silent when the quorum is; without them the rest is recovered, and goes on. */
export async function recoveredWithout(servers: number, lost: readonly string[], fenced: boolean): Promise<CaseLab> {
  const world = await caseLab({ servers });
  const { lab, api } = world;
  try {
    if (!fenced) await fenceNobody(lab);
    for (const id of lost) await lab.impair(id);
    await lab.untilLeaderless();
    expect((await recover(api)).report).toMatchObject({ problem: null, outcome: 'recovered' });
    await lab.addJobs(LATER);
    for (const id of lost) {
      if (lab.host(id).ec2 !== 'stopped') await lab.stopInstance(id);
      await lab.unimpair(id);
    }
    return world;
  } catch (thrown) {
    await lab.down();
    throw thrown;
  }
}

/** Rule 1 switched off. */
export const fenceNobody = (lab: Lab): Promise<void> =>
  installSeam(lab, 'fence', { 'lambdas/fence/secure.ts': 'no-fence.ts', 'lambdas/fence/look.ts': 'no-fence.ts' });

/** Powers a host on, until its Dkron has run there: what has never started harms nobody and proves nothing. */
export async function startOld(lab: Lab, id: string): Promise<void> {
  const log = join(lab.host(id).dir, 'dkron.log');
  const size = async (): Promise<number> => (await stat(log).catch(() => null))?.size ?? 0;
  const before = await size();
  await lab.startInstance(id);
  await until(`Dkron of ${id} runs`, async () => (await size()) > before);
}

export async function until(what: string, holds: () => Promise<boolean>, seconds = PATIENCE_SECONDS): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) {
    if (await holds()) return;
  }
  throw new Error(`after ${seconds} s still not: ${what}`);
}

/** Who leads once it is one of `old`. */
export async function untilOneOf(lab: Lab, old: readonly string[]): Promise<Leader> {
  let leader: Leader | null = null;
  await until(`one of ${old.join(', ')} leads`, async () => {
    leader = await lab.leader();
    return leader !== null && old.includes(leader.serverId);
  });
  return leader as unknown as Leader;
}

/** A leader answers before it has read its log to the end. */
export const untilJobs = (address: string, jobs: number): Promise<void> =>
  until(`${jobs} jobs at ${address}`, async () => (await jobsAt(address).catch(() => -1)) === jobs);

/** Looked at again and again, for longer than a deposition takes. */
export async function stays(lab: Lab, serverId: string): Promise<void> {
  for (let second = 0; second < DEPOSED_BY_NOW_SECONDS; second += 1) {
    expect((await lab.leader())?.serverId).toBe(serverId);
    await sleep(1000);
  }
}
