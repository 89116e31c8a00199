"""The data-dir and what a hold does to it: `raft`, be it a directory or a link, is exchanged with a regular file."""
import glob
import hashlib
import json
import os

from exchange import exchange
from guard import OWN, sync_dir, write_synced
from result import Refused
from within import gather, hold_within, remove_rest, unhold_within

HELD = 'raft.held-'


def raft_kind(data_dir):
    """`file`: it is held, and what no Dkron can start on stands in its place."""
    raft = os.path.join(data_dir, 'raft')
    if os.path.islink(raft):
        return 'link'
    if is_mount(raft):
        return 'file' if os.path.isdir(os.path.join(raft, 'raft.db')) else 'mount'
    return 'dir' if os.path.isdir(raft) else 'file' if os.path.isfile(raft) else 'missing'


def is_mount(path):
    """Also of a directory of the same file system, which os.path.ismount does not see."""
    with open('/proc/self/mountinfo', encoding='utf-8', errors='replace') as file:
        points = [line.split()[4].replace('\\040', ' ') for line in file]
    return os.path.realpath(path) in points


def held_by(data_dir):
    """The case that holds this data-dir, or None."""
    if raft_kind(data_dir) != 'file':
        return None
    found = glob.glob(os.path.join(glob.escape(folder_of_hold(data_dir)), HELD + '*'))
    held = sorted(path for path in found if os.path.isdir(path))
    return os.path.basename(held[0])[len(HELD) :] if held else None


def folder_of_hold(data_dir):
    """Where the held directory lies: beside `raft`, or in it where it is a mount point."""
    raft = os.path.join(data_dir, 'raft')
    return raft if is_mount(raft) and not os.path.islink(raft) else data_dir


def live_raft(data_dir):
    """Where the data is now: in place or held."""
    case = held_by(data_dir)
    return os.path.join(folder_of_hold(data_dir), HELD + case) if case else os.path.join(data_dir, 'raft')


def keep_earlier(path):
    """What an earlier hold of the same case left keeps a name of its own: data may have moved on since."""
    if os.path.isdir(path):
        number = 1
        while os.path.exists('%s-%d' % (path, number)):
            number += 1
        os.rename(path, '%s-%d' % (path, number))


def copy_away(path, target):
    """Also to another file system."""
    with open(path, 'rb') as file:
        write_synced(target, file.read())
    os.remove(path)


class Place:
    """One data-dir in one case, with the record of what was done there."""

    def __init__(self, data_dir, case_id):
        self.data_dir = data_dir
        self.case_id = case_id
        self.raft = os.path.join(data_dir, 'raft')
        self.held = os.path.join(folder_of_hold(data_dir), HELD + case_id)
        self.within = folder_of_hold(data_dir) == self.raft
        self.own = os.path.join(data_dir, OWN, case_id)
        self.peers = os.path.join(self.held, 'peers.json')
        self.backup = os.path.join(self.own, 'backup')

    def is_held(self):
        """Whether this case holds it; another case's hold is refused by name."""
        case = held_by(self.data_dir)
        if case not in (None, self.case_id):
            raise Refused('HeldByOtherCase', case)
        return case is not None

    def hold(self, readme):
        kind = raft_kind(self.data_dir)
        if kind == 'missing' or kind == 'file':
            raise Refused('NoData', '%s is %s' % (self.raft, 'missing' if kind == 'missing' else 'a file'))
        if self.within:
            remove_rest(self)
        if os.path.isdir(self.held):
            raise Refused('RaftNotADirectory', '%s and %s both hold data' % (self.raft, self.held))
        if self.within:
            hold_within(self, readme)
            return
        write_synced(os.path.join(self.raft, 'README'), readme.encode())
        write_synced(self.held, ('Held by Requorum case %s: see %s/README\n' % (self.case_id, self.held)).encode())
        try:
            exchange(self.raft, self.held)
        except Refused:
            self.sweep()
            raise

    def unhold(self):
        """The exchange back; the README moves to the case's own folder, the file that stood in place goes."""
        readme = os.path.join(self.held, 'README')
        if os.path.exists(readme):
            copy_away(readme, os.path.join(self.own, 'README'))
        if self.within:
            unhold_within(self)
            return
        exchange(self.raft, self.held)
        os.remove(self.held)
        sync_dir(self.data_dir)

    def sweep(self):
        """What a hold leaves behind when it ended before its exchange."""
        if self.within:
            remove_rest(self)
        elif os.path.isfile(self.held) and os.path.isdir(self.raft):
            os.remove(self.held)
            os.remove(os.path.join(self.raft, 'README'))

    def settle(self):
        """Once nothing runs: what came into being beside the held log belongs to it."""
        if self.within and self.is_held():
            gather(self)

    def barred(self):
        return 'a directory named `raft.db`' if self.within else 'a regular file named `raft`'

    def by_hand(self):
        """The exchange back, for a person with a shell."""
        if self.within:
            return '  rm -r {0}/raft.db\n  mv {1}/* {0}/\n  rmdir {1}'.format(self.raft, self.held)
        return '  rm {0}\n  mv {1} {0}'.format(self.raft, self.held)

    def away_by_hand(self):
        """The old data kept, and an empty data-dir in its place."""
        lifted = '  rm -r %s/raft.db' % self.raft if self.within else '  rm %s' % self.raft
        return '%s\n  mv %s %s/raft' % (lifted, self.held, self.own)

    def stage(self, text):
        """peers.json inside the held directory, as raft.db's owner may read and delete it. Inert until release."""
        if sha256_of(self.peers) != hashlib.sha256(text.encode()).hexdigest():
            write_synced(self.peers, text.encode(), like=os.path.join(self.held, 'raft.db'))

    def unstage(self):
        """What this case staged goes; a file of somebody else's was refused before the hold."""
        staged = self.record().get('peersSha256')
        if staged is not None and sha256_of(self.peers) == staged:
            os.remove(self.peers)

    def record(self):
        try:
            with open(os.path.join(self.own, 'record.json')) as file:
                return json.load(file)
        except (OSError, ValueError):
            return dict()

    def remember(self, **facts):
        os.makedirs(self.own, mode=0o700, exist_ok=True)
        kept = json.dumps(dict(self.record(), **facts), indent=1, sort_keys=True)
        write_synced(os.path.join(self.own, 'record.json'), kept.encode())


def sha256_of(path):
    """Hexadecimal sha256 of a file as it is on disk, None when there is none."""
    digest = hashlib.sha256()
    try:
        with open(path, 'rb') as file:
            for block in iter(lambda: file.read(1 << 20), b''):
                digest.update(block)
    except FileNotFoundError:
        return None
    return digest.hexdigest()
