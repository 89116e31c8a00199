"""Inspect: everything a plan needs to know of this host. Read-only: not one file is written, no process is touched."""
import ctypes
import fcntl
import os
import re
import socket
import struct
import subprocess

import procfs
from backup import data_bytes, free_bytes
from guard import kept_counter
from host import find_dkron
from localhttp import ask_json, leader_view
from place import held_by, live_raft, raft_kind
from raftlog import read_log
from result import Refused, clock, instant
from settings import owns_address
from stop import dkron_processes
from version import built_version, program_of

ADDRESSES_KEPT = 50
SIOCGIFCONF = 0x8912


def inspect(orders, host_id):
    if host_id not in orders['hosts']:
        raise Refused('ForeignHost', 'the orders name %s' % ', '.join(sorted(orders['hosts'])))
    hints = orders['hosts'][host_id].get('hints') or dict()
    dkron = find_dkron(hints)
    settings = dkron.settings()
    data_dir, evidence = dkron.data_dir(hints)
    exists = os.path.isdir(data_dir)
    raft = live_raft(data_dir)
    pids = sorted(dkron_processes(data_dir, dkron.unit))
    bind, serf = settings.bind()
    joins, joins_source = dkron.next.joins()
    name, name_evidence = dkron.next.node_name()
    log, problem = try_log(raft)
    return {
        'outcome': 'inspected',
        'hostId': host_id,
        'hostname': socket.gethostname(),
        'clock': instant(clock()),
        'addresses': addresses(bind),
        'manager': dkron.manager,
        'pids': pids,
        'dataDir': {
            'path': data_dir,
            'evidence': evidence,
            'exists': exists,
            'raft': raft_kind(data_dir),
            'heldBy': held_by(data_dir),
            'owner': owner(os.path.join(raft, 'raft.db')),
        },
        'nodeName': {'value': name, 'evidence': name_evidence},
        'version': version(settings, pids, dkron.pid),
        'bindAddress': bind or None,
        'ports': {'rpc': settings.rpc_port(), 'http': int(settings.http().rpartition(':')[2]), 'serf': serf},
        'httpAddress': settings.http(),
        'bootstrapExpect': bootstrap_expect(dkron),
        'joins': {'list': joins[:ADDRESSES_KEPT], 'source': joins_source},
        'freeBytes': free_bytes(data_dir),
        'dataBytes': data_bytes(data_dir) if exists else 0,
        'runningJobs': running_jobs(pids) if pids else None,
        'peersJsonPresent': os.path.exists(os.path.join(raft, 'peers.json')),
        'leaseCounter': kept_counter(data_dir),
        'log': log,
        'logProblem': problem,
        'leader': leader_view(settings.http()),
    }


def bootstrap_expect(dkron):
    """What the next start is told; a script that sets flags of its own shows only in the process that runs."""
    told = dkron.next.bootstrap_expect()
    return dkron.now.bootstrap_expect() if told is None and dkron.now else told


def try_log(raft):
    try:
        return read_log(raft), None
    except Refused as no:
        return None, '%s: %s' % (no.code, no.detail[:300])


def owner(path):
    try:
        seen = os.stat(path)
    except OSError:
        return None
    return '%d:%d %04o' % (seen.st_uid, seen.st_gid, seen.st_mode & 0o7777)


def version(settings, pids, pid):
    """By HTTP, else the binary's own word, else its modules: packages say 4.0.5, builds of one's own say devel."""
    told = (ask_json(settings.http(), '/v1/') if pids else None) or dict()
    named = (told.get('agent') or dict()).get('version') or version_by_itself(settings)
    if named and re.search(r'\d', named):
        return named
    return built_version(program_of(settings, pid)) or named


def version_by_itself(settings):
    if not settings.argv:
        return None
    try:
        out = subprocess.run([settings.argv[0], 'version'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'Version:\s*(\S+)', out.stdout.decode('utf-8', 'replace'))
    return found.group(1) if found else None


def running_jobs(pids):
    """Children of shell executors. Jobs of other executors cannot be seen from outside, and /v1/busy waits 10 s."""
    parents = procfs.living()
    executors = set(pid for pid in pids if is_shell_executor(procfs.arguments(pid)))
    return len([pid for pid, parent in parents.items() if parent in executors])


def is_shell_executor(argv):
    return argv[1:2] == ['shell'] or os.path.basename((argv or [''])[0]) == 'dkron-executor-shell'


def addresses(bind):
    """Every address of this host that means something elsewhere, and the one Dkron binds when it is its own."""
    found = ipv4_addresses() + ipv6_addresses()
    if bind and bind not in found and bind not in ('0.0.0.0', '::') and owns_address(bind):
        found.append(bind)
    return [one for one in found if one not in ('127.0.0.1', '::1')][:ADDRESSES_KEPT]


def ipv4_addresses():
    """By ioctl: `ip` may not be installed."""
    room = bytearray(40 * 128)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        where = ctypes.addressof(ctypes.c_char.from_buffer(room))
        answer = fcntl.ioctl(probe.fileno(), SIOCGIFCONF, struct.pack('iL', len(room), where))
    used = struct.unpack('iL', answer)[0]
    return [socket.inet_ntoa(bytes(room[at + 20 : at + 24])) for at in range(0, used, 40)]


def ipv6_addresses():
    try:
        with open('/proc/net/if_inet6') as file:
            lines = [line.split() for line in file]
    except OSError:
        return []
    wide = [fields[0] for fields in lines if fields[3] == '00']
    return [socket.inet_ntop(socket.AF_INET6, bytes.fromhex(one)) for one in wide]
