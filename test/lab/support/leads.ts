import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_SECONDS = 60;

/** Whether a server says of itself that it leads. */
export async function leads(address: string): Promise<boolean> {
  const answer = await fetch(`http://${address}:8080/v1/isleader`, { signal: AbortSignal.timeout(2000) }).catch(
    () => null,
  );
  return answer?.status === 200;
}

export async function untilLeads(...addresses: readonly string[]): Promise<string> {
  for (const end = Date.now() + PATIENCE_SECONDS * 1000; Date.now() < end; await sleep(200)) {
    for (const address of addresses) if (await leads(address)) return address;
  }
  throw new Error(`none of ${addresses.join(', ')} leads`);
}
