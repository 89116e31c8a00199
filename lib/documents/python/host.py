"""Finds this host's Dkron by evidence: the hinted manager, then the process, then what is installed."""
import glob
import os
import re

import procfs
from place import live_raft
from result import Refused
from settings import Settings
from stop import is_agent, settings_of
from supervisor import Supervisor, programs_of_dkron
from systemd import Systemd, units_of_dkron

SOCKETS = ('/run/supervisor.sock', '/var/run/supervisor.sock', '/run/supervisor/supervisor.sock', '/tmp/supervisor.sock')
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
        path, source = self.settings().data_dir()
        if opened:
            # Behind a link the log is open elsewhere: what the process was told is the data-dir all the same.
            told = os.path.realpath(path)
            same = os.path.realpath(live_raft(told)) == os.path.realpath(live_raft(opened))
            return told if same else opened, 'process'
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
        found = re.match(r'(.*?)/raft(/raft\.held-[^/]*|\.held-[^/]*)?/raft\.db$', target)
        if found:
            return found.group(1)
    return None


def find_dkron(hints):
    kind = hints.get('service-manager')
    if kind == 'supervisor':
        return under_supervisor(hints.get('supervisor-socket') or existing_socket(), hints.get('unit', 'dkron'))
    if kind == 'systemd':
        return under_systemd(hints.get('unit') or only(installed()))
    pid = running_server() if kind is None else None
    if pid is None and kind is None:
        return under_systemd(hints['unit']) if hints.get('unit') else installed_one()
    environ = procfs.environment(pid) if pid else dict()
    if environ.get('SUPERVISOR_SERVER_URL', '').startswith('unix://'):
        named = '%s:%s' % (environ.get('SUPERVISOR_GROUP_NAME', ''), environ.get('SUPERVISOR_PROCESS_NAME', ''))
        return under_supervisor(environ['SUPERVISOR_SERVER_URL'][len('unix://') :], named)
    kind, unit = by_control_group(pid) if pid else (kind, '')
    if kind == 'systemd':
        return under_systemd(hints.get('unit') or (unit if Systemd(unit).is_for(pid) else ''))
    return unmanaged(kind if kind in ('container', 'none') else 'unknown', pid)


def only(names):
    """A name where there is one; which of several it is, is for a person to say."""
    return names[0] if len(names) == 1 else ''


def installed():
    try:
        return units_of_dkron()
    except Refused:
        return []


def installed_one():
    """Where nothing runs: the one service, or the one program of a supervisord, that would start a Dkron."""
    services, programs = installed(), programs_of_dkron(SOCKETS)
    if len(services) + len(programs) != 1:
        return unmanaged('unknown', None)
    return under_systemd(services[0]) if services else under_supervisor(*programs[0])


def unmanaged(kind, pid):
    return Dkron({'kind': kind, 'socket': '', 'unit': '', 'state': 'running' if pid else 'unknown'}, None, pid)


def under_systemd(name):
    unit = Systemd(name) if name else None
    manager = {'kind': 'systemd', 'socket': '', 'unit': '', 'state': 'unknown'}
    try:
        # A name that systemd does not know, a tag's say, is none: the plan refuses it, before anything is held.
        if not unit or not unit.known():
            return Dkron(manager, None, running_server())
        manager['unit'] = unit.unit
        manager['state'] = unit.state()
        servers = [pid for pid in sorted(unit.marked(procfs.living())) if is_agent(procfs.arguments(pid))]
        return Dkron(manager, unit, (servers or [None])[0])
    except Refused:
        return Dkron(manager, None, running_server())


def under_supervisor(socket_path, name):
    socket_path = os.path.realpath(socket_path)
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


def by_control_group(pid):
    """(kind, unit): by the innermost service that the process is in."""
    group = procfs.control_group(pid)
    if CONTAINER.search(group):
        return 'container', ''
    services = [name for name in group.split('/') if name.endswith('.service')]
    return ('systemd', services[-1]) if services else ('none', '')
