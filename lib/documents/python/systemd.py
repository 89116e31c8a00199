"""systemd through systemctl, and drop-ins: under /run, which no reboot survives (facts/dkron 13), or under /etc, which does."""
import glob
import json
import os
import re
import shlex

import procfs
from result import Refused
from settings import Settings
from supervisor import write_text, without_flag
from systemctl import drop_in, make_folder, remove, run_tool, systemctl
from unit_words import assignments, expanded, home_of, pairs, quoted

UNITS = '/run/systemd/system'
# A clean start has to be told until it has a log, also by the boot after a reboot: with its own bootstrap-expect it may begin anew.
LASTING_UNITS = '/etc/systemd/system'
UNIT_STATES = {'active': 'running', 'reloading': 'running', 'activating': 'starting', 'inactive': 'stopped', 'failed': 'failed'}
PREFIXES = {'ignore-failure': '-', 'privileged': '+', 'no-setuid': '!'}
# A kill is no failure (nothing is told, nothing restarts), and what the operator runs at a stop may be `dkron leave`.
QUIET = """\
[Service]
KillMode=control-group
KillSignal=SIGKILL
SuccessExitStatus=SIGKILL
Restart=no
TimeoutStopSec=2s
ExecStop=
ExecStopPost=
"""


class Systemd:
    """One service of the system's manager. Named like the methods of Supervisor, which say what each is for."""

    def __init__(self, unit):
        self.unit = unit if unit.endswith('.service') else unit + '.service'
        self.folder = '%s/%s.d' % (UNITS, self.unit)
        self.lasting_folder = '%s/%s.d' % (LASTING_UNITS, self.unit)

    def told(self, name):
        """Every line of one property."""
        lines = systemctl('show', '--property', name, '--', self.unit).splitlines()
        return [line.partition('=')[2] for line in lines if line.startswith(name + '=')]

    def tells(self, name):
        return (self.told(name) or [''])[-1]

    def known(self):
        """A supervisord is nobody's own service: with it would stop whatever else it runs. Its programs are spoken to through it."""
        return self.tells('LoadState') == 'loaded' and not re.search(r'supervisord\b', ' '.join(self.command()[:2]))

    def says(self):
        try:
            return '%s (%s), result %s' % (self.tells('ActiveState'), self.tells('SubState'), self.tells('Result'))
        except Refused as no:
            return no.detail

    def is_for(self, pid):
        """Dkron started by hand shares the control group of whoever did that, be it the SSM agent: that service is never stopped."""
        try:
            return self.tells('MainPID') == str(pid) or 'dkron' in ' '.join(self.command())
        except Refused:
            return False

    def state(self):
        return UNIT_STATES.get(self.tells('ActiveState'), 'unknown')

    def active(self):
        return self.state() in ('running', 'starting')

    def stop(self):
        """Restarts are forbidden first; then everything of the unit is killed, and only then it is told."""
        path, had_failed = self.folder + '/zz-requorum-stop.conf', self.state() == 'failed'
        drop_in(path, QUIET)
        try:
            procfs.kill(self.marked(procfs.living()))
            # Whoever starts it meanwhile cancels this; stop_all looks, and comes again.
            systemctl('stop', '--', self.unit, may_fail=True)
            if not had_failed:
                # Where no event tells that a control group is empty (version 1), a stop ends by its time-out (facts/dkron 10).
                systemctl('reset-failed', '--', self.unit, may_fail=True)
        finally:
            self.forget(path)

    def start(self):
        systemctl('reset-failed', '--', self.unit, may_fail=True)
        systemctl('start', '--no-block', '--', self.unit)

    def at_rest(self):
        return self.tells('ActiveState') in ('inactive', 'failed')

    def exited(self):
        """A service that waits for its restart says `activating`: there is no doubtful moment."""
        return False

    def alone_in_its_group(self):
        return True

    def marked(self, parents):
        """Every process of the unit, by its control group: what it starts stays there."""
        return set(pid for pid in parents if self.unit in procfs.control_group(pid).split('/'))

    def settings(self):
        environ = self.environment()
        return Settings(expanded(self.command(), environ), environ, self.tells('WorkingDirectory').lstrip('-!') or '/')

    def command(self):
        """argv as the unit has it. D-Bus tells words; systemctl alone tells them without quotes."""
        try:
            return self.by_bus('ExecStart')[1]
        except Refused:
            line = re.search(r'argv\[\]=(.*?) ; ignore_errors', self.tells('ExecStart'))
            return line.group(1).split() if line else []

    def by_bus(self, name):
        """(path, argv, …) of the command, as systemd itself has it."""
        bus = 'org.freedesktop.systemd1'
        path = '/org/freedesktop/systemd1/unit/' + re.sub('[^A-Za-z0-9]', lambda sign: '_%02x' % ord(sign.group()), self.unit)
        try:
            return json.loads(run_tool(['busctl', '--json=short', 'get-property', bus, path, bus + '.Service', name]))['data'][0]
        except (ValueError, KeyError, LookupError) as problem:
            raise Refused('ServiceManagerRefused', '%s of %s: %s' % (name, self.unit, problem))

    def prefixes(self):
        """What stands before the command and would be lost with it; a command that cannot be told word by word is left alone."""
        try:
            path, argv, flags = self.by_bus('ExecStartEx')[:3]
        except Refused as no:
            raise Refused('NoDropIn', 'the words of ExecStart= are not told: ' + no.detail)
        unknown = [flag for flag in flags or [] if flag not in PREFIXES]
        if unknown or argv[:1] != [path]:
            raise Refused('NoDropIn', 'ExecStart= of %s has a prefix that is not kept: %s' % (self.unit, ' '.join(unknown) or '@'))
        return ''.join(PREFIXES[flag] for flag in flags or [])

    def environment(self):
        """Of the manager, of the unit, of its files in their order: what comes later counts."""
        user = self.tells('User') or 'root'
        environ = dict(HOME=home_of(user), USER=user)
        environ.update(pairs(systemctl('show-environment').splitlines()))
        environ.update(pairs(shlex.split(self.tells('Environment'))))
        for told in self.told('EnvironmentFiles'):
            for path in sorted(glob.glob(told.rpartition(' (')[0])):
                environ.update(pairs(assignments(path)))
        for name in shlex.split(self.tells('UnsetEnvironment')):
            environ.pop(name, None)
        return environ

    def drop_in_path(self, case_id, lasting=False):
        units = LASTING_UNITS if lasting else UNITS
        if not os.path.isdir(units) or not os.access(units, os.W_OK):
            raise Refused('NoDropIn', units + ' is missing, or cannot be written')
        return '%s/zz-requorum-%s.conf' % (self.lasting_folder if lasting else self.folder, case_id)

    def override(self, case_id, told, asleep=False):
        """
        A setting takes the place of the operator's own: a flag where they have flags, else a variable in a file that is read after
        theirs. Nothing is started or stopped by that, `asleep` or not.
        """
        path = self.drop_in_path(case_id, 'bootstrap-expect' in told)
        settings, argv, variables = self.settings(), None, []
        for name, value in sorted(told.items(), reverse=True):
            source = settings.joins()[1] if name == 'retry-join' else settings.values(name)[1]
            if source == 'flag':
                argv = without_flag(argv or settings.argv, name) + ['--' + name, value]
            else:
                variables.append('DKRON_%s="%s"\n' % (name.upper().replace('-', '_'), value))
        command = ' '.join(quoted(word) for word in argv or [])
        lines = ['ExecStart=', 'ExecStart=' + self.prefixes() + command] if argv else []
        if variables:
            make_folder(os.path.dirname(path))
            write_text(path[: -len('.conf')] + '.env', ''.join(variables))
            lines.append('EnvironmentFile=' + path[: -len('.conf')] + '.env')
        head = '# Temporary settings of Requorum case %s. To be removed when the case is closed.\n' % case_id
        drop_in(path, '%s[Service]\n%s\n' % (head, '\n'.join(lines)))

    def remove_override(self, case_id):
        """True when it was there. Dkron goes on running: a reload restarts nothing."""
        there = [self.remove_from(folder, case_id) for folder in (self.folder, self.lasting_folder)]
        return any(there)

    def remove_from(self, folder, case_id):
        path = '%s/zz-requorum-%s.conf' % (folder, case_id)
        there = os.path.exists(path)
        remove(path[: -len('.conf')] + '.env')
        self.forget(path)
        return there

    def forget(self, path):
        folder = os.path.dirname(path)
        if os.path.exists(path):
            remove(path)
            systemctl('daemon-reload')
        if os.path.isdir(folder) and not os.listdir(folder):
            os.rmdir(folder)

    def reload(self):
        systemctl('daemon-reload')

    def load_program(self):
        """A reload takes a configuration into use, for a stopped service too."""
        self.reload()

    def start_line(self):
        return 'systemctl reset-failed %s; systemctl start %s' % (self.unit, self.unit)


def units_of_dkron():
    """Services whose command is an agent of Dkron. One that is stopped may not be loaded: enabled ones are named by their links."""
    files = systemctl('list-unit-files', '--no-legend', '--no-pager', '--type=service', 'dkron*', may_fail=True)
    links = glob.glob('/etc/systemd/system/*.wants/*.service')
    named = [line.split()[0] for line in files.splitlines() if line.split()] + [os.path.basename(link) for link in links]
    known = [name for name in named if '@.' not in name]
    told = systemctl('show', '--property', 'Id,ExecStart', '--', '*.service', *sorted(set(known)), may_fail=True)
    found = set()
    for block in told.split('\n\n'):
        name = re.search(r'^Id=(.*)$', block, re.M)
        if name and re.search(r'^ExecStart=.*dkron\S* agent\b', block, re.M):
            found.add(name.group(1))
    return sorted(found)
