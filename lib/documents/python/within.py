"""
A hold one level down, where `raft` is a mount point that no rename can move: a directory named raft.db stands in place of the
log, which no Dkron opens (facts/dkron 12, E8), and what belongs to the log lies in raft/raft.held-<case>.
"""
import os

from exchange import exchange
from guard import sync_dir, write_synced
from result import Refused

DB = 'raft.db'
STAYS = (DB, 'lost+found')


def hold_within(place, readme):
    """The log changes places with a directory in one step; everything else follows it."""
    if not os.path.isfile(os.path.join(place.raft, DB)):
        raise Refused('NoData', 'no raft.db in ' + place.raft)
    os.makedirs(os.path.join(place.held, DB), mode=0o700)
    write_synced(os.path.join(place.held, 'README'), readme.encode())
    write_synced(os.path.join(place.held, DB, 'README'), ('See %s/README\n' % place.held).encode())
    exchange(os.path.join(place.raft, DB), os.path.join(place.held, DB))
    gather(place)


def gather(place):
    """Also what a Dkron that was still running, or that failed to start, made in the meantime."""
    for name in os.listdir(place.raft):
        if name not in STAYS and os.path.join(place.raft, name) != place.held:
            move(os.path.join(place.raft, name), os.path.join(place.held, name))
    sync_dir(place.raft)


def unhold_within(place):
    """Everything else first: peers.json lies in place before there is a log that Dkron could start on."""
    for name in os.listdir(place.held):
        if name not in STAYS:
            move(os.path.join(place.held, name), os.path.join(place.raft, name))
    exchange(os.path.join(place.raft, DB), os.path.join(place.held, DB))
    remove_rest(place)


def remove_rest(place):
    """What is left of a hold that has no log in it, before its exchange or after the one back."""
    if os.path.isdir(os.path.join(place.held, DB)):
        for name in (os.path.join(DB, 'README'), 'README'):
            if os.path.exists(os.path.join(place.held, name)):
                os.remove(os.path.join(place.held, name))
        os.rmdir(os.path.join(place.held, DB))
        os.rmdir(place.held)
        sync_dir(place.raft)


def move(path, target):
    """Snapshots of both belong to the log: what is in one directory joins the other. An empty one that Dkron made is in nobody's way."""
    if os.path.isdir(target) and not os.listdir(target):
        os.rmdir(target)
    if not os.path.isdir(path) or not os.path.isdir(target):
        os.rename(path, target)
        return
    for name in os.listdir(path):
        if not os.path.exists(os.path.join(target, name)):
            os.rename(os.path.join(path, name), os.path.join(target, name))
    if not os.listdir(path):
        os.rmdir(path)
