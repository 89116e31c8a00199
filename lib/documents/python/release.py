"""Release: the exchange back and the start. The point of no return of this host."""
import os
import time

from clean import begun_anew
from guard import guard, supervised
from localhttp import leader_view
from place import Place, raft_kind, sha256_of
from release_clean import release_clean
from result import Refused, clock, instant
from stop import dkron_processes, stop_all

PATIENCE_FOR_FILE = 20.0


def release(orders, host_id):
    order = guard(orders, host_id)
    unit = supervised(order)
    if order.get('clean'):
        return answer_clean(order, unit, orders, host_id)
    place = Place(order['dataDir'], orders['caseId'])
    if place.record().get('role') == 'clean':
        raise Refused('FenceHold', '%s is to be let in clean or not at all' % place.data_dir)
    held = place.is_held()
    if not held and not place.record().get('releasedAt'):
        raise Refused('NotHeld', '%s is a %s and not held by this case' % (place.raft, raft_kind(place.data_dir)))
    if not held and unit.active():
        return answer('already-released', host_id, place, unit, order, place.record()['startedAt'], taken_in(place))
    if held:
        place.settle()
        check_staged(place, order)
    stop_all(unit, place.data_dir)
    unit.override(place.case_id, {'retry-join': ','.join(order['joinOverride'])})
    started = instant(clock())
    place.remember(releasedAt=started, startedAt=started, over=orders['counter'])
    if held:
        place.unhold()
    problem = start(place, unit)
    return answer('released', host_id, place, unit, order, started, taken_in(place), problem)


def answer_clean(order, unit, orders, host_id):
    outcome, place, started, problem = release_clean(order, unit, orders)
    return answer(outcome, host_id, place, unit, order, started, begun_anew(place), problem)


def start(place, unit):
    """Past the point of no return a failure is a finding, never a refusal: something was changed here."""
    try:
        unit.load_program()
        unit.start()
        wait_until_taken_in(place, unit)
        return ''
    except Refused as no:
        return '%s: %s; ' % (no.code, no.detail)


def check_staged(place, order):
    """Rule 4 once more, from disk, at the last moment; a fence is not released by this document."""
    if place.record().get('role') not in ('survivor', 'restart'):
        raise Refused('FenceHold', place.held)
    read_back = sha256_of(place.peers)
    if read_back != order['peersSha256']:
        raise Refused('PeersHashDiffers', 'on disk %s, approved %s' % (read_back, order['peersSha256']))


def wait_until_taken_in(place, unit):
    """Dkron deletes peers.json after it took it in. Ends early when the manager gave up."""
    until = time.monotonic() + PATIENCE_FOR_FILE
    while time.monotonic() < until and not taken_in(place) and unit.state() != 'failed':
        time.sleep(0.05)


def taken_in(place):
    return not os.path.exists(os.path.join(place.raft, 'peers.json'))


def answer(outcome, host_id, place, unit, order, started, consumed, problem=''):
    pids = sorted(dkron_processes(place.data_dir, unit))
    return {
        'outcome': outcome,
        'hostId': host_id,
        'startedAt': started,
        'consumed': consumed,
        'leader': leader_view(order['http']),
        'detail': '%s%s, processes %s' % (problem, unit.says(), pids),
    }
