"""What Dkron was or will be told: flag before environment before configuration file (facts/dkron 11)."""
import ipaddress
import json
import os
import re
import shlex
import socket

SWITCHES = ('server', 'ui', 'enable-prometheus', 'disable-usage-stats', 'dev')
LISTS = ('join', 'retry-join')
FORMS = ('yml', 'yaml', 'json', 'toml', 'hcl', 'properties')


class Settings:
    """One `dkron agent` invocation: argv, environment and working directory."""

    def __init__(self, argv, environ, cwd):
        self.argv = argv
        self.environ = environ
        self.cwd = cwd or '/'
        self.flags = parse_flags(argv)
        self.file = read_settings(self.config_path())

    def config_path(self):
        named = self.flags.get('config')
        if named:
            return self.absolute(named[-1])
        homes = ['/etc/dkron', os.path.join(self.environ.get('HOME', '/root'), '.dkron'), self.absolute('config')]
        paths = [os.path.join(home, 'dkron.' + form) for home in homes for form in FORMS]
        return next((path for path in paths if os.path.isfile(path)), None)

    def absolute(self, path):
        return os.path.normpath(os.path.join(self.cwd, path))

    def values(self, name):
        """(list of values, 'flag' | 'environment' | 'config' | None). An empty environment variable counts as none."""
        if name in self.flags:
            return split_lists(name, self.flags[name]), 'flag'
        told = self.environ.get('DKRON_' + name.upper().replace('-', '_'))
        if told:
            return split_lists(name, [told]), 'environment'
        if self.file.get(name):
            return split_lists(name, self.file[name]), 'config'
        return [], None

    def value(self, name, otherwise=''):
        values, source = self.values(name)
        return (values[-1], source) if values else (otherwise, None)

    def data_dir(self):
        path, source = self.value('data-dir', 'dkron.data')
        return self.absolute(path), source

    def node_name(self):
        name, source = self.value('node-name', socket.gethostname())
        return name, source or 'hostname'

    def joins(self):
        values, source = self.values('retry-join')
        if not values:
            values, source = self.values('join')
        return values, source or 'none'

    def bootstrap_expect(self):
        told = self.value('bootstrap-expect')[0]
        return int(told) if told.isdigit() else None

    def bind(self):
        """(address, serf port) that the next start binds, templates resolved as Dkron's default is; address may be ''."""
        address, port = split_address(self.value('bind-addr')[0], 8946)
        return (private_address() if not address or '}' in address else address), port

    def http(self):
        address, port = split_address(self.value('http-addr', ':8080')[0], 8080)
        if '}' in address:
            address = self.bind()[0]
        local = {'': '127.0.0.1', '0.0.0.0': '127.0.0.1', '::': '::1'}.get(address, address)
        return ('[%s]:%d' if ':' in local else '%s:%d') % (local, port)

    def rpc_port(self):
        told = self.value('rpc-port', '6868')[0]
        return int(told) if told.isdigit() else 6868


def parse_flags(argv):
    found, at = dict(), 0
    while at < len(argv):
        word = argv[at]
        at += 1
        if not word.startswith('-'):
            continue
        name, given, value = word.lstrip('-').partition('=')
        if not given and name not in SWITCHES and at < len(argv):
            value = argv[at]
            at += 1
        found.setdefault('config' if name == 'c' else name, []).append(value)
    return found


def split_lists(name, values):
    if name not in LISTS:
        return values
    return [one.strip() for value in values for one in value.split(',') if one.strip()]


def read_settings(path):
    """Top-level scalars and lists of a configuration file; nested maps (tags) are of no interest here."""
    try:
        with open(path or '', encoding='utf-8', errors='replace') as file:
            text = file.read()
    except OSError:
        return dict()
    if path.endswith('.json'):
        try:
            told = json.loads(text)
        except ValueError:
            return dict()
        return dict((k.lower(), [str(v) for v in (value if isinstance(value, list) else [value])]) for k, value in told.items())
    found, name = dict(), None
    for line in text.splitlines():
        item = re.match(r'\s*-\s+(.*)$', line)
        pair = re.match(r'["\']?([A-Za-z][\w-]*)["\']?\s*[:=]\s*(.*)$', line)
        if item and name:
            found[name].append(plain(item.group(1)))
        elif pair:
            name, value = pair.group(1).lower(), without_comment(pair.group(2))
            inner = value[1:-1].split(',') if value.startswith('[') else [value] if value else []
            found[name] = [plain(one) for one in inner if one.strip()]
    return found


def without_comment(text):
    return re.sub(r'(^|\s)#.*$', '', text).strip()


def plain(text):
    return without_comment(text).strip('"\'')


def split_command(command):
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def split_address(text, port):
    """'host:port' with either part missing. A template keeps its braces and is the caller's to resolve."""
    found = re.match(r'(.*?)(?::(\d+))?$', text)
    host = found.group(1)
    if host.count(':') > 1 and not host.startswith('['):
        return text, port
    return host.strip('[]'), int(found.group(2) or port)


def private_address():
    """What go-sockaddr's GetPrivateIP most likely gives: the source address of the default route. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(('192.0.2.1', 9))
            address = probe.getsockname()[0]
        except OSError:
            return ''
    return address if ipaddress.ip_address(address).is_private else ''


def owns_address(address):
    """Whether this host can bind the address: only its own can be."""
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
            return True
        except OSError:
            return False
