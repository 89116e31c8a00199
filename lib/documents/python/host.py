"""Finds this host's Dkron by evidence: the hinted manager, then the process, then what is installed."""
import glob
import os
import re
import subprocess

import procfs
from result import Refused
from settings import Settings
from stop import is_agent, settings_of
from supervisor import Supervisor

SOCKETS = ('/run/supervisor.sock', '/var/run/supervisor.sock', '/run/supervisor/supervisor.sock', '/tmp/supervisor.sock')
UNIT_FILES = ('/etc/systemd/system/%s.service', '/lib/systemd/system/%s.service', '/usr/lib/systemd/system/%s.service')
CONTAINER = re.compile(r'docker|containerd|kubepods|libpod|crio|lxc')


class Dkron:
    """What was found. `now`: how the running process was started; `next`: how the next start will be."""

    def __init__(self, manager, unit, pid):
        self.manager = manager
        self.unit = unit
        self.pid = pid
        self.now = settings_of(pid) if pid else None
        self.next = (unit.settings() if unit else self.now) or Settings([], dict(os.environ), '/')

    def settings(self):
        return self.now or self.next

    def data_dir(self, hints):
        """(path, evidence) in the order process, unit, config, tag, default."""
        opened = open_data_dir(self.pid) if self.pid else None
        if opened:
            return opened, 'process'
        path, source = self.settings().data_dir()
        if source == 'config':
            return os.path.realpath(path), 'config'
        if source:
            return os.path.realpath(path), 'process' if self.now else 'unit'
        if hints.get('data-dir'):
            return os.path.realpath(hints['data-dir']), 'tag'
        return os.path.realpath(path), 'default'


def open_data_dir(pid):
    for link in glob.glob('/proc/%d/fd/*' % pid):
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if re.search(r'/raft(\.held-[^/]*)?/raft\.db$', target):
            return os.path.dirname(os.path.dirname(target))
    return None


def find_dkron(hints):
    kind = hints.get('service-manager')
    if kind == 'supervisor':
        return under_supervisor(hints.get('supervisor-socket') or existing_socket(), hints.get('unit', 'dkron'))
    pid = running_server()
    if kind is None and pid:
        environ = procfs.environment(pid)
        if environ.get('SUPERVISOR_SERVER_URL', '').startswith('unix://'):
            named = '%s:%s' % (environ.get('SUPERVISOR_GROUP_NAME', ''), environ.get('SUPERVISOR_PROCESS_NAME', ''))
            return under_supervisor(environ['SUPERVISOR_SERVER_URL'][len('unix://') :], named)
        kind = kind_by_cgroup(pid)
    unit = hints.get('unit', 'dkron')
    if kind is None:
        kind = 'systemd' if any(os.path.exists(path % unit) for path in UNIT_FILES) else 'unknown'
    known = kind if kind in ('systemd', 'container', 'none') else 'unknown'
    state = systemd_state(unit) if known == 'systemd' else 'running' if pid else 'unknown'
    return Dkron({'kind': known, 'socket': '', 'unit': unit if known == 'systemd' else '', 'state': state}, None, pid)


def under_supervisor(socket_path, name):
    unit = Supervisor(socket_path, name)
    manager = {'kind': 'supervisor', 'socket': socket_path, 'unit': name, 'state': 'unknown'}
    try:
        manager['state'] = unit.state()
        return Dkron(manager, unit, unit.info()['pid'] or None)
    except Refused:
        return Dkron(manager, None, None)


def existing_socket():
    return next((path for path in SOCKETS if os.path.exists(path)), SOCKETS[0])


def running_server():
    """The Dkron server process, if any: an `agent` that says server or has a raft.db open."""
    found = [pid for pid in sorted(procfs.living()) if is_agent(procfs.arguments(pid))]
    servers = [pid for pid in found if open_data_dir(pid)]
    named = [pid for pid in found if 'dkron' in os.path.basename(procfs.arguments(pid)[0])]
    return (servers or named or [None])[0]


def kind_by_cgroup(pid):
    cgroup = procfs.read_proc(pid, 'cgroup').decode('utf-8', 'replace')
    if CONTAINER.search(cgroup):
        return 'container'
    return 'systemd' if '.service' in cgroup else 'none'


def systemd_state(unit):
    try:
        told = subprocess.run(['systemctl', 'is-active', unit], stdout=subprocess.PIPE, timeout=5).stdout.decode().strip()
    except (OSError, subprocess.SubprocessError):
        return 'unknown'
    return {'active': 'running', 'activating': 'starting', 'inactive': 'stopped', 'failed': 'failed'}.get(told, 'unknown')
