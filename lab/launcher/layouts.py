"""How operators install Dkron on a host: units, configuration, user and data-dir, each as files of the machine.

`packaged` is what Dkron's own Debian package brings (facts/dkron.md 1), with the operator's settings in /etc/dkron.
Dkron v3.1.7 takes the same keys, flags and variables as v4.0.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

BINARY = '/usr/bin/dkron'
DATA_DIR = '/var/lib/dkron'
AWAIT_SUPERVISORD = 'until supervisorctl pid >/dev/null; do sleep 0.1; done'  # which a boot has only begun to start
SUPERVISED_LOG = '/var/log/supervisor/dkron.log'
DEFAULT_DATA_DIR = '/dkron.data'  # `dkron.data`, seen from /, where a unit starts


@dataclass(frozen=True)
class Settings:
    """What an operator tells one server."""

    node_name: str
    address: str
    join: tuple[str, ...]
    expect: int
    server: bool = True


@dataclass(frozen=True)
class Layout:
    """Files by path, the unit that a boot starts, and where the data lies."""

    files: dict[str, str]
    data_dir: str = DATA_DIR
    unit: str = 'dkron.service'
    unit_file: str = '/lib/systemd/system/dkron.service'
    user: str = 'root'
    program: str = ''  # of supervisord, where the unit is supervisord's and not Dkron's own

    def stop(self) -> list[str]:
        return _shell(f'{AWAIT_SUPERVISORD}; supervisorctl stop {self.program}' if self.program else f'systemctl stop {self.unit}')

    def start(self) -> list[str]:
        """Ordered and not looked at; also of a service that had failed."""
        if self.program:
            return _shell(f'{AWAIT_SUPERVISORD}; supervisorctl start {self.program} || true')
        return _shell(f'systemctl reset-failed {self.unit}; systemctl start --no-block {self.unit}')

    def log(self) -> list[str]:
        return ['tail', '-f', SUPERVISED_LOG] if self.program else ['journalctl', '--follow', '--unit', self.unit]


def _shell(script: str) -> list[str]:
    return ['sh', '-c', script]


def _unit(start: str, more: str = '', user: str = 'root') -> str:
    return f"""\
[Unit]
Description=Dkron Agent
Documentation=https://dkron.io
After=network.target

[Service]
User={user}
{more}ExecStart={BINARY} {start}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
KillSignal=SIGTERM

[Install]
WantedBy=multi-user.target
"""


def _pairs(told: Settings, data_dir: str | None = DATA_DIR, named: bool = True) -> dict[str, object]:
    """Keys as in the file, which are the names of the flags."""
    return {
        'server': told.server,
        **({'node-name': told.node_name} if named else {}),
        **({'data-dir': data_dir} if data_dir else {}),
        'bootstrap-expect': told.expect,
        'retry-join': [f'{peer}:8946' for peer in told.join],
        'retry-interval': '2s',
        'disable-usage-stats': True,
    }


def _yaml(pairs: dict[str, object]) -> str:
    lines = ['# Dkron']
    for key, value in pairs.items():
        if isinstance(value, list):
            lines += [f'{key}:', *(f'  - {one}' for one in value)]
        else:
            lines.append(f'{key}: {_word(value)}')
    return '\n'.join(lines) + '\n'


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _packaged(told: Settings) -> Layout:
    files = {'/lib/systemd/system/dkron.service': _unit('agent'), '/etc/dkron/dkron.yml': _yaml(_pairs(told))}
    return Layout(files)


def _user(told: Settings) -> Layout:
    """A unit of the operator's own beside no other, and a user without rights."""
    unit = '/etc/systemd/system/dkron.service'
    files = {unit: _unit('agent', 'Group=dkron\n', 'dkron'), '/etc/dkron/dkron.yml': _yaml(_pairs(told))}
    return Layout(files, unit_file=unit, user='dkron')


def _default_data_dir(told: Settings) -> Layout:
    """As packaged, and neither data-dir nor node name said: the host's name counts."""
    files = {
        '/lib/systemd/system/dkron.service': _unit('agent'),
        '/etc/dkron/dkron.yml': _yaml(_pairs(told, data_dir=None, named=False)),
    }
    return Layout(files, data_dir=DEFAULT_DATA_DIR)


def _flags(told: Settings) -> Layout:
    """Everything on the command line; no file."""
    flags = ['agent']
    for key, value in _pairs(told).items():
        if value is True:
            flags.append(f'--{key}')
        elif value is not False:
            flags += [f'--{key}={one}' for one in (value if isinstance(value, list) else [value])]
    unit = '/etc/systemd/system/dkron.service'
    return Layout({unit: _unit(' \\\n  '.join(flags))}, unit_file=unit)


def _environment(told: Settings) -> Layout:
    """Node name and join list in a file of variables, the rest in the unit; no dkron.yml."""
    pairs = {
        f'DKRON_{key.upper().replace("-", "_")}': ','.join(value) if isinstance(value, list) else _word(value)
        for key, value in _pairs(told).items()
    }
    apart = ('DKRON_NODE_NAME', 'DKRON_RETRY_JOIN')
    in_unit = ''.join(f'Environment={key}={value}\n' for key, value in pairs.items() if key not in apart)
    in_file = ''.join(f'{key}={pairs[key]}\n' for key in apart)
    unit = '/etc/systemd/system/dkron.service'
    more = f'{in_unit}EnvironmentFile=/etc/default/dkron\n'
    return Layout({unit: _unit('agent', more), '/etc/default/dkron': in_file}, unit_file=unit)


def _template(told: Settings) -> Layout:
    """One unit file for several Dkrons of a host."""
    unit = '/etc/systemd/system/dkron@.service'
    files = {unit: _unit('agent --config /etc/dkron/%i.yml'), '/etc/dkron/server.yml': _yaml(_pairs(told))}
    return Layout(files, unit='dkron@server.service', unit_file=unit)


def _supervisor(told: Settings) -> Layout:
    """A program of Debian's own supervisord, which is a service of systemd and runs as root; a user without rights."""
    program = f"""\
[program:dkron]
command={BINARY} agent
directory={DATA_DIR}
user=dkron
environment=HOME="{DATA_DIR}",USER="dkron"
autostart=true
autorestart=true
redirect_stderr=true
stdout_logfile={SUPERVISED_LOG}
"""
    files = {'/etc/supervisor/conf.d/dkron.conf': program, '/etc/dkron/dkron.yml': _yaml(_pairs(told))}
    service = 'supervisor.service'
    return Layout(files, unit=service, unit_file=f'/lib/systemd/system/{service}', user='dkron', program='dkron')


VARIANTS: dict[str, Callable[[Settings], Layout]] = {
    'packaged': _packaged,
    'user': _user,
    'default-data-dir': _default_data_dir,
    'flags': _flags,
    'environment': _environment,
    'template': _template,
    'supervisor': _supervisor,
}
