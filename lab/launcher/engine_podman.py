"""Podman with a store and a state of its own, so that nobody else's containers are seen or touched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from engine import ROOT, STATE, Engine

# It does not start without, though no network of its is used.
NETAVARK = ('/usr/lib/podman/netavark', '/usr/libexec/podman/netavark')


class Podman(Engine):
    name = 'podman'
    packages = 'podman runc netavark'

    def lacks(self) -> list[str]:
        missing = [] if shutil.which('podman') else ['podman']
        return missing if any(Path(path).exists() for path in NETAVARK) else [*missing, 'netavark']

    def places(self) -> list[str]:
        return [
            *('--root', str(ROOT / 'storage'), '--network-config-dir', str(ROOT / 'networks')),
            *('--runroot', str(STATE / 'run'), '--tmpdir', str(STATE / 'tmp')),
            *('--cgroup-manager', 'cgroupfs', '--events-backend', 'none', '--log-level', 'error'),
        ]

    def environment(self) -> dict[str, str]:
        return {'CONTAINERS_CONF': str(_settings())}

    def systemd(self) -> list[str]:
        return ['--systemd=always']

    def bury(self, name: str) -> None:
        super().bury(name)
        self.ask('container', 'cleanup', name)


def _settings() -> Path:
    """Limits that a machine without root's full rights, or without controllers, can grant; runc where it is there: it knows cgroup v1."""
    path = ROOT / 'containers.conf'
    runtime = '[engine]\nruntime = "runc"\n' if shutil.which('runc') else ''
    text = f'[containers]\npids_limit = 0\ndefault_ulimits = ["nofile=16384:16384", "nproc=8192:8192"]\n{runtime}'
    if not path.exists() or path.read_text() != text:
        ROOT.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(f'.{os.getpid()}')
        made.write_text(text)
        made.rename(path)
    return path
