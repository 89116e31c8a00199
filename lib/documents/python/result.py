"""How a document answers: one line of JSON, whatever happened. Exit 0 done or already so, 3 refused, 1 unforeseen."""
import base64
import datetime
import json
import os
import sys
import traceback
import urllib.request

MARK = 'REQUORUM-RESULT '
UTC = datetime.timezone.utc


class Refused(Exception):
    """An expected no: nothing was changed on this host by this command. Codes are listed in host-codes.ts."""

    def __init__(self, code, detail):
        super().__init__(detail)
        self.code = code
        self.detail = detail


def clock():
    """This host's own time; deadlines for this host are in it (a broken clock must not cost the only survivor)."""
    return datetime.datetime.now(UTC)


def instant(moment):
    return moment.strftime('%Y-%m-%dT%H:%M:%S.') + '%03dZ' % (moment.microsecond // 1000)


def parse_instant(text):
    form = '%Y-%m-%dT%H:%M:%S.%fZ' if '.' in text else '%Y-%m-%dT%H:%M:%SZ'
    return datetime.datetime.strptime(text, form).replace(tzinfo=UTC)


def read_orders():
    try:
        orders = json.loads(base64.b64decode(os.environ.get('REQUORUM_ORDERS', ''), validate=True).decode())
        if isinstance(orders['caseId'], str) and isinstance(orders['counter'], int) and isinstance(orders['hosts'], dict):
            return orders
    except (ValueError, KeyError, TypeError):
        pass
    raise Refused('BadOrders', 'the parameter Orders is not base64 of {caseId, counter, hosts}')


def own_id():
    """Which instance this is. The agent says so; the metadata service is asked only when it does not."""
    told = os.environ.get('AWS_SSM_INSTANCE_ID')
    return told if told else metadata_instance_id()


def metadata_instance_id():
    base = 'http://169.254.169.254/latest/'
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    lifetime = {'X-aws-ec2-metadata-token-ttl-seconds': '60'}
    try:
        ask = urllib.request.Request(base + 'api/token', method='PUT', headers=lifetime)
        token = direct.open(ask, timeout=2).read().decode()
        ask = urllib.request.Request(base + 'meta-data/instance-id', headers={'X-aws-ec2-metadata-token': token})
        return direct.open(ask, timeout=2).read().decode()
    except OSError as problem:
        raise Refused('HostUnknown', 'neither AWS_SSM_INSTANCE_ID nor the metadata service: %s' % problem)


def say(result):
    print(MARK + json.dumps(result, separators=(',', ':')), flush=True)


def run(procedure):
    """Runs one procedure(orders, host_id) and turns every ending into the one line."""
    host_id = os.environ.get('AWS_SSM_INSTANCE_ID', '')
    try:
        orders = read_orders()
        host_id = own_id()
        say(procedure(orders, host_id))
    except Refused as no:
        say({'outcome': 'refused', 'hostId': host_id, 'code': no.code, 'detail': no.detail[:2000]})
        sys.exit(3)
    except Exception as problem:
        where = ' < '.join('%s:%d' % (f.name, f.lineno) for f in reversed(traceback.extract_tb(problem.__traceback__)))
        detail = '%s: %s (%s)' % (type(problem).__name__, problem, where)
        say({'outcome': 'refused', 'hostId': host_id, 'code': 'HostFailed', 'detail': detail[:2000]})
        sys.exit(1)
