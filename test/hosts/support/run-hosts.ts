import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { whyNoContainers } from '../../../lab/prepare-containers';
import { ROOT } from '../../../lab/prepare';
import { CGROUP_V2, onCgroupV2 } from './cgroup-v2';

/*
 * `npm run test:hosts`: what CI runs of test/hosts, within six minutes; with `-- --all`, everything; with `-- --cgroup-v2`, the
 * same where control groups are of version 2. Other words go to Jest.
 */

const ESSENTIAL = 'test/hosts/(contract|handles|recover-one-of-three)\\.test\\.ts$';

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  if (words.includes(CGROUP_V2)) return again(words.filter((word) => word !== CGROUP_V2));
  const why = await whyNoContainers((says) => process.stdout.write(`${says}\n`));
  if (why !== null) {
    process.stdout.write(`\nNOT RUN: hosts with systemd (test/hosts), because ${why}\n\n0 passed, 0 failed\n`);
    return 0;
  }
  const rest = words.filter((word) => word !== '--all');
  const chosen = words.includes('--all') || rest.length > 0 ? [] : ['--testPathPatterns', ESSENTIAL];
  const jest = [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--config', 'jest.hosts.config.mjs'];
  return exitOf([...jest, '--runInBand', '--forceExit', ...chosen, ...rest]);
}

/** This again, in another view of control groups. */
const again = (words: readonly string[]): Promise<number> =>
  exitOf([...process.execArgv, __filename, ...words], onCgroupV2);

async function exitOf(words: readonly string[], through = (argv: readonly string[]) => argv): Promise<number> {
  const [program = '', ...rest] = through([process.execPath, ...words]);
  const child = spawn(program, rest, { cwd: ROOT, stdio: 'inherit' });
  const [exit] = (await once(child, 'exit')) as [number | null];
  return exit ?? 1;
}

void main().then((exit) => {
  process.exitCode = exit;
});
