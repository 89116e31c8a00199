"""Makes a container host, and installs Dkron on it as an operator would have."""

from __future__ import annotations

import io
import json
import os
import tarfile
import time
from pathlib import Path
from typing import Callable

from cable import BOOT
from container import WORK, is_made, name_of
from engine import CGROUP_V1, OURS
from engines import engine
from hosts import MARK
from image import UNPRIVILEGED, image
from layouts import BINARY, VARIANTS, Layout, Settings
from network import network_of


def configure(
    directory: Path, settings: Settings, variant: str, dkron: Path, owner: str, progress: Callable[[str], None]
) -> Layout:
    """Makes the machine where it is not there, and writes what an operator would have installed. Leaves the disk alone."""
    layout = VARIANTS[variant](settings)
    for part in ('data', 'ssm'):
        (directory / part).mkdir(parents=True, exist_ok=True)
    (directory / 'machine.json').write_text(
        json.dumps({'address': settings.address, 'variant': variant, 'unit': layout.unit, 'dataDir': layout.data_dir})
    )
    if not is_made(directory):
        _create(directory, settings, layout, dkron, owner, progress)
    engine().ask('cp', '-', f'{name_of(directory)}:/', data=_tar(layout))
    return layout


def _create(
    directory: Path, settings: Settings, layout: Layout, dkron: Path, owner: str, progress: Callable[[str], None]
) -> None:
    if layout.user != 'root':
        os.chown(directory / 'data', UNPRIVILEGED, UNPRIVILEGED)
    engine().ask(
        'create', *engine().systemd(), '--name', name_of(directory), '--hostname', settings.node_name,
        *('--network', 'none', '--add-host', f'{settings.node_name}:{settings.address}', '--stop-timeout', '0'),
        *('--label', f'requorum={OURS}', '--label', f'network={network_of(settings.address)}'),
        *('--label', f'directory={directory}', '--label', f'owner={owner}'),
        *('--env', f'{MARK}={directory}'),  # of PID 1 alone: by it the machine is known, and ended with its lab
        *('--volume', f'{dkron.resolve()}:{BINARY}:ro', '--volume', f'{directory}/data:{layout.data_dir}'),
        *('--volume', f'{directory}/ssm:{WORK}', image(progress), *BOOT),
    )


def _tar(layout: Layout) -> bytes:
    """No directory is in it: one that is a link in the image would be put in the link's place."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode='w') as tar:
        for path, text in _all_files(layout).items():
            entry = _entry(path)
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
        enabled = _entry(f'/etc/systemd/system/multi-user.target.wants/{layout.unit}')
        enabled.type, enabled.linkname = tarfile.SYMTYPE, layout.unit_file
        tar.addfile(enabled)
    return made.getvalue()


def _entry(path: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path.lstrip('/'))
    entry.mtime = int(time.time())
    return entry


def _all_files(layout: Layout) -> dict[str, str]:
    # There a container's systemd hears nothing of an emptied cgroup, and waits out every stop (facts/dkron.md 10).
    quick_stop = '[Manager]\nDefaultTimeoutStopSec=2s\n'
    return {**layout.files, **({'/etc/systemd/system.conf.d/cgroup-v1.conf': quick_stop} if CGROUP_V1 else {})}
