"""Undo: the data-dir as found, save `.requorum`, and Dkron running again where it ran before."""
from clean import CleanPlace, clean_place
from guard import guard, supervised
from place import Place, held_by, raft_kind
from result import Refused
from stop import stop_all


def undo(orders, host_id):
    order = guard(orders, host_id)
    unit = supervised(order)
    place = clean_place(order['dataDir'], orders['caseId']) or Place(order['dataDir'], orders['caseId'])
    record = place.record()
    begun = bool(record) and not record.get('undone')
    if begun or not kept_by_another(order, record):
        put_back(place, unit, order, record, begun)
    # Also where nothing was begun: a hold that is still on its way comes too late from here on.
    place.remember(undone=True, over=orders['counter'])
    return {
        'outcome': 'undone' if begun else 'nothing-to-undo',
        'hostId': host_id,
        'raft': raft_kind(place.data_dir),
        'running': unit.active(),
    }


def kept_by_another(order, record):
    """A closed case keeps this server out, as was seen: then this case did nothing here, or has undone it."""
    case = held_by(order['dataDir'])
    return case is not None and case in (order.get('heldBy'), record.get('heldBy'))


def put_back(place, unit, order, record, begun):
    held = place.is_held()
    if not held and record.get('releasedAt'):
        raise Refused('AlreadyReleased', 'released at %s: from there the way is forward only' % record['releasedAt'])
    if isinstance(place, CleanPlace):
        if begun:
            put_back_clean(place, unit)
    elif held:
        stop_all(unit, place.data_dir)
        place.unstage()
        if unit.remove_override(place.case_id):
            unit.reload()
        place.unhold()
    place.sweep()
    if begun and order['wasRunning'] and record.get('wasRunning', True):
        unit.start()


def put_back_clean(place, unit):
    """What the next start is told is the operator's own again before there is data that it could start on."""
    stop_all(unit, place.data_dir)
    if unit.remove_override(place.case_id):
        unit.reload()
        unit.load_program()
        stop_all(unit, place.data_dir)
    place.back_as_found()
