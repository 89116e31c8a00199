import * as z from 'zod';

/** Jobs as a server tells them over HTTP. */
export async function jobsAt(address: string): Promise<number> {
  const response = await fetch(`http://${address}:8080/v1/jobs`, { signal: AbortSignal.timeout(5000) });
  return z.array(z.unknown()).parse(await response.json()).length;
}
