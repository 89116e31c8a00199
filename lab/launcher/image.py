"""The image of a container host: Debian 12 with systemd, made from Debian's own packages, without any container registry."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Callable

from engine import ROOT, EngineProblem
from engines import engine

SUITE = 'bookworm'
# python3 whole: python3-minimal has neither ctypes nor http (facts/dkron.md 13).
PACKAGES = 'systemd,systemd-sysv,dbus,iproute2,nftables,python3,ca-certificates,procps,supervisor'
UNPRIVILEGED = 990  # uid and gid of the user `dkron`
HOOKS = (
    f'chroot "$1" groupadd --system --gid {UNPRIVILEGED} dkron',
    f'chroot "$1" useradd --system --uid {UNPRIVILEGED} --gid {UNPRIVILEGED} --home-dir /var/lib/dkron dkron',
    # Nothing of these is of use in a container; each would only make the machine `degraded`.
    'chroot "$1" systemctl mask systemd-logind.service getty.target console-getty.service',
    # Only a layout that has Dkron in it enables it.
    'chroot "$1" systemctl disable supervisor.service',
)
BUILD_SECONDS = 900


def image(progress: Callable[[str], None]) -> str:
    """Its name; built once per content, by one process at a time."""
    key = hashlib.sha256('\0'.join([SUITE, PACKAGES, *HOOKS]).encode()).hexdigest()[:12]
    name = f'localhost/requorum-host:{key}'
    ROOT.mkdir(parents=True, exist_ok=True)
    with open(ROOT / 'image.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _there(name):
            progress('building the image of the hosts (Debian 12 with systemd); about a minute, once')
            _build(name)
    return name


def _there(name: str) -> bool:
    return engine().ask('images', '--quiet', name) != ''


def _build(name: str) -> None:
    if shutil.which('mmdebstrap') is None:
        raise EngineProblem('mmdebstrap is not installed; Debian: apt-get install mmdebstrap')
    with tempfile.TemporaryDirectory(dir=ROOT) as made:
        tar = Path(made) / 'image.tar'
        hooks = [f'--customize-hook={hook}' for hook in HOOKS]
        argv = ['mmdebstrap', '--variant=minbase', f'--include={PACKAGES}', *hooks, SUITE, str(tar)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
        if done.returncode != 0:
            raise EngineProblem(f'mmdebstrap: {done.stderr.strip()[-600:]}')
        engine().ask('import', str(tar), name)
