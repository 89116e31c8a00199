"""Podman with a store, a state and networks of its own, so that nobody else's containers are seen or touched."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

CACHE = Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'requorum'
CGROUP_V1 = not Path('/sys/fs/cgroup/cgroup.controllers').exists()
# One for each version: a test may show itself the other (run-hosts.ts), where what is mounted here is not.
ROOT = CACHE / ('machines' if CGROUP_V1 else 'machines-cgroup2')
# What podman must forget at a reboot; its name keeps two caches apart.
STATE = Path('/run') / f'requorum-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}'
NEEDED = ('podman', 'iptables', 'ip', 'nsenter')
NETAVARK = ('/usr/lib/podman/netavark', '/usr/libexec/podman/netavark')
PATIENCE_SECONDS = 120


class EngineProblem(RuntimeError):
    """Podman refused; its own words."""


def lacking() -> str | None:
    """Why no container can run here, in one line; None when nothing is known to be missing."""
    if os.geteuid() != 0:
        return 'containers with addresses of their own need root'
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if not any(Path(path).exists() for path in NETAVARK):
        missing.append('netavark')
    if missing:
        return f'{", ".join(missing)} not installed; Debian: apt-get install podman runc netavark iptables iproute2 mmdebstrap'
    return None


def podman(*words: str) -> str:
    """One command of the engine; what it printed."""
    done = subprocess.run(
        ['podman', *_places(), *words], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        env=_environment(),
    )
    if done.returncode != 0:
        raise EngineProblem(f'podman {" ".join(words[:3])}: {done.stderr.strip()}')
    return done.stdout.strip()


def _environment() -> dict[str, str]:
    """Little: a container's monitor keeps it, and must not bear the mark of a lab whose marked processes are killed."""
    kept = {name: os.environ[name] for name in ('PATH', 'HOME') if name in os.environ}
    return {**kept, 'CONTAINERS_CONF': str(_settings())}


def _places() -> list[str]:
    return [
        *('--root', str(ROOT / 'storage'), '--network-config-dir', str(ROOT / 'networks')),
        *('--runroot', str(STATE / 'run'), '--tmpdir', str(STATE / 'tmp')),
        *('--cgroup-manager', 'cgroupfs', '--events-backend', 'none', '--log-level', 'error'),
    ]


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
