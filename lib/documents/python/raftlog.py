"""Position, terms, configuration and jobs of a Raft log, from raft.db and the newest snapshot."""
import json
import os
import struct
import time

from bolt import Bolt, Foreign, Torn, unpack
from result import Refused

COMMAND, CONFIGURATION = 0, 5
SET_JOB, DELETE_JOB = 0, 1
SUFFRAGE = ('voter', 'nonvoter', 'staging')
TERMS_KEPT = 200


def read_log(raft_dir):
    """LogFacts of survey.ts. Refuses with NoLog, LogForeign or LogTorn. Never writes, takes no lock."""
    path = os.path.join(raft_dir, 'raft.db')
    if not os.path.isfile(path):
        raise Refused('NoLog', 'no raft.db in ' + raft_dir)
    torn = None
    for _ in range(50):
        try:
            return look_once(path, os.path.join(raft_dir, 'snapshots'))
        except Foreign as problem:
            raise Refused('LogForeign', '%s: %s' % (path, problem))
        # A snapshot that Dkron reaps between two steps is gone when it is opened: look again.
        except (Torn, FileNotFoundError, struct.error, IndexError, KeyError, TypeError, ValueError, AttributeError) as problem:
            torn = problem
            time.sleep(0.01)
    raise Refused('LogTorn', '%s: %s: %s' % (path, type(torn).__name__, torn))


def look_once(path, snapshots):
    stable, raw = read_buckets(path)
    snapshot = newest_snapshot(snapshots)
    entries = [decode(key, value) for key, value in raw]
    last = entries[-1] if entries else None
    terms = []
    for entry in entries:
        if not terms or terms[-1]['term'] != entry['Term']:
            terms.append({'term': entry['Term'], 'firstIndex': entry['Index']})
    taken = snapshot['index'] if snapshot else 0
    newest = [entry for entry in entries if entry.get('Type') == CONFIGURATION and entry['Index'] > taken][-1:]
    behind = snapshot is not None and (last is None or last['Index'] < snapshot['index'])
    return {
        'lastTerm': snapshot['term'] if behind else last['Term'] if last else 0,
        'lastIndex': snapshot['index'] if behind else last['Index'] if last else 0,
        'firstIndex': entries[0]['Index'] if entries else None,
        'entries': len(entries),
        'terms': terms[-TERMS_KEPT:],
        'snapshot': {'index': snapshot['index'], 'term': snapshot['term']} if snapshot else None,
        'configuration': servers(unpack(newest[0]['Data'])[0]) if newest else snapshot['servers'] if snapshot else [],
        'configurationIndex': newest[0]['Index'] if newest else snapshot['configurationIndex'] if snapshot else 0,
        'currentTerm': stable,
        'jobs': count_jobs(snapshot, [entry for entry in entries if entry['Index'] > taken]),
    }


def read_buckets(path):
    """Pages first, decoding later: what was read counts only when no two writes came between (bolt reuses pages then)."""
    fd = os.open(path, os.O_RDONLY)
    try:
        bolt = Bolt(fd)
        stable = dict(bolt.bucket(b'conf'))
        raw = bolt.bucket(b'logs')
        if Bolt(fd).transaction > bolt.transaction + 1:
            raise Torn('the server wrote meanwhile')
    finally:
        os.close(fd)
    return int.from_bytes(stable.get(b'CurrentTerm', b''), 'big'), raw


def decode(key, value):
    entry, _ = unpack(value)
    if entry['Index'] != int.from_bytes(key, 'big'):
        raise Torn('entry %d under key %r' % (entry['Index'], key))
    return entry


def servers(configuration):
    return [
        {
            'id': server['ID'].decode(),
            'address': server['Address'].decode(),
            'suffrage': SUFFRAGE[server.get('Suffrage') or 0],
        }
        for server in configuration.get('Servers') or []
    ]


def newest_snapshot(folder):
    """As Raft chooses: highest term, then index, then name; unfinished ones end in .tmp."""
    found = []
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        meta = os.path.join(folder, name, 'meta.json')
        if not name.endswith('.tmp') and os.path.isfile(meta):
            with open(meta) as file:
                told = json.load(file)
            found.append((told['Term'], told['Index'], name, told))
    if not found:
        return None
    term, index, name, told = max(found, key=lambda one: one[:3])
    members = [
        {'id': server['ID'], 'address': server['Address'], 'suffrage': SUFFRAGE[server.get('Suffrage') or 0]}
        for server in told['Configuration']['Servers'] or []
    ]
    return {
        'term': term,
        'index': index,
        'servers': members,
        'configurationIndex': told.get('ConfigurationIndex') or 0,
        'state': os.path.join(folder, name, 'state.bin'),
        'size': told.get('Size'),
    }


def count_jobs(snapshot, entries):
    """Replays what Dkron's store does with jobs: name -> (parent, dependent jobs)."""
    jobs = snapshot_jobs(snapshot) if snapshot else dict()
    if jobs is None:
        return None
    for entry in entries:
        data = entry.get('Data') or b''
        if entry.get('Type') not in (COMMAND, None) or not data or data[0] not in (SET_JOB, DELETE_JOB):
            continue
        fields = protobuf_strings(data[1:])
        name, parent = fields.get(1, [''])[-1], fields.get(15, [''])[-1]
        if data[0] == SET_JOB and name:
            set_job(jobs, name, parent, fields.get(14, []))
        elif data[0] == DELETE_JOB and name in jobs and not jobs[name][1]:
            leave(jobs, name, jobs.pop(name)[0])
    return len(jobs)


def set_job(jobs, name, parent, dependents):
    """A job needs its parent. What is set replaces the dependents that were known, as Dkron itself does."""
    if parent and parent not in jobs:
        return
    before = jobs[name][0] if name in jobs else ''
    jobs[name] = parent, dependents
    if parent != before and leave(jobs, name, before) and parent:
        set_job(jobs, parent, jobs[parent][0], jobs[parent][1] + [name])


def leave(jobs, name, parent):
    """False when the parent is gone: Dkron ends there with an error."""
    if not parent:
        return True
    if parent not in jobs:
        return False
    set_job(jobs, parent, jobs[parent][0], [one for one in jobs[parent][1] if one != name])
    return True


def protobuf_strings(data):
    """Length-delimited fields by number: all that a job's name, parent and dependents need."""
    found, at = dict(), 0
    while at < len(data):
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 2:
            size, at = varint(data, at)
            if tag >> 3 in (1, 14, 15):
                found.setdefault(tag >> 3, []).append(data[at : at + size].decode('utf-8', 'replace'))
            at += size
        elif kind == 0:
            _, at = varint(data, at)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise Torn('protobuf wire type %d' % kind)
    return found


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def snapshot_jobs(snapshot):
    """state.bin is buntdb's own form: `*3 $3 set $n jobs:<name> $m <json>`. None when it is incomplete or not that."""
    jobs = dict()
    try:
        if snapshot['size'] is not None and os.path.getsize(snapshot['state']) != snapshot['size']:
            return None
        with open(snapshot['state'], 'rb') as file:
            for head in iter(file.readline, b''):
                words = [bulk(file) for _ in range(int(head[1:]))]
                if words[0].lower() == b'set' and words[1].startswith(b'jobs:'):
                    job = json.loads(words[2].decode())
                    jobs[words[1][5:].decode()] = job.get('parent_job') or '', job.get('dependent_jobs') or []
    except (OSError, ValueError, IndexError):
        return None
    return jobs


def bulk(file):
    size = int(file.readline()[1:])
    word = file.read(size + 2)
    if len(word) != size + 2:
        raise ValueError('cut short')
    return word[:-2]
