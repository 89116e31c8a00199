"""Container hosts: one directory is one machine of the lab, a container with systemd as PID 1.

A host is a directory with a disk (`data/`) and a container of its own, named by the directory: Debian 12, Dkron's unit, an
address on a bridge. The container's other files survive a power-off and go with `erase`, as a root volume does. Power off is
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
from typing import Any

import network
from engine import EngineProblem, podman
from hosts import MARK

WORK = '/var/lib/amazon/ssm'  # where the agent keeps its commands' files; `ssm/` of the host's directory
BOOT_SECONDS = 30
PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'


def power_on(directory: Path, cut: bool = False) -> None:
    """Boots it, until its systemd answers; a machine that is on stays as it is. `cut`: before its first process runs."""
    if _pid(directory) is not None:
        return
    name = name_of(directory)
    podman('init', name)
    pid = int(podman('container', 'inspect', '--format', '{{.State.Pid}}', name))
    address = json.loads((directory / 'machine.json').read_text())['address']
    _in_network(pid, ['ip', '-batch', '-'], network.inside(address))
    if cut:
        _in_network(pid, ['nft', '-f', '-'], network.CUT)
    podman('start', name)
    (directory / 'pid').write_text(str(pid))
    network.attend(network.network_name(address))
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
    _in_network(pid, ['ip', 'link', 'set', 'eth0', 'down'])
    os.kill(pid, signal.SIGKILL)
    podman('wait', name_of(directory))
    podman('container', 'cleanup', name_of(directory))


def silence(directory: Path) -> None:
    """It reaches nobody and nobody reaches it; its processes go on, and commands still come in."""
    _in_network(_running(directory), ['nft', '-f', '-'], network.CUT)


def mend(directory: Path) -> None:
    """The other way round; a machine that is not cut is left as it is."""
    if state(directory)['state'] == 'frozen':
        _in_network(_running(directory), ['nft', 'delete', 'table', 'inet', 'lab'])


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
    told = inspect(directory)
    if told is not None:
        podman('rm', '--force', name_of(directory))
        for name in told['NetworkSettings']['Networks']:
            network.remove(name)


def erase(directory: Path) -> None:
    """The machine and its disk are gone."""
    remove(directory)
    shutil.rmtree(directory, ignore_errors=True)


def state(directory: Path) -> dict[str, object]:
    """`on`, `frozen` (on and silent) or `off`."""
    pid = _pid(directory)
    if pid is None:
        return {'state': 'off', 'pid': None}
    cut = _in_network(pid, ['nft', 'list', 'tables']).find('inet lab') >= 0
    return {'state': 'frozen' if cut else 'on', 'pid': pid}


def enter(directory: Path) -> list[str]:
    """argv prefix that runs a command inside, as root, as the agent of Systems Manager does."""
    return ['nsenter', '--target', str(_running(directory)), '--mount', '--uts', '--ipc', '--net', '--pid', '--']


def environment() -> dict[str, str]:
    """What a command inside starts with."""
    return {'PATH': PATH, 'HOME': '/root', 'LANG': 'C.UTF-8'}


def name_of(directory: Path) -> str:
    """Of its container; a path is no name, and too long for one."""
    return f'requorum-{hashlib.sha256(str(directory).encode()).hexdigest()[:12]}'


def inspect(directory: Path) -> Any:
    """What podman knows of it; None when it was not made."""
    name = name_of(directory)
    if name not in podman('ps', '--all', '--format', '{{.Names}}', '--filter', f'name={name}').split():
        return None
    return json.loads(podman('container', 'inspect', name))[0]


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


def _in_network(pid: int, argv: list[str], lines: str = '') -> str:
    """The image's own tool, in the machine's network: nothing of it need be installed here, nor run inside."""
    entry = ['nsenter', '--target', str(pid), '--mount', '--net', '--']
    done = subprocess.run([*entry, *argv], input=lines, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise EngineProblem(f'{" ".join(argv)}: {done.stderr.strip()}')
    return done.stdout
