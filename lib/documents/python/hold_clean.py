"""Hold of a server that is to be let back in clean: stopped, and so that nothing starts until it is released."""
import glob
import os

from clean import CleanPlace
from compare import same_server
from guard import refuse_over
from localhttp import leads
from place import HELD, held_by, live_raft, raft_kind
from raftlog import read_log
from result import Refused
from stop import dkron_processes, stop_all


def hold_clean(order, unit, orders, host_id):
    case_id = orders['caseId']
    keeper = order['heldBy'] if held_by(order['dataDir']) == order['heldBy'] else None
    place = CleanPlace(order['dataDir'], case_id, keeper)
    record = place.record()
    already = place.is_held() and record.get('role') == 'clean' and not record.get('undone')
    if not already:
        refuse_over(record, orders['counter'])
    same_server(order, unit)
    unit.drop_in_path(case_id, lasting=True)
    if not already:
        as_approved(place, order['heldBy'])
        leads_nobody_else(order)
        begin_clean(place, unit)
    try:
        stopped = stop_all(unit, place.data_dir)
    except BaseException:
        if not already:
            put_back_clean(place, unit)
        raise
    return held_answer(place, unit, host_id, already, stopped, position(place.data_dir))


def held_answer(place, unit, host_id, already, stopped, log, backup=None, staged=None):
    """HoldResult of order.ts."""
    return {
        'outcome': 'already-held' if already and not stopped else 'held',
        'hostId': host_id,
        'backup': backup,
        'peersSha256': staged,
        'log': log,
        'stopped': stopped,
        'leftOver': sorted(dkron_processes(place.data_dir, unit)),
        'wasRunning': place.record()['wasRunning'],
    }


def as_approved(place, held_by_then):
    """The data lies where it was seen: under the hold of the closed case, or in place and nowhere else."""
    if place.within or os.path.islink(place.held) or os.path.islink(place.raft):
        raise Refused('RaftNotADirectory', '%s is a link or a mount point: it is emptied by hand or not at all' % place.raft)
    if held_by_then and not place.keeper:
        raise Refused('HoldDiffers', '%s no longer holds it: raft is %s' % (held_by_then, raft_kind(place.data_dir)))
    others = [path for path in glob.glob(os.path.join(glob.escape(place.data_dir), HELD + '*')) if os.path.isdir(path)]
    if others not in ([], [place.held]):
        raise Refused('RaftNotADirectory', '%s and %s both hold data' % (place.raft, ', '.join(sorted(others))))


def leads_nobody_else(order):
    """
    A leader elsewhere is what this server shall follow. One that leads a cluster is never cleaned; an empty server that made
    itself a cluster of its own (bootstrap-expect 1) may be: it has nobody, and not one job.
    """
    if not leads(order['http']):
        return
    log = position(order['dataDir'])
    if not log or [server['id'] for server in log['configuration']] != [order['nodeName']] or log['jobs'] != 0:
        raise Refused('LeaderPresent', 'this host leads, with %s jobs' % (log and log['jobs']))


def begin_clean(place, unit):
    fresh = dict(backup=None, peersSha256=None, releasedAt=None, startedAt=None, undone=False, found=raft_kind(place.data_dir))
    place.remember(role='clean', heldBy=place.keeper, wasRunning=unit.active(), **fresh)
    place.hold_clean(unit)


def position(data_dir):
    try:
        return read_log(live_raft(data_dir))
    except Refused:
        return None


def put_back_clean(place, unit):
    place.back_as_found()
    place.remember(undone=True)
    if place.record()['wasRunning']:
        unit.start()
