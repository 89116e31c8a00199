"""A process host (hosts.py) as the fleet knows a machine: Dkron under a supervisord of its own, on loopback."""

from __future__ import annotations

import logging
import socket
import subprocess
from pathlib import Path
from typing import Any, ClassVar

import hosts
import service
from machine import Machine, Power

log = logging.getLogger('lab.fleet')
FIRST_ADDRESSES = range(11, 16)


class ProcessMachine:
    """Hosts share one network: one that is cut has a network namespace of its own, which it cannot get while it runs."""

    can_cut: ClassVar[bool] = hosts.can_cut_network()
    silent: ClassVar[bool] = False

    def __init__(self, directory: Path, dkron: Path) -> None:
        self.directory = directory
        self.power: Power = 'off'
        self._dkron = dkron
        self._apart = False  # powered on in a network namespace of its own
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def clear_strays() -> None:
        """Nothing: a lab that ends badly is ended by its marks (launcher.ts)."""

    @staticmethod
    def free_prefix(number: int) -> str | None:
        """Of loopback; nothing left over still listens there."""
        prefix = f'127.{number}'
        return prefix if all(_can_bind(f'{prefix}.0.{last}', 8946) for last in FIRST_ADDRESSES) else None

    def tags(self) -> dict[str, str]:
        """Hosts share a file system and processes, so that each has to say which service manager is its own."""
        return {
            'requorum:service-manager': 'supervisor',
            'requorum:supervisor-socket': str(self.directory / 'supervisor.sock'),
            'requorum:unit': 'dkron',
        }

    def install(self, address: str, name: str, order: dict[str, Any]) -> None:
        hosts.configure(self.directory, name, address, order['join'], order['expect'], self._dkron)

    def bring(self, wanted: Power) -> None:
        getattr(self, f'_to_{wanted}')()
        if self._process is not None:
            self._process.poll()

    def hears(self) -> bool:
        return self.power == 'on' or (self.power == 'cut' and self.can_cut)

    def shell(self, work: Path) -> list[str]:
        """In the network its host sees."""
        way_in = hosts.enter_prefix(self._process.pid) if self.power == 'cut' and self._process else []
        return [*way_in, 'sh', str(work / '_script.sh')]

    def environment(self) -> dict[str, str]:
        return hosts.environment(self.directory)

    def stop_dkron(self) -> None:
        service.stop(self.directory)

    def start_dkron(self) -> None:
        service.start(self.directory)

    def empty_disk(self) -> None:
        hosts.empty_disk(self.directory)

    def give_disk(self, other: Machine) -> None:
        hosts.move_disk(self.directory, other.directory)

    def log_command(self) -> str:
        return f'tail -f {self.directory}/dkron.log {self.directory}/supervisord.log'

    def end(self) -> None:
        hosts.power_off(self.directory)

    def _to_gone(self) -> None:
        hosts.erase(self.directory)
        self.power = 'gone'

    def _to_off(self) -> None:
        hosts.power_off(self.directory)
        self.power, self._apart = 'off', False

    def _to_frozen(self) -> None:
        if self.power == 'off':
            self._process = hosts.power_on(self.directory)
        hosts.freeze(self.directory)
        self.power = 'frozen'

    def _to_cut(self) -> None:
        """A running process cannot change its network namespace: it is silenced where it stands."""
        if self.power != 'off' and not self._apart:
            return self._to_frozen()
        if self.can_cut:
            hosts.thaw(self.directory)
            self._process = hosts.power_on(self.directory, cut=True) or self._process
        else:
            log.warning('%s stays off: no network namespaces for a quarantined host here', self.directory.name)
        self.power, self._apart = 'cut', True

    def _to_on(self) -> None:
        if self._apart:
            self.power = 'off'  # a reboot, during which its agent hears nothing
            self._to_off()
        hosts.thaw(self.directory)
        self._process = hosts.power_on(self.directory) or self._process
        self.power = 'on'


def _can_bind(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
