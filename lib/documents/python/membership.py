"""Raft's configuration through the host's own `dkron`: what it lists, and who it removes (facts/dkron 3, 7)."""
import re
import shutil
import subprocess

from result import Refused

PATIENCE_FOR_DKRON = 20
PATIENCE_FOR_PEER = 3


def dkron_binary(unit):
    """The program that the next start will run: the same version as the server."""
    named = (unit.settings().argv or ['dkron'])[0]
    found = shutil.which(named)
    if not found:
        raise Refused('DkronMissing', named)
    return found


def ask_dkron(binary, arguments, timeout=PATIENCE_FOR_DKRON):
    """Standard output of one call; Refused with Dkron's own words when it failed or stayed silent."""
    try:
        told = subprocess.run([binary] + arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
    except (OSError, subprocess.SubprocessError) as problem:
        raise Refused('DkronFailed', '%s: %s' % (' '.join(arguments), problem))
    text = told.stdout.decode('utf-8', 'replace')
    if told.returncode:
        raise Refused('DkronFailed', '%s: %s' % (' '.join(arguments), text.strip()[-300:]))
    return text


def list_peers(binary, address, timeout=PATIENCE_FOR_DKRON):
    """{id: address} as the server at that address has it. Columns: node, id, address, state, voter."""
    text = ask_dkron(binary, ['raft', 'list-peers', '--rpc-addr', address], timeout)
    rows = [re.split(r'\s{2,}', line.strip()) for line in text.splitlines()]
    return dict((row[1], row[2]) for row in rows if len(row) >= 4 and re.search(r':\d+$', row[2]))


def answers(binary, address):
    """Whether a server answers there. A port that accepts is not enough: a frozen process still accepts."""
    try:
        list_peers(binary, address, PATIENCE_FOR_PEER)
        return True
    except Refused:
        return False
