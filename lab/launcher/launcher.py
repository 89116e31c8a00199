"""Starts one lab in this process: MiniStack, moto behind it, the hosts, and the handles under /_lab.

    python launcher.py --directory DIR --dkron BIN [--hosts processes|systemd] [--detached]

Writes one JSON line when everything listens. Ends with every host when its standard input closes (unless detached),
on SIGTERM or SIGINT, and on POST /_lab/end.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable
from urllib.request import urlopen

MARK = 'REQUORUM_LAB'
NETWORKS = range(100, 200)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--directory', type=Path, required=True)
    parser.add_argument('--dkron', type=Path, required=True)
    parser.add_argument('--hosts', default='processes', help='the kind of machines (kinds.py)')
    parser.add_argument('--detached', action='store_true')
    asked = parser.parse_args()
    port = free_port()
    prepare_environment(asked.directory, port)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    logging.getLogger('lab').setLevel(logging.INFO)
    logging.getLogger('werkzeug').setLevel(logging.WARNING)
    import pins  # what is imported below reads the environment prepared above

    pins.check()
    run(asked.directory, asked.dkron, asked.hosts, port, asked.detached)


def run(directory: Path, dkron: Path, hosts: str, port: int, detached: bool) -> None:
    import boto3
    import ministack.app
    from control import with_control
    from documents import Documents
    from emulator import install
    from fleet import REGION, Fleet
    from kinds import KINDS
    from moto.server import ThreadedMotoServer
    from run_command import RunCommand

    moto = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
    moto.start()
    moto_port = moto.get_host_and_port()[1]
    client = boto3.client('ec2', endpoint_url=f'http://127.0.0.1:{moto_port}', region_name=REGION)
    kind = KINDS[hosts]
    kind.clear_strays()
    fleet = Fleet(directory, lambda place: kind(place, dkron), client)
    held, prefix = hold_network(kind.free_prefix)
    about = {
        'name': directory.name.removeprefix('requorum-'),
        'port': port,
        'pid': os.getpid(),
        'directory': str(directory),
        'network': prefix,
        'canCut': kind.can_cut,
        'silent': kind.silent,
        'vpc': fleet.make_network(prefix),
    }
    documents = Documents()
    commands = RunCommand(fleet, documents)
    install(fleet, documents, commands, moto_port)
    ending = threading.Event()

    def end() -> None:
        if not ending.is_set():
            ending.set()
            threading.Thread(target=leave, args=(fleet, directory, held)).start()

    ministack.app.app = with_control(ministack.app.app, fleet, commands, about, end)
    fleet.start()
    threading.Thread(target=announce, args=(about, directory, end), daemon=True).start()
    if not detached:
        threading.Thread(target=wait_for_eof, args=(end,), daemon=True).start()
    sys.argv = ['ministack']
    try:
        ministack.app.main()
    finally:
        end()
        ending.wait()
        time.sleep(60)  # `leave` ends the process


def prepare_environment(directory: Path, port: int) -> None:
    os.environ.update(
        {
            MARK: str(directory),
            'GATEWAY_PORT': str(port),
            'BIND_HOST': '127.0.0.1',
            'MINISTACK_HOST': '127.0.0.1',
            'AUTH': 'true',
            'MOTO_ACCOUNT_ID': '000000000000',
            'AWS_ACCESS_KEY_ID': 'test',
            'AWS_SECRET_ACCESS_KEY': 'test',
            'AWS_DEFAULT_REGION': 'us-east-1',
            'LOG_LEVEL': os.environ.get('LOG_LEVEL', 'WARNING'),
            'TMPDIR': str(directory / 'tmp'),
        }
    )
    for name in ('AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL', 'AWS_REGION'):
        os.environ.pop(name, None)
    (directory / 'tmp').mkdir(parents=True, exist_ok=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])


def hold_network(free_prefix: Callable[[int], str | None]) -> tuple[socket.socket, str]:
    """
    A network of our own, whatever kind it is, and nothing left over there. Its number is taken by a name that dies with this
    process and counts wherever the addresses do: in the network namespace, whoever's /tmp this is.
    """
    for number in NETWORKS:
        held = socket.socket(socket.AF_UNIX)
        try:
            held.bind(f'\0requorum-net-{number}')
        except OSError:  # another lab's
            held.close()
            continue
        if prefix := free_prefix(number):
            return held, prefix
        held.close()
    raise RuntimeError('no free network: too many labs, or left-over Dkron processes')


def announce(about: dict[str, Any], directory: Path, end: Any) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(f'http://127.0.0.1:{about["port"]}/_ministack/health', timeout=2):
                written = directory / 'lab.json.new'
                written.write_text(json.dumps(about))
                written.rename(directory / 'lab.json')  # whoever waits for it never sees half of it
                print(json.dumps(about), flush=True)
                return
        except OSError:
            time.sleep(0.05)
    end()


def wait_for_eof(end: Any) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        continue
    end()


def leave(fleet: Any, directory: Path, held: socket.socket) -> None:
    """Hosts first, then whatever the emulator started (Lambda workers carry our mark), then ourselves."""
    try:
        fleet.end()
        end_marked(directory)
        (directory / 'lab.json').unlink(missing_ok=True)
    finally:
        held.close()
        os._exit(0)


def end_marked(directory: Path) -> None:
    mark = f'{MARK}={directory}'.encode()
    for entry in os.listdir('/proc'):
        try:
            if entry.isdigit() and int(entry) != os.getpid():
                if mark in Path('/proc', entry, 'environ').read_bytes().split(b'\0'):
                    os.kill(int(entry), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue


if __name__ == '__main__':
    main()
