"""Undo: the data-dir as found, save `.requorum`, and Dkron running again where it ran before."""
from guard import guard, supervised
from place import Place, raft_kind
from result import Refused
from stop import stop_all


def undo(orders, host_id):
    order = guard(orders, host_id)
    unit = supervised(order)
    place = Place(order['dataDir'], orders['caseId'])
    record = place.record()
    held = place.is_held()
    if not held and record.get('releasedAt'):
        raise Refused('AlreadyReleased', 'released at %s: from there the way is forward only' % record['releasedAt'])
    if held:
        stop_all(unit, place.data_dir)
        place.unstage()
        if unit.remove_override(place.case_id):
            unit.ask('reloadConfig')
        place.unhold()
    place.sweep()
    begun = bool(record) and not record.get('undone')
    if begun and order['wasRunning']:
        unit.start()
    if begun:
        place.remember(undone=True)
    return {
        'outcome': 'undone' if begun else 'nothing-to-undo',
        'hostId': host_id,
        'raft': raft_kind(place.data_dir),
        'running': unit.active(),
    }
