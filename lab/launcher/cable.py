"""A machine's cable, handled at the machine's end: plugged in, pulled, or silent while everything runs on.

The image's own tools do it, in the machine's network: nothing of them need be installed here, nor run inside.
"""

from __future__ import annotations

import subprocess

import network
from engine import EngineProblem

# PID 1 of a machine becomes systemd when its cable is in: what silences it can be there before its first process runs.
BOOT = ('/bin/sh', '-c', 'until [ -n "$(ip route show default)" ]; do sleep 0.05; done; exec /sbin/init')
# A whole host cut off: only what it says to itself passes.
CUT = """\
add table inet lab
flush table inet lab
add chain inet lab in { type filter hook input priority -300; policy drop; }
add rule inet lab in iif lo accept
add chain inet lab out { type filter hook output priority -300; policy drop; }
add rule inet lab out oif lo accept
"""


def plug_in(pid: int, address: str) -> None:
    """The default route comes last: on it PID 1 waits."""
    network.give_port(pid, address)
    _in_network(pid, ['ip', '-batch', '-'], network.inside(address))


def pull(pid: int) -> None:
    _in_network(pid, ['ip', 'link', 'set', 'eth0', 'down'])


def silence(pid: int) -> None:
    _in_network(pid, ['nft', '-f', '-'], CUT)


def mend(pid: int) -> None:
    _in_network(pid, ['nft', 'delete', 'table', 'inet', 'lab'])


def is_silent(pid: int) -> bool:
    return 'inet lab' in _in_network(pid, ['nft', 'list', 'tables'])


def _in_network(pid: int, argv: list[str], lines: str = '') -> str:
    entry = ['nsenter', '--target', str(pid), '--mount', '--net', '--']
    done = subprocess.run([*entry, *argv], input=lines, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise EngineProblem(f'{" ".join(argv)}: {done.stderr.strip()}')
    return done.stdout
