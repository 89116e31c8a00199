"""Processes as /proc shows them. What cannot be read (gone meanwhile) is simply not there."""
import os
import signal


def read_proc(pid, name):
    try:
        with open('/proc/%d/%s' % (pid, name), 'rb') as file:
            return file.read()
    except OSError:
        return b''


def words(pid, name):
    return [word.decode('utf-8', 'replace') for word in read_proc(pid, name).split(b'\0') if word]


def arguments(pid):
    return words(pid, 'cmdline')


def environment(pid):
    return dict(word.split('=', 1) for word in words(pid, 'environ') if '=' in word)


def link(pid, name):
    try:
        return os.readlink('/proc/%d/%s' % (pid, name))
    except OSError:
        return ''


def status(pid):
    """(state letter, parent) or None when there is no such process."""
    fields = read_proc(pid, 'stat').rpartition(b')')[2].split()
    return (fields[0].decode(), int(fields[1])) if len(fields) > 1 else None


def control_group(pid):
    """As the manager of services knows it, seen from where this host's first process is (a host may be a container itself)."""
    name, root = managed_hierarchy()
    return groups_of(pid).get(name, '')[len(root) :]


def managed_hierarchy():
    """(name, root): the one in which the manager has a scope for itself; another may be mounted beside it, for old containers."""
    own, scope = groups_of(1), '/init.scope'
    found = [name for name in ('name=systemd', '') if own.get(name, '').endswith(scope)]
    if found:
        return found[0], own[found[0]][: -len(scope)]
    return 'name=systemd' if 'name=systemd' in own else '', ''


def groups_of(pid):
    """{hierarchy: group}; that of version 2 has no name."""
    lines = [line.split(':', 2) for line in read_proc(pid, 'cgroup').decode('utf-8', 'replace').splitlines()]
    return dict((line[1], line[2]) for line in lines if len(line) == 3)


def living():
    """{pid: parent} of everything that runs, save this script itself. Zombies hold nothing."""
    found = dict()
    for name in os.listdir('/proc'):
        seen = status(int(name)) if name.isdigit() and int(name) != os.getpid() else None
        if seen and seen[0] not in 'ZX':
            found[int(name)] = seen[1]
    return found


def descendants(roots, parents):
    found = set(root for root in roots if root in parents)
    grown = True
    while grown:
        children = set(pid for pid, parent in parents.items() if parent in found)
        grown = not children <= found
        found |= children
    return found


def writes_to(pid, file_id):
    """Whether the process has the file (device, inode) open for writing: holds in containers too, where paths differ."""
    try:
        numbers = os.listdir('/proc/%d/fd' % pid)
    except OSError:
        return False
    for number in numbers:
        try:
            seen = os.stat('/proc/%d/fd/%s' % (pid, number))
        except OSError:
            continue
        if (seen.st_dev, seen.st_ino) == file_id:
            flags = [line for line in read_proc(pid, 'fdinfo/' + number).split(b'\n') if line.startswith(b'flags:')]
            if flags and int(flags[0].split()[1], 8) & 3:
                return True
    return False


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def freeze(pids):
    send(pids, signal.SIGSTOP)


def kill(pids):
    """SIGKILL and nothing else: SIGTERM makes Dkron leave, and a leave shrinks the configuration (facts/dkron 6)."""
    # Children first: what a dead parent leaves behind stopped is continued by the kernel, and a stop signal may wait for it.
    send(sorted(pids, reverse=True), signal.SIGKILL)
