"""What the fleet asks of a machine, whatever kind it is. The kinds are in kinds.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

# `frozen`: on, silent, and its agent with it. `cut`: on, silent, and its agent hears commands all the same.
Power = Literal['on', 'off', 'frozen', 'cut', 'gone']


class Machine(Protocol):
    """One machine: a directory that runs, with a disk at `data/`."""

    directory: Path
    power: Power
    can_cut: ClassVar[bool]
    """Whether one in the quarantine group can be on and reach nobody."""
    silent: ClassVar[bool]
    """Whether one that is off is silent; else a connect to it is refused at once."""

    @staticmethod
    def clear_strays() -> None:
        """Ends what is left of labs that are no more."""

    @staticmethod
    def free_prefix(number: int) -> str | None:
        """The first two numbers of a network of the lab's own; None when that one is taken. `number`: 100 to 199."""

    def tags(self) -> dict[str, str]:
        """What its operator would have tagged the instance with, where the host itself does not tell."""

    def install(self, address: str, name: str, order: dict[str, Any]) -> None:
        """Writes Dkron's configuration (join, expect, layout); Dkron reads it when it starts next. Leaves the disk alone."""

    def bring(self, wanted: Power) -> None:
        """To where EC2's records want it, or as near as this kind of machine can come; `power` says where that is."""

    def hears(self) -> bool:
        """Whether its agent takes commands now."""

    def shell(self, work: Path) -> list[str]:
        """argv that runs `_script.sh` of a directory under `ssm/`, there, as the agent would."""

    def environment(self) -> dict[str, str]:
        """What every process of it starts with."""

    def stop_dkron(self) -> None:
        """By its service manager, until it is stopped; stopped already is as good."""

    def start_dkron(self) -> None:
        """Ordered, not waited for."""

    def empty_disk(self) -> None:
        """Its Dkron must have been stopped."""

    def give_disk(self, other: Machine) -> None:
        """Its disk goes into the other, in place of the other's own; both are off."""

    def log_command(self) -> str:
        """For a person: what shows Dkron's log."""

    def end(self) -> None:
        """With its lab: nothing of it runs. Its directory stays."""
