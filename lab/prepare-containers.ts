import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Progress } from './prepare';

/** Drives container hosts from a shell; what it can do is told in its head. */
export const CONTAINERS = join(__dirname, 'launcher', 'containers.py');

const Told = z.object({ canRun: z.boolean(), why: z.string().nullable() });

/** Why this machine runs no container hosts; null when it just ran a container of their image, built where it was missing. */
export async function whyNoContainers(progress: Progress): Promise<string | null> {
  const child = spawn('python3', [CONTAINERS, 'can-run'], { stdio: ['ignore', 'pipe', 'pipe'] });
  createInterface(child.stderr).on('line', progress);
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await once(child, 'close');
  return Told.parse(JSON.parse(printed)).why;
}

export async function prepareContainers(progress: Progress): Promise<void> {
  const why = await whyNoContainers(progress);
  if (why !== null) throw new Error(`this machine runs no hosts with systemd: ${why}`);
}
