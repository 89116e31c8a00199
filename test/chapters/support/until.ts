import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { LabHost } from '../../../lab/lab';

const PATIENCE_SECONDS = 120;
const Members = z.array(z.object({ Name: z.string(), Status: z.unknown() }));

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_SECONDS * 1000; Date.now() < end; await sleep(200)) {
    if (await holds()) return;
  }
  throw new Error(`after ${PATIENCE_SECONDS} s still not: ${what}`);
}

/** Dkron says that nobody of its join list answered: from there on it loops and gets no further (facts/dkron §4). */
export const untilItLoops = ({ dir, serverId }: LabHost): Promise<void> =>
  until(`${serverId} is in its join loop`, async () =>
    // A host that was just made has no log yet.
    (await readFile(join(dir, 'dkron.log'), 'utf8').catch(() => '')).includes('Join LAN failed'),
  );

/** It serves HTTP and its gossip knows all of them: whoever does not lead now has had what it takes to. */
export const untilItKnows = ({ address, serverId }: LabHost, names: readonly string[]): Promise<void> =>
  until(`${serverId} knows ${names.join(', ')}`, async () => {
    const answer = await fetch(`http://${address}:8080/v1/members`, { signal: AbortSignal.timeout(2000) })
      .then((response) => response.json())
      .catch(() => []);
    const known = Members.safeParse(answer).data ?? [];
    return names.every((name) => known.some(({ Name }) => Name === name));
  });
