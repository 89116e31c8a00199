"""Process hosts: one directory is one machine of the lab.

A host is a directory with a supervisord of its own, Dkron under it, a disk (`data/`) and a loopback address. All hosts
share one PID namespace and one file system, so a host's processes are known by a mark in their environment, which
children inherit. Power off is what pulling the plug is: SIGKILL to everything at once, no TERM, the disk stays.
Dkron's flags and the service manager's settings are those of facts/dkron.md 1 and 11.

    python hosts.py up DIR --node-name dkron-1 --address 127.77.0.1 --join 127.77.0.1,127.77.0.2,127.77.0.3 --expect 3
    python hosts.py up|down|freeze|thaw|wipe|erase|state DIR          python hosts.py can-cut
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

MARK = 'REQUORUM_LAB_HOST'
DEFAULT_DKRON = Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'requorum' / 'dkron' / 'v4.0.5'

SUPERVISORD = """\
[unix_http_server]
file={dir}/supervisor.sock
chmod=0700

[supervisord]
nodaemon=true
directory={dir}
logfile={dir}/supervisord.log
logfile_maxbytes=1MB
pidfile={dir}/supervisord.pid
childlogdir={dir}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{dir}/supervisor.sock

[include]
files=conf.d/*.conf

[program:dkron]
command={dkron} agent --config {dir}/dkron.yml
directory={dir}
autostart=true
autorestart=unexpected
exitcodes=0
startretries=1000
stopsignal=KILL
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile={dir}/dkron.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=0
"""

DKRON = """\
server: true
node-name: {node_name}
data-dir: {dir}/data
bind-addr: {address}:{serf}
http-addr: {address}:{http}
rpc-port: {rpc}
bootstrap-expect: {expect}
retry-join:
{join}
retry-interval: 2s
disable-usage-stats: true
"""

# The loopback interface of a new network namespace is down, and `ip` may not be installed: raise it by ioctl, then go on.
RAISE_LOOPBACK = (
    'import fcntl,os,socket,struct,sys\n'
    's=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n'
    "fcntl.ioctl(s,0x8914,struct.pack('16sh14x',b'lo',0x1|0x40))\n"
    's.close()\n'
    'sys.argv[1:] and os.execv(sys.argv[1],sys.argv[1:])\n'
)


@dataclass(frozen=True)
class Ports:
    """Dkron's three ports, as the product names them."""

    rpc: int = 6868
    http: int = 8080
    serf: int = 8946


def configure(
    directory: Path,
    node_name: str,
    address: str,
    join: list[str],
    expect: int,
    dkron: Path = DEFAULT_DKRON,
    ports: Ports = Ports(),
) -> None:
    """Writes what an operator would have installed on the host. Overwrites; does not touch the disk."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / 'conf.d').mkdir(exist_ok=True)
    (directory / 'data').mkdir(exist_ok=True)
    (directory / 'tmp').mkdir(exist_ok=True)
    (directory / 'supervisord.conf').write_text(SUPERVISORD.format(dir=directory, dkron=dkron))
    joins = '\n'.join(f'  - {peer}:{ports.serf}' for peer in join)
    (directory / 'dkron.yml').write_text(
        DKRON.format(dir=directory, node_name=node_name, address=address, expect=expect, join=joins, **vars(ports))
    )


def environment(directory: Path) -> dict[str, str]:
    """What every process of the host starts with: nothing of the lab's own credentials, and the mark.

    A /tmp of its own, since every Dkron that is killed leaves the sockets of its plugins there.
    """
    path, home = os.environ.get('PATH', os.defpath), str(directory)
    return {'PATH': path, 'HOME': home, 'TMPDIR': f'{home}/tmp', 'LANG': 'C.UTF-8', MARK: home}


def namespace_prefix() -> list[str]:
    """argv prefix that gives a command a network namespace of its own: it reaches nobody and nobody reaches it."""
    flags = '-n' if os.geteuid() == 0 else '-rn'
    return ['unshare', flags, '--', sys.executable, '-c', RAISE_LOOPBACK]


def enter_prefix(pid: int) -> list[str]:
    """argv prefix that runs a command in the network namespace of a host that was cut off."""
    users = [] if os.geteuid() == 0 else ['--user', '--preserve-credentials']
    return ['nsenter', '--target', str(pid), '--net', *users, '--']


def can_cut_network() -> bool:
    """Whether this machine lets us make a network namespace (root, or unprivileged user namespaces)."""
    if shutil.which('unshare') is None or shutil.which('nsenter') is None:
        return False
    return subprocess.run(namespace_prefix(), capture_output=True, timeout=10, check=False).returncode == 0


def power_on(directory: Path, cut: bool = False) -> subprocess.Popen[bytes] | None:
    """Starts the host's service manager in a session of its own; None when the host is already on.

    `cut`: in a network namespace of its own. The unix socket of the service manager still works across it.
    """
    if processes(directory):
        return None
    (directory / 'supervisor.sock').unlink(missing_ok=True)
    supervisord = Path(sys.executable).parent / 'supervisord'
    argv = [str(supervisord), '-c', str(directory / 'supervisord.conf')]
    with open(directory / 'console.log', 'ab') as console:
        return subprocess.Popen(
            [*namespace_prefix(), *argv] if cut else argv,
            cwd=directory,
            env=environment(directory),
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
        )


def power_off(directory: Path) -> list[int]:
    """Pulls the plug. Everything is stopped first, so that no parent restarts what its child was; then killed.

    The service manager dies last: stopped processes that lose their parent are continued by the kernel, and a frozen leader
    would lead for the moment until its own signal comes.
    """
    gone: set[int] = set()
    deadline = time.monotonic() + 10
    while found := processes(directory):
        if time.monotonic() > deadline:
            raise TimeoutError(f'{directory}: processes {found} do not die')
        _signal(found, signal.SIGSTOP)
        _signal(sorted(found, key=_leads_session), signal.SIGKILL)
        gone.update(found)
        time.sleep(0.005)
    return sorted(gone)


def freeze(directory: Path) -> list[int]:
    """Running and silent: sockets stay open, nobody answers. Looks again until no process was missed."""
    frozen: set[int] = set()
    while fresh := set(processes(directory)) - frozen:
        _signal(fresh, signal.SIGSTOP)
        frozen |= fresh
    return sorted(frozen)


def thaw(directory: Path) -> list[int]:
    """The other way round; a host that is not frozen is left as it is."""
    found = processes(directory)
    _signal(found, signal.SIGCONT)
    return found


def wipe(directory: Path) -> None:
    """An empty disk in the same machine. Refuses while anything of the host runs."""
    if found := processes(directory):
        raise RuntimeError(f'{directory}: power off first, processes {found} run')
    empty_disk(directory)


def empty_disk(directory: Path) -> None:
    """Whatever runs: its Dkron must have been stopped."""
    shutil.rmtree(directory / 'data', ignore_errors=True)
    (directory / 'data').mkdir()


def move_disk(directory: Path, to: Path) -> None:
    """The disk of one machine is put into another in place of its own; both are off."""
    if found := processes(directory) + processes(to):
        raise RuntimeError(f'power off {directory} and {to} first, processes {found} run')
    shutil.rmtree(to / 'data')
    (directory / 'data').rename(to / 'data')


def erase(directory: Path) -> None:
    """The machine and its disk are gone, as after a termination."""
    power_off(directory)
    shutil.rmtree(directory, ignore_errors=True)


def state(directory: Path) -> dict[str, object]:
    """`on`, `frozen` or `off`, with the processes."""
    found = processes(directory)
    stopped = [pid for pid in found if _stat(pid)[0] == 'T']
    return {'state': 'off' if not found else 'frozen' if len(stopped) == len(found) else 'on', 'processes': found}


def processes(directory: Path) -> list[int]:
    """Every living process of the host: by the mark it inherited, or a Dkron somebody started by hand on its disk."""
    mark = f'{MARK}={directory}'.encode()
    disk = f'{directory}/data'.encode()
    found = []
    for entry in os.listdir('/proc'):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            marked = mark in Path('/proc', entry, 'environ').read_bytes().split(b'\0')
            argv = Path('/proc', entry, 'cmdline').read_bytes().split(b'\0')
            by_hand = b'agent' in argv and any(disk == word.removeprefix(b'--data-dir=') for word in argv)
            if (marked or by_hand) and _stat(int(entry))[0] not in 'ZX':
                found.append(int(entry))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return sorted(found)


def _stat(pid: int) -> list[str]:
    return Path('/proc', str(pid), 'stat').read_text().rpartition(')')[2].split()


def _leads_session(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return False


def _signal(pids: set[int] | list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def main(argv: list[str]) -> int:
    """The same verbs for a shell or a test that needs hosts without the rest of the lab. One JSON line out."""
    parser = argparse.ArgumentParser(description='drive one process host')
    parser.add_argument('verb', choices=['up', 'down', 'freeze', 'thaw', 'wipe', 'erase', 'state', 'can-cut'])
    parser.add_argument('directory', nargs='?', type=lambda text: Path(text).resolve())
    parser.add_argument('--node-name')
    parser.add_argument('--address')
    parser.add_argument('--join', default='', help='addresses, comma-separated')
    parser.add_argument('--expect', type=int, default=1)
    parser.add_argument('--dkron', type=Path, default=Path(os.environ.get('DKRON_BIN') or DEFAULT_DKRON))
    parser.add_argument('--rpc', type=int, default=6868)
    parser.add_argument('--http', type=int, default=8080)
    parser.add_argument('--serf', type=int, default=8946)
    parser.add_argument('--cut', action='store_true', help='in a network namespace of its own')
    asked = parser.parse_args(argv)
    if asked.verb == 'can-cut':
        print(json.dumps(can_cut_network()))
        return 0
    if asked.directory is None:
        parser.error('which directory?')
    directory: Path = asked.directory
    if asked.verb == 'up':
        if asked.node_name:
            ports = Ports(asked.rpc, asked.http, asked.serf)
            joins = asked.join.split(',') if asked.join else [asked.address]
            configure(directory, asked.node_name, asked.address, joins, asked.expect, asked.dkron, ports)
        power_on(directory, asked.cut)
    else:
        verbs = {'down': power_off, 'freeze': freeze, 'thaw': thaw, 'wipe': wipe, 'erase': erase, 'state': state}
        verbs[asked.verb](directory)
    print(json.dumps(state(directory)))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
