"""A container host (container.py) as the fleet knows a machine: Debian 12 with systemd, on a bridge."""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import container
from container_install import configure
from layouts import Layout, Settings
from machine import Machine, Power
from strays import owner_of, sweep

log = logging.getLogger('lab.hosts')


class ContainerMachine:
    """It can be cut and let in again while it runs; nothing of it is frozen, silence is in its network."""

    can_cut: ClassVar[bool] = True
    silent: ClassVar[bool] = True

    def __init__(self, directory: Path, dkron: Path) -> None:
        self.directory = directory
        self.power: Power = 'off'
        self._dkron = dkron
        self._layout = Layout({})

    @staticmethod
    def clear_strays() -> None:
        for directory in sweep():
            log.info('ended what was left of %s', directory)

    @staticmethod
    def free_prefix(number: int) -> str | None:
        """Of 10/8; this machine has no way there yet."""
        prefix = f'10.{number}'
        wanted = ipaddress.ip_network(f'{prefix}.0.0/16')
        told = json.loads(subprocess.run(['ip', '-json', '-4', 'route'], capture_output=True, check=True).stdout)
        there = [ipaddress.ip_network(one['dst']) for one in told if one['dst'] != 'default']
        return prefix if not any(wanted.overlaps(one) for one in there) else None

    def tags(self) -> dict[str, str]:
        """None: what the product needs it finds on the host."""
        return {}

    def install(self, address: str, name: str, order: dict[str, Any]) -> None:
        settings = Settings(name, address, tuple(order['join']), order['expect'])
        layout, owner = order.get('layout', 'packaged'), owner_of(os.getpid())
        self._layout = configure(self.directory, settings, layout, self._dkron, owner, log.info)

    def bring(self, wanted: Power) -> None:
        if wanted == 'gone':
            container.erase(self.directory)
        elif wanted == 'off':
            container.power_off(self.directory)
        elif self.power == 'off':
            container.power_on(self.directory, cut=wanted != 'on')
        elif wanted == 'on':
            container.mend(self.directory)
        else:
            container.silence(self.directory)
        self.power = wanted

    def hears(self) -> bool:
        return self.power in ('on', 'cut')

    def shell(self, work: Path) -> list[str]:
        inside = f'{container.WORK}/{work.name}'
        return [*container.enter(self.directory), 'sh', '-c', 'cd "$1" && exec sh _script.sh', 'sh', inside]

    def environment(self) -> dict[str, str]:
        return container.environment()

    def stop_dkron(self) -> None:
        self._run(self._layout.stop())

    def start_dkron(self) -> None:
        self._run(self._layout.start())

    def empty_disk(self) -> None:
        container.empty_disk(self.directory)

    def give_disk(self, other: Machine) -> None:
        other.empty_disk()
        for entry in (self.directory / 'data').iterdir():
            shutil.move(entry, other.directory / 'data' / entry.name)

    def log_command(self) -> str:
        cli = Path(__file__).with_name('containers.py')
        return f'{sys.executable} {cli} exec {self.directory} -- {" ".join(self._layout.log())}'

    def end(self) -> None:
        container.remove(self.directory)

    def _run(self, argv: list[str]) -> None:
        inside = [*container.enter(self.directory), *argv]
        subprocess.run(inside, env=self.environment(), capture_output=True, check=True)
