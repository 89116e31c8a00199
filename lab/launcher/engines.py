"""Which engine runs the containers of this machine: podman, or docker where that is what there is."""

from __future__ import annotations

import functools
import os
import shutil

from engine import Engine, EngineProblem
from engine_docker import Docker
from engine_podman import Podman

ENGINES: dict[str, Engine] = {one.name: one for one in (Podman(), Docker())}
WISH = 'REQUORUM_ENGINE'
TOOLS = ('ip', 'nsenter')
PACKAGES = 'iproute2 mmdebstrap'


def lacking() -> str | None:
    """Why no container can run here, in one line; None when nothing is known to be missing."""
    if os.geteuid() != 0:
        return 'containers with addresses of their own need root'
    wish = os.environ.get(WISH)
    if wish and wish not in ENGINES:
        return f'{WISH} is {wish}; known are {", ".join(ENGINES)}'
    chosen = _chosen()
    if chosen is None:
        either = ' or: '.join(f'apt-get install {one.packages} {PACKAGES}' for one in ENGINES.values())
        return f'neither {" nor ".join(ENGINES)} is installed; Debian: {either}'
    missing = [*chosen.lacks(), *(name for name in TOOLS if shutil.which(name) is None)]
    if missing:
        return f'{", ".join(missing)} not installed; Debian: apt-get install {chosen.packages} {PACKAGES}'
    return None


@functools.cache
def engine() -> Engine:
    """The one of this process."""
    chosen = _chosen()
    if chosen is None:
        raise EngineProblem(lacking() or 'no engine')
    return chosen


def _chosen() -> Engine | None:
    """By wish, else the first whose command is there."""
    wish = os.environ.get(WISH)
    if wish:
        return ENGINES.get(wish)
    return next((one for one in ENGINES.values() if shutil.which(one.name)), None)
