"""Run Command as the agent on a host carries it out: delivery, one shell, limits, and the states in between.

A host that is off, impaired or cut never receives a command; it stays InProgress until delivery and execution time have
passed (facts/aws.md). Output limits and error names are AWS's.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
import uuid
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from documents import Documents, Refused
from fleet import PERIOD_SECONDS, REGION, Fleet, Host

STDOUT_LIMIT = 24_000
STDERR_LIMIT = 8_000
CUT_MARK = '\n---Output truncated---'
POLL_SECONDS = 0.1  # an agent that is polling gets its command after about this long
UNKNOWN_SECONDS = 0.05  # GetCommandInvocation may not know a command that was just sent
FINAL = ('Success', 'Failed', 'TimedOut', 'Cancelled')


class RunCommand:
    """Every command of the lab, with the verbs of the API that concern it."""

    def __init__(self, fleet: Fleet, documents: Documents) -> None:
        self._fleet = fleet
        self._documents = documents
        self._commands: dict[str, dict[str, Any]] = {}
        self.extra_delay_seconds = 0.0

    def send(self, data: dict[str, Any]) -> dict[str, Any]:
        document = self._documents.find(data['DocumentName'])
        number = document.number(data.get('DocumentVersion'))
        if data.get('DocumentHash') and data['DocumentHash'] != document.hash_of(number):
            raise Refused('InvalidDocument', 'The document hash does not match the content of the document.')
        content = json.loads(document.versions[number - 1])
        values = _parameters(content, data.get('Parameters') or {})
        ids = self._targets(data)
        delivery = int(data.get('TimeoutSeconds') or 3600)
        if delivery < 30:
            raise Refused('ValidationException', 'timeoutSeconds: Member must have value greater than or equal to 30')
        command = {
            'CommandId': str(uuid.uuid4()),
            'DocumentName': document.name,
            'DocumentVersion': str(data.get('DocumentVersion') or '$DEFAULT'),
            'Comment': data.get('Comment', ''),
            'Parameters': data.get('Parameters') or {},
            'InstanceIds': ids,
            'RequestedDateTime': time.time(),
            'TimeoutSeconds': delivery,
            'invocations': {one: _pending(one) for one in ids},
        }
        self._commands[command['CommandId']] = command
        for one in ids:
            arguments = (command, one, content, values)
            threading.Thread(target=self._carry_out, args=arguments, daemon=True).start()
        return {'Command': _public(command)}

    def get_invocation(self, data: dict[str, Any]) -> dict[str, Any]:
        command = self._commands.get(data['CommandId'], {})
        invocation = command.get('invocations', {}).get(data['InstanceId'])
        if invocation is None or time.time() - command['RequestedDateTime'] < UNKNOWN_SECONDS:
            raise Refused('InvocationDoesNotExist', '')
        return _full(command, invocation)

    def list_invocations(self, data: dict[str, Any]) -> dict[str, Any]:
        wanted = data.get('CommandId')
        found = [
            _listed(command, invocation, bool(data.get('Details')))
            for command in self._commands.values()
            for invocation in command['invocations'].values()
            if wanted in (None, command['CommandId']) and data.get('InstanceId') in (None, invocation['InstanceId'])
        ]
        return {'CommandInvocations': found}

    def list_commands(self, data: dict[str, Any]) -> dict[str, Any]:
        wanted = data.get('CommandId')
        return {'Commands': [_public(one) for one in self._commands.values() if wanted in (None, one['CommandId'])]}

    def cancel(self, data: dict[str, Any]) -> dict[str, Any]:
        command = self._commands.get(data['CommandId'])
        if command is None:
            raise Refused('InvalidCommandId', '')
        for invocation in command['invocations'].values():
            if invocation['Status'] not in FINAL:
                invocation['cancelled'].set()
        return {}

    def connection_status(self, data: dict[str, Any]) -> dict[str, Any]:
        target = data['Target']
        return {'Target': target, 'Status': 'connected' if self._fleet.connected(target) else 'notconnected'}

    def instance_information(self, data: dict[str, Any]) -> dict[str, Any]:
        """PingStatus is Online for a host that just fell silent, as on AWS: it must not be relied on."""
        return {
            'InstanceInformationList': [
                {
                    'InstanceId': host.instance_id,
                    'PingStatus': 'Online' if self._fleet.instance(host.instance_id).state == 'running' else 'ConnectionLost',
                    'LastPingDateTime': time.time(),
                    'AgentVersion': '3.3.3050.0',
                    'IsLatestVersion': True,
                    'PlatformType': 'Linux',
                    'PlatformName': 'Debian GNU/Linux',
                    'PlatformVersion': '12',
                    'ResourceType': 'EC2Instance',
                    'IPAddress': host.address,
                    'ComputerName': host.server_id,
                }
                for host in self._fleet.hosts.values()
                if host.applied != 'gone'
            ]
        }

    def _targets(self, data: dict[str, Any]) -> list[str]:
        ids: list[str] = data.get('InstanceIds') or []
        if not ids or len(ids) > 50:
            raise Refused('ValidationException', 'the lab takes 1 to 50 InstanceIds')
        bad = [one for one in ids if one not in self._fleet.hosts or self._fleet.hosts[one].applied == 'gone']
        if bad:
            raise Refused('InvalidInstanceId', f'Instances [[{", ".join(bad)}]] not in a valid state for account')
        return ids

    def _carry_out(self, command: dict[str, Any], one: str, content: dict[str, Any], values: dict[str, str]) -> None:
        invocation = command['invocations'][one]
        step = content['mainSteps'][0]
        limit = float(_fill(str(step['inputs'].get('timeoutSeconds', 3600)), values))
        time.sleep(POLL_SECONDS + self.extra_delay_seconds)
        invocation.update(Status='InProgress', StatusDetails='InProgress')
        received = command['RequestedDateTime'] + command['TimeoutSeconds']
        while not self._fleet.connected(one):
            if invocation['cancelled'].is_set():
                return _finish(invocation, 'Cancelled', 'Cancelled', -1)
            if time.time() > received + limit:
                return _finish(invocation, 'TimedOut', 'DeliveryTimedOut', -1)
            if time.time() > received:
                invocation['late'] = True  # the agent drops a command whose delivery time is over
            time.sleep(POLL_SECONDS)
        if invocation.get('late'):
            return _finish(invocation, 'TimedOut', 'DeliveryTimedOut', -1)
        self._run(self._fleet.hosts[one], command['CommandId'], invocation, step, values, limit)

    def _run(
        self, host: Host, command_id: str, invocation: dict[str, Any], step: dict[str, Any], values: dict[str, str],
        limit: float,
    ) -> None:
        lines = step['inputs']['runCommand']
        text = '\n'.join(lines if isinstance(lines, list) else [lines])
        work = host.directory / 'ssm' / command_id
        work.mkdir(parents=True, exist_ok=True)
        script = work / '_script.sh'
        script.write_text(_fill(text, values) + '\n')
        environment = {
            **host.machine.environment(),
            **{f'SSM_{name}': value for name, value in values.items()},
            'AWS_SSM_INSTANCE_ID': host.instance_id,
            'AWS_SSM_REGION_NAME': REGION,
        }
        invocation['started'] = time.time()
        with open(work / 'stdout', 'wb') as out, open(work / 'stderr', 'wb') as err:
            process = subprocess.Popen(
                host.machine.shell(work), cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True,
            )
            end = _wait(process, limit, invocation)
        if end == 'exited' and process.returncode == -signal.SIGKILL and _switched_off(host):
            # The agent died with the host and will never tell.
            while time.time() < invocation['started'] + limit and not invocation['cancelled'].wait(POLL_SECONDS):
                continue
            return _finish(invocation, 'TimedOut', 'ExecutionTimedOut', -1)
        invocation['stdout'] = _cut(work / 'stdout', STDOUT_LIMIT)
        invocation['stderr'] = _cut(work / 'stderr', STDERR_LIMIT)
        if end == 'cancelled':
            return _finish(invocation, 'Cancelled', 'Cancelled', -1)
        if end == 'late':
            return _finish(invocation, 'TimedOut', 'ExecutionTimedOut', -1)
        status = 'Success' if process.returncode == 0 else 'Failed'
        return _finish(invocation, status, status, process.returncode)


def _parameters(content: dict[str, Any], given: dict[str, list[str]]) -> dict[str, str]:
    known = content.get('parameters', {})
    if extra := set(given) - set(known):
        raise Refused('InvalidParameters', f'Parameters {sorted(extra)} are not defined in the document')
    values = {}
    for name, spec in known.items():
        if name not in given and 'default' not in spec:
            raise Refused('InvalidParameters', f'Parameter {name} is required')
        value = given.get(name, [spec.get('default')])
        text = value[0] if spec['type'] == 'String' else json.dumps(value)
        if (pattern := spec.get('allowedPattern')) and not re.search(pattern, text):
            raise Refused('InvalidParameters', f'Parameter {name} does not match {pattern}')
        if (allowed := spec.get('allowedValues')) and text not in allowed:
            raise Refused('InvalidParameters', f'Parameter {name} is not one of {allowed}')
        values[name] = text
    return values


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = re.sub(r'\{\{\s*' + re.escape(name) + r'\s*\}\}', lambda _: value, text)
    return text


def _wait(process: subprocess.Popen[bytes], limit: float, invocation: dict[str, Any]) -> str:
    deadline = time.monotonic() + limit
    while process.poll() is None:
        cancelled = invocation['cancelled'].is_set()
        if cancelled or time.monotonic() > deadline:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return 'cancelled' if cancelled else 'late'
        time.sleep(0.01)
    return 'exited'


def _switched_off(host: Host) -> bool:
    time.sleep(3 * PERIOD_SECONDS)  # power off kills first and is noted after
    return host.applied not in ('on', 'cut')


def _cut(path: Path, limit: int) -> str:
    text = path.read_text(errors='replace')
    return text if len(text) <= limit else text[: limit - len(CUT_MARK)] + CUT_MARK


def _pending(instance_id: str) -> dict[str, Any]:
    return {
        'InstanceId': instance_id,
        'Status': 'Pending',
        'StatusDetails': 'Pending',
        'ResponseCode': -1,
        'stdout': '',
        'stderr': '',
        'started': None,
        'ended': None,
        'cancelled': threading.Event(),
    }


def _finish(invocation: dict[str, Any], status: str, details: str, code: int) -> None:
    invocation.update(ended=time.time(), ResponseCode=code, StatusDetails=details, Status=status)


def _public(command: dict[str, Any]) -> dict[str, Any]:
    states = [invocation['Status'] for invocation in command['invocations'].values()]
    done = [state for state in states if state in FINAL]
    worst = next((bad for bad in ('TimedOut', 'Failed', 'Cancelled') if bad in states), 'Success')
    status = worst if len(done) == len(states) else 'Pending' if set(states) == {'Pending'} else 'InProgress'
    return {
        **{name: value for name, value in command.items() if name != 'invocations'},
        'Status': status,
        'StatusDetails': status,
        'TargetCount': len(states),
        'CompletedCount': len(done),
        'ErrorCount': len([state for state in done if state != 'Success']),
        'ExpiresAfter': command['RequestedDateTime'] + command['TimeoutSeconds'],
    }


def _full(command: dict[str, Any], invocation: dict[str, Any]) -> dict[str, Any]:
    started, ended = invocation['started'], invocation['ended']
    return {
        **{name: command[name] for name in ('CommandId', 'Comment', 'DocumentName', 'DocumentVersion')},
        **{name: invocation[name] for name in ('InstanceId', 'ResponseCode', 'Status', 'StatusDetails')},
        'PluginName': 'aws:runShellScript',
        'ExecutionStartDateTime': _iso(started),
        'ExecutionEndDateTime': _iso(ended if started else None),
        'ExecutionElapsedTime': f'PT{ended - started:.3f}S' if started and ended else '',
        'StandardOutputContent': invocation['stdout'],
        'StandardErrorContent': invocation['stderr'],
        'StandardOutputUrl': '',
        'StandardErrorUrl': '',
    }


def _listed(command: dict[str, Any], invocation: dict[str, Any], details: bool) -> dict[str, Any]:
    plugin = {
        'Name': 'aws:runShellScript',
        'Status': invocation['Status'],
        'StatusDetails': invocation['StatusDetails'],
        'ResponseCode': invocation['ResponseCode'],
        'Output': invocation['stdout'][:2500],
    }
    return {
        **{name: command[name] for name in ('CommandId', 'Comment', 'DocumentName', 'DocumentVersion', 'RequestedDateTime')},
        **{name: invocation[name] for name in ('InstanceId', 'Status', 'StatusDetails')},
        'CommandPlugins': [plugin] if details else [],
    }


def _iso(moment: float | None) -> str:
    if moment is None:
        return ''
    return datetime.fromtimestamp(moment, timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.%f')[:-3] + 'Z'
