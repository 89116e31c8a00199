"""Dkron's own HTTP on this host. No proxy, short time-outs: silence is an answer too."""
import http.client
import json
import socket


def ask(where, method, path, body=None, timeout=3.0):
    """(status, body bytes); OSError when nothing answers."""
    host, _, port = where.rpartition(':')
    connection = http.client.HTTPConnection(host.strip('[]'), int(port), timeout=timeout)
    try:
        headers = {'Content-Type': 'application/json'}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as problem:
        raise OSError('%s: %s' % (type(problem).__name__, problem))
    finally:
        connection.close()


def ask_json(where, path):
    """The JSON of a 200, else None."""
    try:
        code, body = ask(where, 'GET', path)
        return json.loads(body.decode()) if code == 200 else None
    except (OSError, ValueError):
        return None


def leader_view(where):
    """LeaderProbe of survey.ts. A leader without rpc_addr is named by nobody who knows (facts/dkron 11)."""
    try:
        code, body = ask(where, 'GET', '/v1/leader')
        told = json.loads(body.decode()) if code == 200 and body.strip() else None
        member = told if isinstance(told, dict) and told.get('Name') else None
    except (socket.timeout, TimeoutError):
        return {'outcome': 'timed-out', 'detail': 'no answer from ' + where}
    except ConnectionRefusedError:
        return {'outcome': 'refused', 'detail': 'nothing listens on ' + where}
    except (OSError, ValueError) as problem:
        return {'outcome': 'failed', 'detail': str(problem)[:300]}
    named = {'id': member['Name'], 'rpcAddr': (member.get('Tags') or dict()).get('rpc_addr')} if member else None
    return {'outcome': 'answered', 'leader': named, 'status': code}


def leads(where):
    """Whether this server says of itself that it leads."""
    try:
        return ask(where, 'GET', '/v1/isleader')[0] == 200
    except OSError:
        return False
