"""supervisord through XML-RPC on its unix socket, and the drop-in that overrides settings for a case (facts/dkron 11)."""
import configparser
import glob
import http.client
import os
import re
import socket
import xmlrpc.client

import procfs
from result import Refused
from settings import Settings, split_command

STATES = {0: 'stopped', 10: 'starting', 20: 'running', 30: 'starting', 40: 'stopped', 100: 'stopped', 200: 'failed'}
STOPPING, EXITED = 40, 100
ACTIVE = ('running', 'starting')
NOT_RUNNING, ALREADY_STARTED = 70, 60
CONF_PATHS = ('supervisord.conf', 'etc/supervisord.conf', '/etc/supervisord.conf', '/etc/supervisor/supervisord.conf')


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('localhost', timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        return UnixConnection(self.path)


class Supervisor:
    """One program of one supervisord."""

    def __init__(self, socket_path, unit):
        self.socket_path = socket_path
        self.unit = unit
        self.name = unit.rpartition(':')[2]
        self.rpc = xmlrpc.client.ServerProxy('http://localhost', transport=UnixTransport(socket_path)).supervisor

    def ask(self, method, *arguments):
        return self.ask_unless(None, method, *arguments)

    def ask_unless(self, expected, method, *arguments):
        """As ask, where one fault means that it is already so."""
        try:
            return getattr(self.rpc, method)(*arguments)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == expected:
                return None
            raise Refused('ServiceManagerRefused', '%s %s: %s' % (method, self.unit, fault.faultString))
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as problem:
            raise Refused('ServiceManagerUnreachable', '%s: %s' % (self.socket_path, problem))

    def info(self):
        return self.ask('getProcessInfo', self.unit)

    def says(self):
        """The manager's own words, for people."""
        try:
            info = self.info()
            return '%s %s' % (info['statename'], info['spawnerr'] or info['description'])
        except Refused as no:
            return no.detail

    def state(self):
        return STATES.get(self.info()['state'], 'unknown')

    def active(self):
        return self.state() in ACTIVE

    def stop(self):
        """Administrative stop, so that nothing is restarted. The caller froze the processes: no stop signal acts."""
        self.ask_unless(NOT_RUNNING, 'stopProcess', self.unit, False)

    def start(self):
        self.ask_unless(ALREADY_STARTED, 'startProcess', self.unit, False)

    def at_rest(self):
        """Nothing runs and nothing will be restarted. EXITED may be the moment before a restart: look once more later."""
        return self.info()['state'] not in (10, 20, 30, STOPPING)

    def exited(self):
        return self.info()['state'] == EXITED

    def config(self):
        found = [one for one in self.ask('getAllConfigInfo') if self.unit in (one['name'], one['group'] + ':' + one['name'])]
        if not found:
            raise Refused('UnitUnknown', 'supervisord at %s has no program %s' % (self.socket_path, self.unit))
        return found[0]

    def alone_in_its_group(self):
        group = self.config()['group']
        return len([one for one in self.ask('getAllConfigInfo') if one['group'] == group]) == 1

    def marked(self, parents):
        """Every process of this program: supervisord marks them in their environment, which plugins and jobs inherit."""
        here = os.path.realpath(self.socket_path)

        def own(environ):
            named = environ.get('SUPERVISOR_PROCESS_NAME') == self.name
            return named and os.path.realpath(environ.get('SUPERVISOR_SERVER_URL', '')[len('unix://') :]) == here

        return set(pid for pid in parents if own(procfs.environment(pid)))

    def settings(self):
        """What the next start will use: the program's command in supervisord's environment plus the program's own."""
        daemon = self.ask('getPID')
        config = self.config()
        environ = dict(procfs.environment(daemon), **self.program_environment())
        cwd = config.get('directory')
        return Settings(split_command(config['command']), environ, cwd if cwd and cwd != 'none' else procfs.link(daemon, 'cwd'))

    def program_environment(self):
        raw = self.program_section().get('environment', '')
        pairs = re.findall(r'([A-Za-z_]\w*)\s*=\s*("[^"]*"|\'[^\']*\'|[^,\s]*)', raw)
        return dict((name, value.strip('"\'')) for name, value in pairs)

    def conf_path(self):
        daemon = self.ask('getPID')
        argv = procfs.arguments(daemon)
        cwd = procfs.link(daemon, 'cwd') or '/'
        for at, word in enumerate(argv):
            if word in ('-c', '--configuration') and at + 1 < len(argv):
                return os.path.join(cwd, argv[at + 1])
            if word.startswith('--configuration='):
                return os.path.join(cwd, word.partition('=')[2])
        found = [os.path.join(cwd, path) for path in CONF_PATHS if os.path.isfile(os.path.join(cwd, path))]
        if not found:
            raise Refused('NoDropIn', 'the configuration file of supervisord is not found')
        return found[0]

    def read_conf(self, but=None):
        """(parser over the whole configuration, include patterns). `but`: a file to leave out, our own."""
        path = self.conf_path()
        parser = configparser.RawConfigParser(strict=False, inline_comment_prefixes=(';', '#'))
        parser.read(path)
        here = os.path.dirname(os.path.abspath(path))
        files = parser.get('include', 'files', fallback='').replace('%(here)s', here).split()
        patterns = [os.path.join(here, pattern) for pattern in files]
        for pattern in patterns:
            parser.read([found for found in sorted(glob.glob(pattern)) if found != but])
        return parser, patterns

    def program_section(self, but=None):
        parser, _ = self.read_conf(but)
        section = 'program:' + self.name
        return dict(parser.items(section)) if parser.has_section(section) else dict()

    def drop_in_path(self, case_id, lasting=True):
        """A file that supervisord reads after all others, also after a reboot. NoDropIn when its configuration includes no directory."""
        _, patterns = self.read_conf()
        for pattern in reversed(patterns):
            folder, name = os.path.split(pattern)
            if name.count('*') == 1 and '?' not in name and '[' not in name and os.path.isdir(folder):
                return os.path.join(folder, name.replace('*', 'zz-requorum-' + case_id))
        raise Refused('NoDropIn', 'supervisord.conf has no [include] with a pattern such as conf.d/*.conf')

    def override(self, case_id, told, asleep=False):
        """
        Writes the drop-in and lets supervisord read it; nothing is started or stopped by that. A setting goes where the operator's
        own is, flag or environment, and takes its place. `asleep`: nor is the program started when it is loaded.
        """
        path = self.drop_in_path(case_id)
        section, settings = self.program_section(but=path), self.settings()
        own = dict((key, section.get(key, '').replace('\n', ' ')) for key in ('command', 'environment'))
        new = dict(own)
        for name, value in sorted(told.items(), reverse=True):
            source = settings.joins()[1] if name == 'retry-join' else settings.values(name)[1]
            if source == 'flag':
                new['command'] = with_flag(new['command'], name, value)
            else:
                new['environment'] = with_variable(new['environment'], 'DKRON_' + name.upper().replace('-', '_'), value)
        lines = ['%s=%s' % (key, new[key]) for key in sorted(new) if new[key] != own[key]] + ['autostart=false'] * asleep
        head = '; Temporary settings of Requorum case %s. To be removed when the case is closed.\n' % case_id
        write_text(path, '%s[program:%s]\n%s\n' % (head, self.name, '\n'.join(lines)))
        try:
            self.reload()
        except Refused:
            os.remove(path)
            raise

    def remove_override(self, case_id):
        """Takes the file away and nothing else: an update of supervisord would restart Dkron. True when it was there."""
        try:
            path = self.drop_in_path(case_id)
        except Refused:
            return False
        if not os.path.exists(path):
            return False
        os.remove(path)
        return True

    def reload(self):
        """Reads the configuration again; nothing is started or stopped by that."""
        self.ask('reloadConfig')

    def start_line(self):
        """For a person with a shell."""
        return 'supervisorctl -s unix://%s start %s' % (self.socket_path, self.unit)

    def load_program(self):
        """Takes the configuration as read into use. Only for a stopped program; with autostart this starts it."""
        group = self.config()['group']
        self.ask_unless(10, 'removeProcessGroup', group)
        self.ask_unless(90, 'addProcessGroup', group)


def programs_of_dkron(sockets):
    """(socket, program) of every supervisord that answers there, where the command is an agent of Dkron."""
    found = set()
    for path in set(os.path.realpath(path) for path in sockets if os.path.exists(path)):
        try:
            told = Supervisor(path, '').ask('getAllConfigInfo')
        except Refused:
            continue
        agents = [one for one in told if re.search(r'dkron\S* agent\b', str(one.get('command')))]
        found |= set((path, '%s:%s' % (one['group'], one['name'])) for one in agents)
    return sorted(found)


def with_flag(command, name, value):
    kept = re.sub(r'\s--?%s(=|\s+)("[^"]*"|\'[^\']*\'|\S+)' % name, '', command)
    return '%s --%s %s' % (kept, name, value)


def without_flag(argv, name):
    """Words of a command without one flag, in both of its forms."""
    kept, at = [], 0
    while at < len(argv):
        if re.match('--?%s$' % name, argv[at]):
            at += 2
            continue
        if not re.match('--?%s=' % name, argv[at]):
            kept.append(argv[at])
        at += 1
    return kept


def with_variable(environment, name, value):
    kept = re.sub(r',?\s*\b%s\s*=\s*("[^"]*"|\'[^\']*\'|[^,\s]*)' % name, '', environment).strip(' ,')
    return '%s%s="%s"' % (kept + ',' if kept else '', name, value)


def write_text(path, text):
    with open(path + '.tmp', 'w') as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + '.tmp', path)
