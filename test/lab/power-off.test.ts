import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, prepare } from '../../lab/prepare';

const run = promisify(execFile);

/*
 * A host whose service manager has a Dkron in a process group of its own, as supervisord has: it is frozen, and the plug is
 * pulled by a hand so slow that whatever the kernel continues meanwhile would be seen to count on. As Dkron, it does not die of
 * the SIGHUP that comes with it.
 */
const SLOWLY_KILLED = `
import os, pathlib, signal, subprocess, sys, tempfile, time
import hosts

directory = pathlib.Path(tempfile.mkdtemp())
count = directory / 'count'
dkron = f'import itertools, signal, time\\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\\nfor n in itertools.count():\\n  open({str(count)!r}, "w").write(str(n)); time.sleep(0.001)'
manager = f'import os, subprocess, sys\\nsubprocess.run([sys.executable, "-c", {dkron!r}], preexec_fn=os.setpgrp)'
started = subprocess.Popen([sys.executable, '-c', manager], env={hosts.MARK: str(directory)}, start_new_session=True)
while not count.exists(): time.sleep(0.01)
frozen = hosts.freeze(directory)
before, kill = count.read_text(), os.kill
def slowly(pid, number):
    kill(pid, number)
    if number == signal.SIGKILL: time.sleep(0.2)
os.kill = slowly
gone = hosts.power_off(directory)
started.wait()
print(len(frozen), frozen == gone, count.read_text() == before)
`;

test('a frozen host is silent until it is off: nothing of it runs on while its processes are killed', async () => {
  const { python } = await prepare(() => undefined);
  const { stdout } = await run(python, ['-c', SLOWLY_KILLED], { cwd: join(ROOT, 'lab', 'launcher') });
  expect(stdout).toBe('2 True True\n');
});
