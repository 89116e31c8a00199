"""Rule 10: every command carries case, counter, host and deadline; the host keeps the highest counter it accepted."""
import fcntl
import json
import os
import time

from result import Refused, clock, parse_instant
from supervisor import Supervisor
from systemd import Systemd

OWN = '.requorum'


def guard(orders, host_id):
    """The order for this host, once it is known to be for this host, in time, and from the newest lease."""
    if host_id not in orders['hosts']:
        raise Refused('ForeignHost', 'the orders name %s' % ', '.join(sorted(orders['hosts'])))
    order = orders['hosts'][host_id]
    now = clock()
    if now > parse_instant(order['deadline']):
        raise Refused('Late', 'deadline %s, here it is %s' % (order['deadline'], now.isoformat()))
    order['dataDir'] = os.path.realpath(order['dataDir'])
    if not os.path.isdir(order['dataDir']):
        make_data_dir(order)
    take_turn(order['dataDir'])
    accept_counter(order['dataDir'], orders)
    return order


def make_data_dir(order):
    """Only for a server that never had data and is to get some: elsewhere a missing data-dir is a volume that is not mounted."""
    above = os.path.dirname(order['dataDir'])
    if order.get('role') != 'clean' or order['heldBy'] or not os.path.isdir(above):
        raise Refused('DataDirMissing', order['dataDir'])
    os.mkdir(order['dataDir'], 0o700)
    os.chown(order['dataDir'], os.stat(above).st_uid, os.stat(above).st_gid)


def take_turn(data_dir):
    """One command at a time on a data-dir; the lock ends with the process, however that ends."""
    try:
        os.makedirs(os.path.join(data_dir, OWN), mode=0o700, exist_ok=True)
        lock = os.open(os.path.join(data_dir, OWN, 'lock'), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise Refused('DiskNotWritable', '%s: %s' % (data_dir, problem.strerror))
    for _ in range(100):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(0.2)
    raise Refused('Busy', 'another command works on ' + data_dir)


def kept_counter(data_dir):
    """The highest lease counter this host accepted; 0 when none."""
    try:
        with open(os.path.join(data_dir, OWN, 'lease.json')) as file:
            return int(json.load(file)['counter'])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def accept_counter(data_dir, orders):
    kept = kept_counter(data_dir)
    if orders['counter'] < kept:
        raise Refused('LowerCounter', 'counter %d, this host has accepted %d' % (orders['counter'], kept))
    lease = {'counter': orders['counter'], 'caseId': orders['caseId']}
    write_synced(os.path.join(data_dir, OWN, 'lease.json'), json.dumps(lease).encode())


def refuse_over(record, counter):
    """A hold delivered after its plan has ended here: its counter is still the newest, and its deadline may be to come."""
    if record.get('over', 0) >= counter:
        raise Refused('AlreadyUndone' if record.get('undone') else 'AlreadyReleased', 'counter %d' % record['over'])


def supervised(order):
    """What runs Dkron here. Other managers are refused by name until they have hosts of their own."""
    manager = order['manager']
    if manager['kind'] == 'systemd':
        return loaded(Systemd(manager['unit']))
    if manager['kind'] != 'supervisor':
        raise Refused('ServiceManagerUnsupported', 'Dkron is run by %s here' % manager['kind'])
    unit = Supervisor(manager['socket'], manager['unit'])
    if not unit.alone_in_its_group():
        raise Refused('ServiceManagerUnsupported', '%s shares its supervisord group with other programs' % unit.unit)
    return unit


def loaded(unit):
    if not unit.known():
        raise Refused('UnitUnknown', 'systemd has no %s of Dkron alone (%s)' % (unit.unit, unit.tells('LoadState')))
    return unit


def write_synced(path, data, like=None):
    """A whole file or none, on disk when this returns; owner and mode of `like` where given."""
    scratch = path + '.tmp'
    with open(scratch, 'wb') as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if like:
        seen = os.stat(like)
        os.chown(scratch, seen.st_uid, seen.st_gid)
        os.chmod(scratch, seen.st_mode & 0o7777)
    os.rename(scratch, path)
    sync_dir(os.path.dirname(path))


def sync_dir(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
