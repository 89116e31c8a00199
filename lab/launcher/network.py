"""The network of container hosts: one bridge per /24, on which an address without a machine is silent, as in a VPC.

On a plain bridge a dead peer is found out by ARP after 3 s ("no route to host"); a VPC answers ARP for every address, so
that a connect to a dead one waits for its own time-out (facts/dkron.md 12, E6). Here every machine's hardware address
follows from its IP address, and everybody knows all of them beforehand.

No engine makes it. The bridge lies in a namespace of its own, where nobody's firewall is (docker's drops what passes a
bridge); this machine has the first address, on a cable like everybody's. A network's name is its first three numbers.
"""

from __future__ import annotations

import fcntl
import ipaddress
import subprocess
from contextlib import contextmanager
from typing import Iterator

from engine import OURS, STATE, EngineProblem
from engines import engine

LAST = 254  # leads nowhere: there is a way out of the subnet, and nobody answers on it


def network_of(address: str) -> str:
    return address.rpartition('.')[0]


def make(net: str) -> None:
    """When it is not there. It stays until its last container is gone, or packets to a cluster that is off would leave by
    this machine's own default route."""
    space, link = _namespace(net), _link(net)
    with _one_at_a_time():
        if net in there() and _is_up(link):
            return
        _unmake(net)  # somebody died while making it
        _ip('netns', 'add', space)
        _batch('link add bridge type bridge\nlink set bridge up', space)
        _batch(f'link add {link} address {hardware_address(f"{net}.1")} type veth peer name here netns {space}')
        _batch('link set here master bridge up', space)
        _batch(f'address add {net}.1/24 dev {link}\n{_neighbours(net, link)}\nlink set {link} up')


def give_port(pid: int, address: str) -> None:
    """`eth0` of that process's network is at the bridge, and down."""
    make(network_of(address))
    port, mac = f'm{pid}', hardware_address(address)
    made = f'link add {port} type veth peer name eth0 address {mac} netns {pid}\nlink set {port} master bridge up'
    _batch(made, _namespace(network_of(address)))


def inside(address: str) -> str:
    """What makes a machine's own network of `eth0`, for `ip -batch`."""
    net = network_of(address)
    return (
        f'link set lo up\naddress add {address}/24 dev eth0\nlink set eth0 up\n'
        f'{_neighbours(net, "eth0")}\nroute replace default via {net}.{LAST} dev eth0\n'
    )


def remove(net: str) -> None:
    """When no container is left on it; gone already is as good."""
    with _one_at_a_time():
        if not engine().ask('ps', '--all', '--quiet', '--filter', f'label=requorum={OURS}', '--filter', f'label=network={net}'):
            _unmake(net)


def there() -> list[str]:
    """All of this engine's."""
    start = _namespace('')
    told = [line.split()[0] for line in _ip('netns', 'list').splitlines()]
    return [name.removeprefix(start) for name in told if name.startswith(start)]


def hardware_address(address: str) -> str:
    """Locally administered, and the address itself."""
    return ':'.join(['02', '00', *(f'{int(part):02x}' for part in address.split('.'))])


def _neighbours(net: str, device: str) -> str:
    """Everybody, as lines for `ip -batch`."""
    return '\n'.join(
        f'neighbour replace {one} lladdr {hardware_address(str(one))} dev {device} nud permanent'
        for one in ipaddress.ip_network(f'{net}.0/24').hosts()
    )


def _unmake(net: str) -> None:
    # Our end goes at once with the other, a namespace and what is in it a little later.
    for words in (('-n', _namespace(net), 'link', 'delete', 'here'), ('netns', 'delete', _namespace(net))):
        subprocess.run(['ip', *words], capture_output=True, check=False)


def _namespace(net: str) -> str:
    return f'{OURS}-{engine().name}-{net}'


def _link(net: str) -> str:
    return f'lab{net}'


def _is_up(link: str) -> bool:
    told = subprocess.run(['ip', 'link', 'show', 'dev', link, 'up'], capture_output=True, check=False)
    return told.returncode == 0 and told.stdout != b''


def _batch(lines: str, space: str | None = None) -> None:
    _ip(*([] if space is None else ['-n', space]), '-batch', '-', lines=lines)


def _ip(*words: str, lines: str = '') -> str:
    done = subprocess.run(['ip', *words], input=lines, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise EngineProblem(f'ip {" ".join(words)}: {done.stderr.strip()}')
    return done.stdout


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    STATE.mkdir(parents=True, exist_ok=True)
    with open(STATE / 'network.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
