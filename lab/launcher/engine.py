"""What the lab asks of what runs containers, whichever it is: podman or docker. Which one is there: engines.py.

Both understand the same words; where they do not, an engine says its own. What both can do is left to neither: the network
is made by network.py, and files are copied in as a tar.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

CACHE = Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'requorum'
# Of version 1: then a container's systemd hears nothing of an emptied cgroup and waits out every stop (facts/dkron.md 10).
CGROUP_V1 = not Path('/sys/fs/cgroup/cgroup.controllers').exists()
# One for each version: a test may show itself the other (run-hosts.ts), where what is mounted here is not.
ROOT = CACHE / ('machines' if CGROUP_V1 else 'machines-cgroup2')
# Tells what is ours from other people's, and two caches apart.
OURS = f'requorum-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}'
# What must be forgotten at a reboot.
STATE = Path('/run') / OURS
PATIENCE_SECONDS = 120


class EngineProblem(RuntimeError):
    """The engine refused; its own words."""


class Engine:
    """One that is there; the defaults are those of an engine that needs nothing said."""

    name = ''
    packages = ''
    """Debian's."""

    def lacks(self) -> list[str]:
        """What is not installed that it cannot do without."""
        raise NotImplementedError

    def places(self) -> list[str]:
        """Words before every command: where it keeps what is ours."""
        return []

    def environment(self) -> dict[str, str]:
        """What its commands are told beside PATH and HOME."""
        return {}

    def systemd(self) -> list[str]:
        """Words of `create` for a container whose PID 1 is systemd."""
        raise NotImplementedError

    def bury(self, name: str) -> None:
        """Whose PID 1 was just killed: until the engine knows that it is dead, and it can be started anew."""
        self.ask('wait', name)

    def ask(self, *words: str, data: bytes = b'') -> str:
        """One command of the engine; what it printed. `data` is its standard input."""
        kept = {name: os.environ[name] for name in ('PATH', 'HOME') if name in os.environ}
        # Little: a container's monitor keeps it, and must not bear the mark of a lab whose marked processes are killed.
        told = {**kept, **self.environment()}
        argv = [self.name, *self.places(), *words]
        done = subprocess.run(argv, input=data, capture_output=True, timeout=PATIENCE_SECONDS, check=False, env=told)
        if done.returncode != 0:
            raise EngineProblem(f'{self.name} {" ".join(words[:3])}: {done.stderr.decode(errors="replace").strip()}')
        return done.stdout.decode().strip()
