import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

const HTTP_PORT = 8080;
const CALL_MS = 2000;
const POLL_MS = 200;
/** Few jobs fire while a test runs; the rest only have to be counted afterwards. */
const TICKING = 4;

const Vars = z.object({ scheduler_started: z.number() });
const Member = z.object({ Name: z.string(), Addr: z.string(), Tags: z.record(z.string(), z.string()) });

/** A leader that two looks agree on: named with an rpc address, and confirmed by the named server itself. */
export interface Leader {
  readonly serverId: string;
  readonly address: string;
}

/** `/v1/leader` alone can name a server that does not lead (facts/dkron §11), so the named one is asked too. */
export async function findLeader(addresses: readonly string[]): Promise<Leader | null> {
  for (const address of addresses) {
    const named = Member.safeParse(await get(address, '/v1/leader'));
    if (!named.success || !named.data.Tags.rpc_addr) continue;
    if ((await get(named.data.Addr, '/v1/isleader')) !== null)
      return { serverId: named.data.Name, address: named.data.Addr };
  }
  return null;
}

/** Null when none is found in time. */
export async function waitForLeader(addresses: readonly string[], seconds: number): Promise<Leader | null> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(POLL_MS)) {
    const leader = await findLeader(addresses);
    if (leader) return leader;
  }
  return null;
}

/** A job that reaches a v3.1.7 leader before its scheduler has started ends its process: nobody posts one earlier. */
export async function untilJobsAreTaken(address: string, seconds = 30): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(POLL_MS)) {
    const leader = await findLeader([address]);
    const vars = Vars.safeParse(leader && (await get(leader.address, '/debug/vars')));
    if (vars.success && vars.data.scheduler_started === 1) return;
  }
  throw new Error(`after ${seconds} s no leader takes jobs through ${address}`);
}

/** Adds quiet jobs through one server. */
export async function addJobs(address: string, count: number, from = 1): Promise<void> {
  await untilJobsAreTaken(address);
  for (let n = from; n < from + count; n += 1) {
    const job = {
      name: `job-${String(n).padStart(2, '0')}`,
      schedule: n <= TICKING ? '@every 30s' : '@every 1h',
      executor: 'shell',
      executor_config: { command: 'true' },
    };
    const response = await fetch(`http://${address}:${HTTP_PORT}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(job),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`job ${job.name} was refused: ${response.status} ${await response.text()}`);
  }
}

/** How many jobs that server holds; null when it does not answer. */
export async function countJobs(address: string): Promise<number | null> {
  const jobs = z.array(z.unknown()).safeParse(await get(address, '/v1/jobs'));
  return jobs.success ? jobs.data.length : null;
}

async function get(address: string, path: string): Promise<unknown> {
  try {
    const response = await fetch(`http://${address}:${HTTP_PORT}${path}`, { signal: AbortSignal.timeout(CALL_MS) });
    const text = await response.text();
    if (!response.ok) return null;
    return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  } catch {
    return null;
  }
}

/**
 * Waits until no server names a leader any more: for some seconds a survivor names the dead one (facts/dkron §2). Who
 * does not answer in time may still name one, on a busy machine; who refuses to be asked does not run.
 */
export async function untilNobodyIsNamed(addresses: readonly string[], seconds: number): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) {
    const named = await Promise.all(addresses.map((address) => mayName(`http://${address}:${HTTP_PORT}/v1/leader`)));
    if (!named.includes(true)) return;
  }
  throw new Error(`after ${seconds} s a server still names a leader`);
}

async function mayName(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(CALL_MS) })).status === 200;
  } catch (thrown) {
    return thrown instanceof Error && thrown.name === 'TimeoutError';
  }
}
