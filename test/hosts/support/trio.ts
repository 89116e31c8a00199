import { setTimeout as sleep } from 'node:timers/promises';
import { type Leader, addJobs, countJobs, waitForLeader } from '../../../lab/dkron-cluster';
import { within } from '../../lab/support-documents/looks';
import { Machines } from './machines';

export const JOBS = 10;
export const TRIO = ['n1', 'n2', 'n3'] as const;
const START_SECONDS = 20;
const FIRST_START_TRIES = 4;

/** Three servers under systemd with jobs, and nothing of the product: for what Dkron and the network do by themselves. */
export async function trio(): Promise<Machines> {
  const machines = await Machines.ready();
  try {
    const leader = await firstStart(machines);
    await addJobs(leader.address, JOBS);
    for (const address of addresses(machines)) await within(10_000, async () => (await countJobs(address)) === JOBS);
    return machines;
  } catch (thrown) {
    await machines.end();
    throw thrown;
  }
}

const addresses = (machines: Machines): string[] => TRIO.map((_, at) => machines.address(at + 1));

/** First starts may never bootstrap (facts/dkron §11): again then, with empty disks. */
async function firstStart(machines: Machines): Promise<Leader> {
  const join = addresses(machines);
  for (let attempt = 1; attempt <= FIRST_START_TRIES; attempt += 1) {
    for (const [at, name] of TRIO.entries()) await machines.up(name, at + 1, { join, expect: TRIO.length });
    // All are on before any starts: who is not on yet is silent, and a join would wait for it.
    for (const name of TRIO) await machines.shell(name, 'systemctl stop dkron; rm -rf /var/lib/dkron/*');
    for (const name of TRIO) {
      await machines.shell(name, 'systemctl start dkron');
      await sleep(300);
    }
    const leader = await waitForLeader(join, START_SECONDS);
    if (leader) return leader;
    for (const name of TRIO) {
      await machines.drive('down', name);
      await machines.drive('wipe', name);
    }
  }
  throw new Error(`no leader after ${FIRST_START_TRIES} first starts`);
}

/** Seconds until that server says itself that it leads. */
export async function secondsToLead(address: string, patienceSeconds: number): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < patienceSeconds * 1000) {
    if (await leads(address)) return (performance.now() - began) / 1000;
    await sleep(100);
  }
  throw new Error(`${address} does not lead after ${patienceSeconds} s`);
}

export async function leads(address: string): Promise<boolean> {
  try {
    const told = await fetch(`http://${address}:8080/v1/isleader`, { signal: AbortSignal.timeout(1000) });
    return told.status === 200;
  } catch {
    return false;
  }
}
