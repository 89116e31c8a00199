"""The lab's own handles, under /_lab of the same port: what no AWS API can do to a host. Never used by the product."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Awaitable, Callable

import breakage
from fleet import Fleet
from run_command import RunCommand

Asgi = Callable[..., Awaitable[None]]


def with_control(inner: Asgi, fleet: Fleet, commands: RunCommand, about: dict[str, Any], end: Callable[[], None]) -> Asgi:
    """Wraps an ASGI application: /_lab is answered here, everything else passes."""

    subnet_id = about['vpc']['subnetIds'][0]

    def described(instance_id: str) -> dict[str, Any]:
        return next(one for one in fleet.describe() if one['instanceId'] == instance_id)

    def answer(path: str, data: dict[str, Any]) -> dict[str, Any]:
        match path.removeprefix('/_lab').strip('/').split('/'):
            case ['']:
                return {**about, 'hosts': fleet.describe()}
            case ['hosts']:
                return described(fleet.add(data, subnet_id).instance_id)
            case ['template']:
                return {'launchTemplate': fleet.make_template(subnet_id, int(data['expect']))}
            case ['hosts', instance_id, 'boot']:
                fleet.boot(instance_id)
            case ['hosts', instance_id, 'reset']:
                fleet.reset(instance_id)
            case ['hosts', instance_id, 'impair']:
                fleet.impair(instance_id, True)
            case ['hosts', instance_id, 'hang']:
                fleet.hang(instance_id)
            case ['hosts', instance_id, 'unimpair']:
                fleet.impair(instance_id, False)
            case ['hosts', instance_id, 'stop-dkron']:
                breakage.stop_dkron(fleet, instance_id)
            case ['hosts', instance_id, 'start-dkron']:
                breakage.start_dkron(fleet, instance_id)
            case ['hosts', instance_id, 'wipe']:
                breakage.wipe(fleet, instance_id)
            case ['hosts', instance_id, 'configure']:
                breakage.configure(fleet, instance_id, data)
            case ['hosts', instance_id, 'move']:
                return described(breakage.move(fleet, instance_id, data, subnet_id).instance_id)
            case ['groups', name, 'refresh']:
                fleet.scaling.refreshes[name] = data['status']
            case ['delay']:
                commands.extra_delay_seconds = float(data['seconds'])
            case ['end']:
                end()
            case _:
                raise KeyError(path)
        return {}

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope['type'] != 'http' or not (scope['path'] + '/').startswith('/_lab/'):
            return await inner(scope, receive, send)
        body = b''
        while True:
            message = await receive()
            body += message.get('body', b'')
            if not message.get('more_body'):
                break
        try:
            status, result = 200, await asyncio.to_thread(answer, scope['path'], json.loads(body or b'{}'))
        except Exception as wrong:  # whatever went wrong is the caller's to read: it is a test or a person
            status, result = 400, {'error': f'{type(wrong).__name__}: {wrong}'}
        content = [(b'content-type', b'application/json')]
        await send({'type': 'http.response.start', 'status': status, 'headers': content})
        await send({'type': 'http.response.body', 'body': json.dumps(result).encode()})

    return app
