"""The lab's own handles, under /_lab of the same port: what no AWS API can do to a host. Never used by the product."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Awaitable, Callable

from fleet import Fleet
from run_command import RunCommand

Asgi = Callable[..., Awaitable[None]]


def with_control(inner: Asgi, fleet: Fleet, commands: RunCommand, about: dict[str, Any], end: Callable[[], None]) -> Asgi:
    """Wraps an ASGI application: /_lab is answered here, everything else passes."""

    def answer(path: str, data: dict[str, Any]) -> dict[str, Any]:
        match path.removeprefix('/_lab').strip('/').split('/'):
            case ['']:
                return {**about, 'canCut': fleet.can_cut, 'hosts': fleet.describe()}
            case ['hosts']:
                added = fleet.add(data, about['vpc']['subnetIds'][0])
                return next(one for one in fleet.describe() if one['instanceId'] == added.instance_id)
            case ['hosts', instance_id, 'boot']:
                fleet.boot(instance_id)
            case ['hosts', instance_id, 'reset']:
                fleet.reset(instance_id)
            case ['hosts', instance_id, 'impair']:
                fleet.impair(instance_id, True)
            case ['hosts', instance_id, 'unimpair']:
                fleet.impair(instance_id, False)
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
