"""The data-dir and what a hold does to it: `raft/` is exchanged with a regular file, and nothing can start on it."""
import ctypes
import glob
import hashlib
import json
import os
import platform

from guard import OWN, sync_dir, write_synced
from result import Refused

HELD = 'raft.held-'
RENAME_EXCHANGE = 2
AT_FDCWD = -100
RENAMEAT2 = {'x86_64': 316, 'aarch64': 276}


def exchange(one, other):
    """Both names change places in one step: an automatic restart never finds neither (facts/dkron 12, E11)."""
    libc = ctypes.CDLL(None, use_errno=True)
    paths = (AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    if hasattr(libc, 'renameat2'):
        failed = libc.renameat2(*paths)
    elif platform.machine() in RENAMEAT2:
        failed = libc.syscall(RENAMEAT2[platform.machine()], *paths)
    else:
        raise Refused('ExchangeUnsupported', 'renameat2 is not known for ' + platform.machine())
    if failed:
        problem = os.strerror(ctypes.get_errno())
        raise Refused('ExchangeUnsupported', '%s and %s: %s' % (one, other, problem))
    sync_dir(os.path.dirname(one))


def raft_kind(data_dir):
    raft = os.path.join(data_dir, 'raft')
    if os.path.islink(raft):
        return 'link'
    if is_mount(raft):
        return 'mount'
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
    held = sorted(path for path in glob.glob(os.path.join(glob.escape(data_dir), HELD + '*')) if os.path.isdir(path))
    return os.path.basename(held[0])[len(HELD) :] if held else None


def live_raft(data_dir):
    """Where the data is now: in place or held."""
    case = held_by(data_dir)
    return os.path.join(data_dir, HELD + case if case else 'raft')


def keep_earlier(path):
    """What an earlier hold of the same case left keeps a name of its own: data may have moved on since."""
    if os.path.isdir(path):
        number = 1
        while os.path.exists('%s-%d' % (path, number)):
            number += 1
        os.rename(path, '%s-%d' % (path, number))


class Place:
    """One data-dir in one case, with the record of what was done there."""

    def __init__(self, data_dir, case_id):
        self.data_dir = data_dir
        self.case_id = case_id
        self.raft = os.path.join(data_dir, 'raft')
        self.held = os.path.join(data_dir, HELD + case_id)
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
        if kind != 'dir':
            raise Refused('RaftNotADirectory', '%s is a %s' % (self.raft, kind))
        if os.path.isdir(self.held):
            raise Refused('RaftNotADirectory', '%s and %s both hold data' % (self.raft, self.held))
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
            os.rename(readme, os.path.join(self.own, 'README'))
        exchange(self.raft, self.held)
        os.remove(self.held)
        sync_dir(self.data_dir)

    def sweep(self):
        """What a hold leaves behind when it ended before its exchange."""
        if os.path.isfile(self.held) and os.path.isdir(self.raft):
            os.remove(self.held)
            os.remove(os.path.join(self.raft, 'README'))

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
