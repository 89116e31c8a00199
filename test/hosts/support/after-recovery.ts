import * as z from 'zod';
import type { Lab } from '../../../lab/lab';
import { LATER, fenceNobody } from '../../fencing/support/old-servers';
import { type CaseLab, JOBS, caseLab, recover } from '../../lab/support/case-lab';
import { peek } from '../../lab/support/as-found';
import { jobsAt } from '../../lab/support/jobs';
import { leads } from '../../lab/support/leads';
import { get, within } from '../../lab/support-documents/looks';

/** Jobs of a cluster that was recovered and went on. */
export const ALL_JOBS = JOBS + LATER;

const Members = z.array(z.object({ Name: z.string(), statusText: z.string() }));
const Configuration = z.array(z.object({ id: z.string() }));

/** dkron-1 of three was recovered by the product and leads; jobs were written since. The silent ones run on, or were fenced. */
export async function recoveredBeside(
  silent: readonly string[],
  { fenced, gone = [] }: { readonly fenced: boolean; readonly gone?: readonly string[] },
): Promise<CaseLab> {
  const world = await caseLab({ servers: 3, hosts: 'systemd' });
  const { lab, api } = world;
  try {
    if (!fenced) await fenceNobody(lab);
    for (const id of gone) await lab.terminate(id);
    for (const id of silent) await lab.impair(id);
    await lab.untilLeaderless();
    const { report } = await recover(api);
    expect(report).toMatchObject({ outcome: 'recovered', leader: 'dkron-1', jobsAfter: JOBS, problem: null });
    await lab.addJobs(LATER);
    await lab.refresh();
    expect(silent.map((id) => lab.host(id).ec2)).toEqual(silent.map(() => (fenced ? 'stopped' : 'running')));
    return world;
  } catch (thrown) {
    await lab.down();
    throw thrown;
  }
}

/** What held it back is over, and somebody starts its instance: it boots cut off, and its Dkron runs. */
export async function startedInQuarantine(
  lab: Lab,
  shell: (id: string, script: string) => Promise<string>,
  id: string,
): Promise<void> {
  await lab.unimpair(id);
  await lab.startInstance(id);
  expect(lab.host(id).power).toBe('cut');
  const runs = async () => (await shell(id, 'systemctl is-active dkron || true')) === 'active';
  expect(await within(30_000, runs)).toBe(true);
}

/** Seconds until that server says twice in a row that it does not lead; null when it led all the time. */
export async function ledUntil(address: string, patienceSeconds: number): Promise<number | null> {
  const began = performance.now();
  const gone = await within(patienceSeconds * 1000, async () => !(await leads(address)) && !(await leads(address)));
  return gone ? (performance.now() - began) / 1000 : null;
}

/** Whom a node's gossip calls alive. */
export async function aliveTo(address: string): Promise<string[]> {
  const told = await get(`http://${address}:8080/v1/members`);
  const members = told?.status === 200 ? Members.parse(JSON.parse(told.body)) : [];
  return members.flatMap(({ Name, statusText }) => (statusText === 'alive' ? [Name] : [])).sort();
}

/** Servers of the configuration on a host's disk. */
export async function votersOn(lab: Lab, id: string): Promise<string[]> {
  return Configuration.parse((await peek(lab.host(id).dataDir)).config).map((server) => server.id);
}

/** What was recovered stands: it leads alone in its configuration, with every job, and takes one more. */
export async function standsAlone(lab: Lab): Promise<void> {
  expect(await lab.leader()).toMatchObject({ serverId: 'dkron-1' });
  expect(await votersOn(lab, 'dkron-1')).toEqual(['dkron-1']);
  expect(await jobsAt(lab.address(1))).toBe(ALL_JOBS);
  expect(await lab.addJobs(1)).toBe(ALL_JOBS + 1);
}
