import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../../lab/lab';
import { prepare } from '../../../lab/prepare';
import { killGroup } from '../../support/kill-group';

/** Address of the lab that no server has. */
const ADDRESS = 190;

export interface AgentNode {
  readonly end: () => void;
}

interface NodeOptions {
  /** @default agent-1 */
  readonly name?: string;
  /** A server that nobody knows. @default false */
  readonly server?: boolean;
}

/** A Dkron node that is no server, with all of these in its join list: gossip meets through it. */
export async function startAgentNode(
  lab: Lab,
  addresses: readonly string[],
  { name = 'agent-1', server = false }: NodeOptions = {},
): Promise<AgentNode> {
  const { dkron } = await prepare(() => undefined);
  const home = mkdtempSync(join(tmpdir(), 'agent-node-'));
  const own = lab.address(ADDRESS);
  const joins = addresses.flatMap((address) => ['--retry-join', `${address}:8946`]);
  const child: ChildProcess = spawn(
    dkron,
    [
      'agent',
      ...(server ? ['--server'] : []),
      ...['--node-name', name, '--bind-addr', `${own}:8946`, '--http-addr', `${own}:8080`],
      ...['--data-dir', home, '--disable-usage-stats', ...joins],
    ],
    { stdio: 'ignore', cwd: home, env: { ...process.env, TMPDIR: home }, detached: true },
  );
  return {
    end: () => {
      if (child.pid !== undefined) killGroup(child.pid);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
