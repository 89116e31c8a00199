"""Dkron in the service manager of one host, over the manager's own socket: a call takes milliseconds (facts/dkron.md 11)."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import Faults, SupervisorTransport

PROGRAM = 'dkron'
BOOT_SECONDS = 10


def stop(directory: Path) -> None:
    """Until it is stopped; stopped already is as good."""
    _ask(directory, 'stopProcess', Faults.NOT_RUNNING)


def start(directory: Path) -> None:
    """Ordered, not waited for; running already is as good."""
    _ask(directory, 'startProcess', Faults.ALREADY_STARTED, False)


def _ask(directory: Path, verb: str, as_good: int, *more: Any) -> None:
    _until_it_listens(directory / 'supervisor.sock')
    transport = SupervisorTransport(serverurl=f'unix://{directory}/supervisor.sock')
    with closing(transport):
        supervisor = ServerProxy('http://localhost', transport=transport).supervisor
        try:
            getattr(supervisor, verb)(PROGRAM, *more)
        except Fault as fault:
            if fault.faultCode != as_good:
                raise


def _until_it_listens(path: Path) -> None:
    """A host that has just been powered on has no service manager for a moment."""
    deadline = time.monotonic() + BOOT_SECONDS
    while True:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                return probe.connect(str(path))
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > deadline:
                    raise
        time.sleep(0.02)
