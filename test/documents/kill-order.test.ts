import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DOCUMENTS = join(__dirname, '..', '..', 'lib', 'documents', 'python');

/*
 * A service manager runs a wrapper that runs Dkron. Frozen, both get the manager's stop signal, which waits. When a wrapper
 * dies before its Dkron, the kernel continues what it leaves behind stopped, and then Dkron would leave the cluster: seen
 * here by a kill that is slow.
 */
const WRAPPED = `
import os, pathlib, signal, subprocess, sys, tempfile, time
import procfs

here = pathlib.Path(tempfile.mkdtemp())
left, up = here / 'left', here / 'up'
dkron = f'''import pathlib, signal, time
signal.signal(signal.SIGHUP, signal.SIG_IGN)
signal.signal(signal.SIGTERM, lambda *_: pathlib.Path({str(left)!r}).touch())
pathlib.Path({str(up)!r}).touch()
while True: time.sleep(0.01)
'''
wrapper = f'import subprocess, sys\\nsubprocess.run([sys.executable, "-c", {dkron!r}])'
manager = f'import os, subprocess, sys\\nsubprocess.run([sys.executable, "-c", {wrapper!r}], preexec_fn=os.setpgrp)'
started = subprocess.Popen([sys.executable, '-c', manager], start_new_session=True)
while not up.exists(): time.sleep(0.01)
found = procfs.descendants({started.pid}, procfs.living()) - {started.pid}
procfs.freeze(found)
for pid in found: os.kill(pid, signal.SIGTERM)
real = os.kill
def slowly(pid, number):
    real(pid, number)
    time.sleep(0.2)
os.kill = slowly
procfs.kill(found)
started.wait()
print(len(found), left.exists())
`;

test('Dkron is killed before its wrapper, so that no stop signal comes through', async () => {
  const { stdout } = await run('python3', ['-c', WRAPPED], { cwd: DOCUMENTS });
  expect(stdout).toBe('2 False\n');
});
