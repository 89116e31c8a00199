"""The kinds of machines a lab can have, by the word of the command line."""

from __future__ import annotations


from container_machine import ContainerMachine
from process_machine import ProcessMachine

KINDS: dict[str, type[ProcessMachine] | type[ContainerMachine]] = {
    'processes': ProcessMachine,
    'systemd': ContainerMachine,
}
