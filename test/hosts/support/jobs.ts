import { untilJobsAreTaken } from '../../../lab/dkron-cluster';
import type { BenchHost } from '../../lab/support-documents/bench';
import { get } from '../../lab/support-documents/looks';

/** Jobs that are never due. */
export async function addJobs({ address, http }: BenchHost, count: number): Promise<void> {
  await untilJobsAreTaken(address);
  for (let n = 0; n < count; n += 1) {
    const job = { name: `job${n}`, schedule: '@every 10h', executor: 'shell', executor_config: { command: 'true' } };
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`http://${http}/v1/jobs`, { method: 'POST', body: JSON.stringify(job), headers });
    if (answer.status !== 201) throw new Error(`job ${n}: ${answer.status} ${await answer.text()}`);
  }
}

export async function jobsOn({ http }: BenchHost): Promise<number | null> {
  const told = await get(`http://${http}/v1/jobs`);
  return told?.status === 200 ? (JSON.parse(told.body) as unknown[]).length : null;
}
