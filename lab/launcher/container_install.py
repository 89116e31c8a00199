"""Makes a container host, and installs Dkron on it as an operator would have."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Callable

import network
from container import WORK, inspect, name_of
from engine import CGROUP_V1, podman
from hosts import MARK
from image import UNPRIVILEGED, image
from layouts import BINARY, VARIANTS, Layout, Settings


def configure(
    directory: Path, settings: Settings, variant: str, dkron: Path, owner: str, progress: Callable[[str], None]
) -> Layout:
    """Makes the machine where it is not there, and writes what an operator would have installed. Leaves the disk alone."""
    layout = VARIANTS[variant](settings)
    for part in ('data', 'ssm'):
        (directory / part).mkdir(parents=True, exist_ok=True)
    if inspect(directory) is None:
        _create(directory, settings, layout, dkron, owner, progress)
    _write_files(directory, layout)
    (directory / 'machine.json').write_text(
        json.dumps({'address': settings.address, 'variant': variant, 'unit': layout.unit, 'dataDir': layout.data_dir})
    )
    return layout


def _create(
    directory: Path, settings: Settings, layout: Layout, dkron: Path, owner: str, progress: Callable[[str], None]
) -> None:
    if layout.user != 'root':
        os.chown(directory / 'data', UNPRIVILEGED, UNPRIVILEGED)
    podman(
        'create', '--systemd=always', '--name', name_of(directory), '--hostname', settings.node_name,
        *('--network', network.make(settings.address, owner), '--ip', settings.address),
        *('--mac-address', network.hardware_address(settings.address)),
        *('--label', f'directory={directory}', '--label', f'owner={owner}'),
        *('--env', f'{MARK}={directory}'),  # of PID 1 alone: by it the machine is known, and ended with its lab
        *('--volume', f'{dkron.resolve()}:{BINARY}:ro', '--volume', f'{directory}/data:{layout.data_dir}'),
        *('--volume', f'{directory}/ssm:{WORK}', image(progress), '/sbin/init'),
    )


def _write_files(directory: Path, layout: Layout) -> None:
    name = name_of(directory)
    root = Path(podman('mount', name))
    try:
        for path, text in _all_files(layout).items():
            target = root / path.lstrip('/')
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        enabled = root / 'etc/systemd/system/multi-user.target.wants' / layout.unit
        enabled.parent.mkdir(exist_ok=True)
        enabled.unlink(missing_ok=True)
        enabled.symlink_to(layout.unit_file)
    finally:
        podman('umount', name)


def _all_files(layout: Layout) -> dict[str, str]:
    # There a container's systemd hears nothing of an emptied cgroup, and waits out every stop (facts/dkron.md 10).
    quick_stop = '[Manager]\nDefaultTimeoutStopSec=2s\n'
    return {**layout.files, **({'/etc/systemd/system.conf.d/cgroup-v1.conf': quick_stop} if CGROUP_V1 else {})}
