"""Nothing of Dkron runs on the data-dir any more, and its manager will not start it."""
import os
import time

import procfs
from place import live_raft
from result import Refused
from settings import Settings

PATIENCE = 10.0


def dkron_processes(data_dir, unit=None):
    """Servers on this data-dir with all they started: by the manager's mark, by the open raft.db, by what they were told."""
    parents = procfs.living()
    servers = unit.marked(parents) if unit else set()
    try:
        seen = os.stat(os.path.join(live_raft(data_dir), 'raft.db'))
        servers |= set(pid for pid in parents if procfs.writes_to(pid, (seen.st_dev, seen.st_ino)))
    except OSError:
        pass
    servers |= set(pid for pid in parents if told_to_use(pid, data_dir))
    return procfs.descendants(servers, parents)


def is_agent(argv):
    return len(argv) > 1 and argv[1] == 'agent'


def settings_of(pid):
    return Settings(procfs.arguments(pid), procfs.environment(pid), procfs.link(pid, 'cwd'))


def told_to_use(pid, data_dir):
    """A server in its join loop has no file open yet, but would have one day (facts/dkron 13)."""
    return is_agent(procfs.arguments(pid)) and os.path.realpath(settings_of(pid).data_dir()[0]) == data_dir


def stop_all(unit, data_dir):
    """Freeze, tell the manager, kill: no stop signal acts, and no restart slips in between. Returns what was killed."""
    killed = set()
    until = time.monotonic() + PATIENCE
    while True:
        found = dkron_processes(data_dir, unit)
        if not found and unit.at_rest():
            if not unit.exited():
                return sorted(killed)
            time.sleep(1.2)
            if unit.exited() and not dkron_processes(data_dir, unit):
                return sorted(killed)
        procfs.freeze(found)
        unit.stop()
        procfs.kill(found)
        killed |= found
        if time.monotonic() > until:
            raise Refused('StillRunning', 'processes %s on %s' % (sorted(found), data_dir))
        time.sleep(0.02)
