"""Commands and variables as a unit file writes them, read and written as systemd does (systemd.service, systemd.exec)."""
import pwd
import re


def home_of(user):
    try:
        return pwd.getpwnam(user).pw_dir
    except KeyError:
        return '/root'


def pairs(lines):
    return dict(line.split('=', 1) for line in lines if '=' in line)


def assignments(path):
    """NAME=value of a file of variables: with or without quotes, comments left out."""
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            lines = [line.strip() for line in file.read().replace('\\\n', '').splitlines()]
    except OSError:
        return []
    told = [line.partition('=') for line in lines if line and line[0] not in '#;']
    return ['%s=%s' % (name.strip(), value.strip().strip('"\'')) for name, sign, value in told if sign]


def expanded(argv, environ):
    """As systemd does at the start: `$NAME` as a word becomes words, `${NAME}` stays one, `$$` is a dollar."""
    found = []
    for word in argv:
        if re.match(r'\$\w+$', word):
            found += environ.get(word[1:], '').split()
        else:
            found.append(re.sub(r'\$\{(\w+)\}|\$\$', lambda one: environ.get(one.group(1), '') if one.group(1) else '$', word))
    return found


def quoted(word):
    """One word of ExecStart= that means itself."""
    for sign, written in (('\\', '\\\\'), ('"', '\\"'), ('%', '%%'), ('$', '$$')):
        word = word.replace(sign, written)
    return '"%s"' % word
