import { setTimeout as sleep } from 'node:timers/promises';
import { type Leader, waitForLeader } from './dkron-cluster';
import { type About, type LabHost, control } from './launcher';
import type { Progress } from './prepare';

export const FIRST_LEADER_SECONDS = 30;
const STAGGER_MS = 300;
const TRIES = 3;

/** Staggered first start of hosts that bootstrap together; who never does is wiped and started again (facts/dkron §11). */
export async function firstStart(about: About, hosts: readonly LabHost[], progress: Progress): Promise<Leader> {
  const addresses = hosts.map(({ address }) => address);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    await (about.silent ? startOnBooted(about, hosts) : startByBoot(about, hosts));
    const leader = await waitForLeader(addresses, FIRST_LEADER_SECONDS);
    if (leader) return leader;
    progress(`no leader after ${FIRST_LEADER_SECONDS} s: wiping the disks and starting again`);
    for (const host of hosts) await control(about, `hosts/${host.instanceId}/reset`);
  }
  throw new Error(`no leader after ${TRIES} first starts; see their logs: ${hosts[0]?.log}`);
}

async function startByBoot(about: About, hosts: readonly LabHost[]): Promise<void> {
  for (const host of hosts) {
    await control(about, `hosts/${host.instanceId}/boot`);
    await sleep(STAGGER_MS);
  }
}

/** Where a host that is not on yet is silent, the first Dkron would wait for it in its join: all are on before any starts. */
async function startOnBooted(about: About, hosts: readonly LabHost[]): Promise<void> {
  for (const host of hosts) await control(about, `hosts/${host.instanceId}/boot`);
  for (const host of hosts) await control(about, `hosts/${host.instanceId}/wipe`);
  for (const host of hosts) {
    await control(about, `hosts/${host.instanceId}/start-dkron`);
    await sleep(STAGGER_MS);
  }
}
