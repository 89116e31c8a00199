"""A copy of the data-dir beside the data, taken while nothing runs on it (rule 5)."""
import hashlib
import json
import os
import shutil
import stat

from guard import OWN, sync_dir, write_synced
from place import HELD, live_raft, sha256_of
from result import Refused

MARGIN = 16 << 20


def files_below(data_dir):
    """[(path, name in the backup)] of the data-dir as found: ours left out, the held directory under its own name."""
    data = live_raft(data_dir)
    found = [(path, os.path.relpath(path, data_dir)) for path in regular_files(data_dir, (OWN, 'raft'))]
    found += [(path, os.path.join('raft', os.path.relpath(path, data))) for path in regular_files(data, ('README',))]
    return sorted(found, key=lambda one: one[1])


def regular_files(top, but):
    """Below a directory, which may be a link; names at its top, and what a hold keeps there, left out."""
    found = []
    for folder, folders, names in os.walk(top):
        if folder == top:
            folders[:] = [name for name in folders if name not in but and not name.startswith(HELD)]
            names = [name for name in names if name not in but]
        found += [os.path.join(folder, name) for name in names]
    return [path for path in found if stat.S_ISREG(os.lstat(path).st_mode)]


def data_bytes(data_dir):
    total = 0
    for path, _ in files_below(data_dir):
        try:
            total += os.lstat(path).st_size
        except FileNotFoundError:
            continue
    return total


def free_bytes(path):
    while not os.path.exists(path):
        path = os.path.dirname(path)
    seen = os.statvfs(path)
    return seen.f_bavail * seen.f_frsize


def take_backup(place):
    """Copies once per hold; what exists already is read back from its manifest."""
    manifest = os.path.join(place.backup, 'manifest.json')
    if not os.path.isfile(manifest):
        copy_all(place)
    with open(manifest, 'rb') as file:
        written = file.read()
    listed = json.loads(written.decode())
    total = sum(one['bytes'] for one in listed)
    return {'path': place.backup, 'files': len(listed), 'bytes': total, 'sha256': hashlib.sha256(written).hexdigest()}


def copy_all(place):
    needed = data_bytes(place.data_dir) + MARGIN
    free = free_bytes(place.data_dir)
    if needed > free:
        raise Refused('NoRoomForBackup', '%d bytes needed, %d free at %s' % (needed, free, place.data_dir))
    scratch = place.backup + '.tmp'
    shutil.rmtree(scratch, ignore_errors=True)
    listed = []
    try:
        for path, name in files_below(place.data_dir):
            copy = os.path.join(scratch, name)
            os.makedirs(os.path.dirname(copy), mode=0o700, exist_ok=True)
            copy_file(path, copy)
            listed.append({'name': name, 'bytes': os.path.getsize(copy), 'sha256': sha256_of(copy)})
            if listed[-1]['sha256'] != sha256_of(path):
                raise Refused('BackupDiffers', path)
    except OSError as problem:
        shutil.rmtree(scratch, ignore_errors=True)
        raise Refused('NoRoomForBackup', str(problem))
    write_synced(os.path.join(scratch, 'manifest.json'), json.dumps(listed, indent=1, sort_keys=True).encode())
    os.rename(scratch, place.backup)
    sync_dir(place.own)


def copy_file(path, copy):
    shutil.copy2(path, copy)
    seen = os.stat(path)
    os.chown(copy, seen.st_uid, seen.st_gid)
    with open(copy, 'rb') as file:
        os.fsync(file.fileno())
