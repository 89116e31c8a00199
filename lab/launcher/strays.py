"""Whose a container is, and what is left of labs that are no more. Nothing without our label is looked at."""

from __future__ import annotations

import json
from pathlib import Path

import network
from engine import OURS, EngineProblem
from engines import engine

NOBODY = '-'  # ended by hand, or when its directory is gone


def owner_of(pid: int) -> str:
    """A process, told apart from a later one with the same id."""
    return f'{pid}:{_started(pid)}'


def sweep() -> list[str]:
    """Removes containers whose lab is gone, and networks without any; gives the directories."""
    ended = []
    for container in engine().ask('ps', '--all', '--quiet', '--filter', f'label=requorum={OURS}').split():
        labels = _labels(container)
        if labels is not None and _is_stale(labels):
            engine().ask('rm', '--force', container)
            ended.append(labels['directory'])
    for net in network.there():
        network.remove(net)
    return ended


def _labels(container: str) -> dict[str, str] | None:
    """None when somebody else removed it just now."""
    try:
        told = engine().ask('container', 'inspect', '--format', '{{json .Config.Labels}}', container)
    except EngineProblem:
        return None
    labels: dict[str, str] = json.loads(told)
    return labels


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

