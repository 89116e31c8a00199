"""Container hosts: one directory is one machine of the lab, a container with systemd as PID 1.

A host is a directory with a disk (`data/`) and a container of its own, named by the directory: Debian 12, Dkron's unit, an
address (network.py). The container's other files survive a power-off and go with `erase`, as a root volume does. Power off is
silence first and then SIGKILL to PID 1, with which all of it dies at once: nobody hears a reset or a leave. A cut host is
silent as well; commands reach it all the same, as they reach a quarantined instance through its agent.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import cable
import network
from engine import OURS, EngineProblem
from engines import engine
from hosts import MARK

WORK = '/var/lib/amazon/ssm'  # where the agent keeps its commands' files; `ssm/` of the host's directory
BOOT_SECONDS = 30
PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'


def power_on(directory: Path, cut: bool = False) -> None:
    """Boots it, until its systemd answers; a machine that is on stays as it is. `cut`: before its first process runs."""
    if _pid(directory) is not None:
        return
    name = name_of(directory)
    engine().ask('start', name)
    pid = int(engine().ask('container', 'inspect', '--format', '{{.State.Pid}}', name))
    if cut:
        cable.silence(pid)
    cable.plug_in(pid, _address(directory))
    (directory / 'pid').write_text(str(pid))
    _until_systemd_answers(directory)


def _until_systemd_answers(directory: Path) -> None:
    ask = [*enter(directory), 'systemctl', 'is-system-running']
    end = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < end:
        said = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
        if said in ('starting', 'running', 'degraded'):
            return
        time.sleep(0.05)
    raise EngineProblem(f'{directory}: systemd does not answer after {BOOT_SECONDS} s')


def power_off(directory: Path) -> None:
    """Pulls the plug; the disk stays."""
    pid = _pid(directory)
    if pid is None:
        return
    cable.pull(pid)
    os.kill(pid, signal.SIGKILL)
    engine().bury(name_of(directory))


def silence(directory: Path) -> None:
    """It reaches nobody and nobody reaches it; its processes go on, and commands still come in."""
    cable.silence(_running(directory))


def mend(directory: Path) -> None:
    """The other way round; a machine that is not cut is left as it is."""
    if state(directory)['state'] == 'frozen':
        cable.mend(_running(directory))


def empty_disk(directory: Path) -> None:
    """Whatever runs: its Dkron must have been stopped. The mount stays, and who owns it."""
    for entry in (directory / 'data').iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()


def wipe(directory: Path) -> None:
    """An empty disk in the same machine. Refuses while it is on."""
    if _pid(directory) is not None:
        raise RuntimeError(f'{directory}: power off first')
    empty_disk(directory)


def remove(directory: Path) -> None:
    """Nothing of the machine is left but its directory; its network goes with the last one."""
    power_off(directory)
    if is_made(directory):
        engine().ask('rm', '--force', name_of(directory))
        network.remove(network.network_of(_address(directory)))


def erase(directory: Path) -> None:
    """The machine and its disk are gone."""
    remove(directory)
    shutil.rmtree(directory, ignore_errors=True)


def state(directory: Path) -> dict[str, object]:
    """`on`, `frozen` (on and silent) or `off`."""
    pid = _pid(directory)
    if pid is None:
        return {'state': 'off', 'pid': None}
    return {'state': 'frozen' if cable.is_silent(pid) else 'on', 'pid': pid}


def enter(directory: Path) -> list[str]:
    """argv prefix that runs a command inside, as root, as the agent of Systems Manager does."""
    return ['nsenter', '--target', str(_running(directory)), '--mount', '--uts', '--ipc', '--net', '--pid', '--']


def environment() -> dict[str, str]:
    """What a command inside starts with."""
    return {'PATH': PATH, 'HOME': '/root', 'LANG': 'C.UTF-8'}


def name_of(directory: Path) -> str:
    """Of its container; a path is no name, and too long for one."""
    return f'requorum-{hashlib.sha256(str(directory).encode()).hexdigest()[:12]}'


def is_made(directory: Path) -> bool:
    """Whether there is a container of it."""
    asked = ('--filter', f'label=requorum={OURS}', '--filter', f'name={name_of(directory)}')
    return engine().ask('ps', '--all', '--quiet', *asked) != ''


def _pid(directory: Path) -> int | None:
    """Of PID 1, seen from here; None while the machine is off. The number alone may be another process's by now."""
    try:
        pid = int((directory / 'pid').read_text())
        marks = Path('/proc', str(pid), 'environ').read_bytes().split(b'\0')
    except (FileNotFoundError, ProcessLookupError):
        return None
    return pid if f'{MARK}={directory}'.encode() in marks else None


def _running(directory: Path) -> int:
    pid = _pid(directory)
    if pid is None:
        raise RuntimeError(f'{directory} is off')
    return pid


def _address(directory: Path) -> str:
    return str(json.loads((directory / 'machine.json').read_text())['address'])
