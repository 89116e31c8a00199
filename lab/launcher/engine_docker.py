"""Docker: one daemon for everybody on the machine, so that what is ours is known by its label (strays.py)."""

from __future__ import annotations

import os
import shutil

from engine import CGROUP_V1, Engine

DAEMON = ('DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG')


class Docker(Engine):
    name = 'docker'
    packages = 'docker.io'

    def lacks(self) -> list[str]:
        return [] if shutil.which('docker') else ['docker']

    def environment(self) -> dict[str, str]:
        return {name: os.environ[name] for name in DAEMON if name in os.environ}

    def systemd(self) -> list[str]:
        """As podman's `--systemd=always` has it: a hierarchy that systemd may write to, and its mounts in memory."""
        hierarchy = '/sys/fs/cgroup/systemd' if CGROUP_V1 else '/sys/fs/cgroup'
        return [
            *('--cgroupns', 'host', '--volume', f'{hierarchy}:{hierarchy}:rw'),
            *('--tmpfs', '/run:exec,mode=755', '--tmpfs', '/run/lock', '--tmpfs', '/tmp:exec,mode=1777'),
            *('--tmpfs', '/var/log/journal', '--env', 'container=docker', '--stop-signal', 'SIGRTMIN+3'),
        ]
