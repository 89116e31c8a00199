"""Whose a container is, and what is left of labs that are no more. Nothing without our label is looked at."""

from __future__ import annotations

import json
from pathlib import Path

import network
from engine import podman

NOBODY = '-'  # ended by hand, or when its directory is gone


def owner_of(pid: int) -> str:
    """A process, told apart from a later one with the same id."""
    return f'{pid}:{_started(pid)}'


def sweep() -> list[str]:
    """Removes containers whose lab is gone, and networks without any; gives the directories."""
    left = json.loads(podman('ps', '--all', '--filter', 'label=owner', '--format', 'json') or '[]')
    stale = [one for one in left if _is_stale(one['Labels'])]
    for one in stale:
        podman('rm', '--force', '--time', '0', one['Id'])
    for name in podman('network', 'ls', '--quiet', '--filter', 'label=owner').split():
        if _ended(json.loads(podman('network', 'inspect', name))[0]['labels']['owner']):
            network.remove(name)
    return [one['Labels']['directory'] for one in stale]


def _is_stale(labels: dict[str, str]) -> bool:
    return _ended(labels['owner']) or not Path(labels['directory']).exists()


def _ended(owner: str) -> bool:
    pid, _, started = owner.partition(':')
    return owner != NOBODY and started != _started(int(pid))


def _started(pid: int) -> str:
    """In ticks since boot; empty when there is no such process."""
    try:
        return Path('/proc', str(pid), 'stat').read_text().rpartition(')')[2].split()[19]
    except FileNotFoundError:
        return ''

