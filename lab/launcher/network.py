"""The network of container hosts: one bridge per /24, on which an address without a machine is silent, as in a VPC.

On a plain bridge a dead peer is found out by ARP after 3 s ("no route to host"); a VPC answers ARP for every address, so
that a connect to a dead one waits for its own time-out (facts/dkron.md 12, E6). Here every machine's hardware address
follows from its IP address, and everybody knows all of them beforehand.
"""

from __future__ import annotations

import fcntl
import ipaddress
import json
import subprocess
from contextlib import contextmanager
from typing import Iterator

from engine import STATE, EngineProblem, podman

# A whole host cut off: only what it says to itself passes.
CUT = """\
add table inet lab
flush table inet lab
add chain inet lab in { type filter hook input priority -300; policy drop; }
add rule inet lab in iif lo accept
add chain inet lab out { type filter hook output priority -300; policy drop; }
add rule inet lab out oif lo accept
"""
LAST = 254  # leads nowhere: there is a way out of the subnet, and nobody answers on it


def hardware_address(address: str) -> str:
    """Locally administered, and the address itself."""
    return ':'.join(['02', '00', *(f'{int(part):02x}' for part in address.split('.'))])


def network_name(address: str) -> str:
    return 'requorum-' + '-'.join(address.split('.')[:3])


def make(address: str, owner: str) -> str:
    """The network of that address; made when it is not there."""
    name = network_name(address)
    subnet = f'{".".join(address.split(".")[:3])}.0/24'
    with _one_at_a_time():
        if not _there(name):
            podman('network', 'create', '--internal', '--disable-dns', '--subnet', subnet, '--label', f'owner={owner}', name)
    return name


def attend(name: str) -> None:
    """This machine takes the first address on the bridge, and the bridge stays when its last container goes.

    Without the second, packets to a cluster that is off would leave by this machine's own default route.
    """
    bridge, subnet = _bridge(name)
    anchor = f'{bridge}-a'
    with _one_at_a_time():
        if not _link_there(anchor):
            other = f'{bridge}-b'
            _ip(f'link add {anchor} type veth peer name {other}\nlink set {other} up\nlink set {anchor} master {bridge} up')
            # A bridge whose hardware address is its own choice changes it with its ports, and forgets its neighbours.
            _ip(f'link set {bridge} address {hardware_address(str(subnet[1]))}')
            _ip(f'address replace {subnet[1]}/24 dev {bridge}\nlink set {bridge} up\n{neighbours(subnet, bridge)}')


def neighbours(subnet: ipaddress.IPv4Network, device: str) -> str:
    """Lines for `ip -batch`."""
    return '\n'.join(
        f'neighbour replace {one} lladdr {hardware_address(str(one))} dev {device} nud permanent'
        for one in list(subnet.hosts())[1:]
    )


def inside(address: str) -> str:
    """What a machine's own network needs before it boots, for `ip -batch`."""
    subnet = ipaddress.ip_network(f'{address}/24', strict=False)
    assert isinstance(subnet, ipaddress.IPv4Network)
    return f'{neighbours(subnet, "eth0")}\nroute replace default via {subnet[LAST]} dev eth0\n'


def remove(name: str) -> None:
    """When no container is left on it; gone already is as good."""
    with _one_at_a_time():
        if not _there(name) or podman('ps', '--all', '--quiet', '--filter', f'network={name}'):
            return
        bridge, _ = _bridge(name)
        for link in (f'{bridge}-a', bridge):
            if _link_there(link):
                _ip(f'link delete {link}')
        podman('network', 'rm', name)


def _bridge(name: str) -> tuple[str, ipaddress.IPv4Network]:
    told = json.loads(podman('network', 'inspect', name))[0]
    return told['network_interface'], ipaddress.IPv4Network(told['subnets'][0]['subnet'])


def _there(name: str) -> bool:
    return name in podman('network', 'ls', '--format', '{{.Name}}').split()


def _link_there(link: str) -> bool:
    return subprocess.run(['ip', 'link', 'show', link], capture_output=True, check=False).returncode == 0


def _ip(lines: str) -> None:
    done = subprocess.run(['ip', '-batch', '-'], input=lines, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise EngineProblem(f'ip: {done.stderr.strip()}')


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    STATE.mkdir(parents=True, exist_ok=True)
    with open(STATE / 'network.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
