"""Leave: this server is taken out for good while the quorum works. It stays half dead after a leave (facts/dkron 6)."""
from guard import guard, supervised
from localhttp import leader_view
from membership import ask_dkron, dkron_binary
from place import Place
from result import Refused
from stop import dkron_processes, stop_all

README = """\
Requorum case {case} took this Dkron server out of its cluster for good (dkron leave). Dkron cannot start while
{barred} stands where its data belongs: its old data must not come back beside the cluster that went on.

TO LET IT JOIN AGAIN, with an empty data-dir (the cluster fills it):
{away}
  {start}
"""


def leave(orders, host_id):
    order = guard(orders, host_id)
    unit = supervised(order)
    place = Place(order['dataDir'], orders['caseId'])
    already = place.is_held()
    if not already:
        look(order, unit)
        begin(place, unit)
    said = '' if already and not knows_leader(order) else take_leave(order, unit, place, already)
    stopped = stop_all(unit, place.data_dir)
    return {
        'outcome': 'already-left' if already and not stopped else 'left',
        'hostId': host_id,
        'stopped': stopped,
        'leftOver': sorted(dkron_processes(place.data_dir, unit)),
        'detail': said or 'nothing was said',
    }


def look(order, unit):
    """It leaves a cluster that works, under the name that was approved; else leaving would not be what is wanted."""
    name = unit.settings().node_name()[0]
    if name != order['nodeName']:
        raise Refused('NodeNameDiffers', 'approved %s, next start %s' % (order['nodeName'], name))
    if not knows_leader(order):
        raise Refused('NoLeaderHere', '%s knows no leader' % order['nodeName'])


def knows_leader(order):
    named = leader_view(order['http']).get('leader')
    return bool(named and named['rpcAddr'])


def begin(place, unit):
    """Held first, while it runs: if this script ends too early, no restart brings back a server that has left."""
    place.remember(role='fence', wasRunning=True, backup=None, peersSha256=None, releasedAt=None, undone=False)
    told = dict(case=place.case_id, barred=place.barred(), away=place.away_by_hand(), start=unit.start_line())
    place.hold(README.format(**told))


def take_leave(order, unit, place, already):
    """What Dkron says. Where it says no and still follows a leader it has not left, and is put back as found."""
    try:
        return ask_dkron(dkron_binary(unit), ['leave', '--rpc-addr', order['address']], 60).strip()[-200:]
    except Refused as no:
        if not knows_leader(order):
            return no.detail[-200:]
        if not already:
            place.unhold()
            place.remember(undone=True)
        raise
