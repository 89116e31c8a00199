"""Verify: what this host says after the recovery, and on the leader one job created and deleted (rule 12)."""
import json
import os
import re

from guard import guard, supervised
from localhttp import ask, ask_json, leader_view
from place import live_raft
from raftlog import read_log
from result import Refused

MEMBERS_KEPT = 80


def verify(orders, host_id):
    order = guard(orders, host_id)
    job = canary_name(orders['caseId'])
    canary, detail = try_canary(order['http'], job) if order['part'] == 'canary' else ('not-asked', '')
    log = position(order['dataDir'])
    removed = supervised(order).remove_override(orders['caseId']) if order['removeOverride'] and has_begun(log) else False
    return {
        'outcome': 'looked',
        'hostId': host_id,
        'canary': canary,
        'jobs': count(order['http'], job),
        'log': log,
        'leader': leader_view(order['http']),
        'members': members(order['http']),
        'overrideRemoved': removed,
        'detail': detail[:500],
    }


def canary_name(case_id):
    """Dkron's job names are lower case."""
    return 'requorum-canary-' + re.sub(r'[^a-z0-9_-]', '-', case_id.lower())


def try_canary(http, name):
    """Created, seen and deleted again: the only proof that writes are committed. It is disabled and never due."""
    job = {'name': name, 'schedule': '@manually', 'disabled': True, 'executor': 'shell', 'executor_config': {'command': 'true'}}
    try:
        made, body = ask(http, 'POST', '/v1/jobs', job, timeout=12)
        seen, _ = ask(http, 'GET', '/v1/jobs/' + name)
        gone, _ = ask(http, 'DELETE', '/v1/jobs/' + name, timeout=12)
        after, _ = ask(http, 'GET', '/v1/jobs/' + name)
    except OSError as problem:
        return 'failed', str(problem)
    if made in (200, 201) and seen == 200 and gone == 200 and after == 404:
        return 'created-and-deleted', ''
    statuses = 'POST %d, GET %d, DELETE %d, GET %d' % (made, seen, gone, after)
    return 'failed', '%s: %s' % (statuses, body[:200].decode('utf-8', 'replace'))


def count(http, canary):
    told = ask_json(http, '/v1/jobs')
    return len([job for job in told if job.get('name') != canary]) if isinstance(told, list) else None


def position(data_dir):
    try:
        return read_log(live_raft(os.path.realpath(data_dir)))
    except Refused:
        return None


def has_begun(log):
    """An empty server could still bootstrap: it goes on being told not to until the leader has sent it something."""
    return bool(log and log['configuration'])


def members(http):
    """Servers first: agent nodes may be many, and one answer has its limit."""
    told = ask_json(http, '/v1/members') or []
    seen = [
        {
            'name': one['Name'],
            'address': '%s:%s' % (one['Addr'], one['Port']),
            'status': one.get('statusText', 'unknown'),
            'server': (one.get('Tags') or dict()).get('server') == 'true',
        }
        for one in told
    ]
    return sorted(seen, key=lambda one: (not one['server'], one['name']))[:MEMBERS_KEPT]
