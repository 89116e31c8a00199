"""Hold: a data-dir that no Dkron can start on, with a backup, and peers.json staged inside for a survivor."""
import hashlib
import json
import os
import time

from backup import take_backup
from compare import same_server
from guard import guard, refuse_over, supervised
from hold_clean import held_answer, hold_clean
from localhttp import leader_view, leads
from place import Place, keep_earlier, live_raft, sha256_of
from raftlog import read_log
from result import Refused
from stop import stop_all

README = """\
Requorum case {case} holds this Dkron server ({role}). Dkron cannot start while {barred} stands where the data
belongs. What was done: the data was renamed into this directory, Dkron was stopped, a backup was
written to {own}/backup{staged}.

TO GO ON (only when every survivor shows the same sha256 and every excluded server is fenced):
  {check}
{back}
  {start}
If Dkron then repeats "Join LAN failed", start it with DKRON_RETRY_JOIN=<this host>:8946 in its environment.

TO GO BACK (as if nothing had happened):
  {unstage}
{back}
  {start}
"""


def hold(orders, host_id):
    order = guard(orders, host_id)
    unit = supervised(order)
    if order['role'] == 'clean':
        return hold_clean(order, unit, orders, host_id)
    place = Place(order['dataDir'], orders['caseId'])
    already = place.is_held()
    if not already:
        refuse_over(place.record(), orders['counter'])
    compare(order, unit, orders['caseId'])
    look_for_leader(order['http'])
    stopped = []
    if not already:
        if order['role'] != 'fence':
            refuse_peers(os.path.join(place.raft, 'peers.json'))
        begin(place, order, unit)
    try:
        stopped = stop_all(unit, place.data_dir)
        place.settle()
        had_backup = bool(place.record().get('backup'))
        backup = take_backup(place)
        place.remember(backup=backup)
        log = read_position(place, order)
        staged = stage(place, order)
    except BaseException:
        if not already:
            put_back(place, unit)
        raise
    return held_answer(place, unit, host_id, already and had_backup, stopped, log, backup, staged)


def compare(order, unit, case_id):
    """What was approved must be true of this host: its name, its address, the file's hash."""
    same_server(order, unit)
    if order['role'] == 'fence':
        return
    unit.drop_in_path(case_id)
    if order['role'] == 'restart':
        return
    text = order['peersJson'] or ''
    if hashlib.sha256(text.encode()).hexdigest() != order['peersSha256']:
        raise Refused('PeersHashDiffers', 'the text does not have the approved sha256')
    listed = [peer for peer in json.loads(text) if peer['id'] == order['nodeName']]
    if [peer['address'] for peer in listed] != [order['address']] or listed[0].get('non_voter'):
        raise Refused('PeersLackHost', '%s at %s is not in peers.json as a voter' % (order['nodeName'], order['address']))


def look_for_leader(http):
    seen = leader_view(http)
    named = seen.get('leader')
    if leads(http) or (named and named['rpcAddr']):
        raise Refused('LeaderPresent', 'this host names %s' % (named['id'] if named else 'itself'))


def begin(place, order, unit):
    keep_earlier(place.backup)
    place.remember(role=order['role'], wasRunning=unit.active(), backup=None, peersSha256=None, releasedAt=None, undone=False)
    survivor = order['role'] == 'survivor'
    place.hold(
        README.format(
            case=place.case_id,
            role=order['role'],
            own=place.own,
            barred=place.barred(),
            back=place.by_hand(),
            staged=', and peers.json was staged here' if survivor else '',
            check='sha256sum %s/peers.json' % place.held if survivor else 'ls %s/raft.db' % place.held,
            unstage='rm -f %s/peers.json' % place.held if survivor else 'ls %s/raft.db' % place.held,
            start=unit.start_line(),
        )
    )


def read_position(place, order):
    """Final here: nothing runs. Who is to start again needs a log that can be read."""
    try:
        return read_log(live_raft(place.data_dir))
    except Refused:
        if order['role'] != 'fence':
            raise
        return None


def stage(place, order):
    if order['role'] != 'survivor':
        place.unstage()
        place.remember(role=order['role'], peersSha256=None)
        if order['role'] == 'restart':
            refuse_peers(place.peers)
        return None
    place.remember(role='survivor', peersSha256=order['peersSha256'])
    place.stage(order['peersJson'])
    read_back = sha256_of(place.peers)
    if read_back != order['peersSha256']:
        raise Refused('PeersHashDiffers', 'read back %s' % read_back)
    return read_back


def refuse_peers(path):
    """Before the exchange: a server that runs would take the file in when undo, or a refusal, starts it again."""
    if os.path.lexists(path):
        raise Refused('PeersHashDiffers', '%s lies there, and this case did not write it' % path)


def put_back(place, unit):
    """As found: a refusal after the exchange leaves no hold behind."""
    place.unstage()
    place.unhold()
    place.remember(undone=True)
    if place.record().get('wasRunning'):
        unit.start()
        time.sleep(0.1)
