import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Asked once per file, before its tests are named: the runner then counts what it cannot run as skipped, not as passed. */
const canCut =
  execFileSync('python3', [join(__dirname, '..', '..', 'lab', 'launcher', 'hosts.py'), 'can-cut'], {
    encoding: 'utf8',
  }).trim() === 'true';

/** A test that needs a host cut off from the others. */
export function testWithCut(name: string, run: () => Promise<void>): void {
  if (canCut) test(name, run);
  else test.skip(`${name} (skipped: this machine allows no network namespace, so no host can be cut off)`, run);
}
