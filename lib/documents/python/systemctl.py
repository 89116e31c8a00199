"""The tools of systemd, and the files that a unit is told by: what systemd.py does everything with."""
import os
import subprocess

from result import Refused
from supervisor import write_text

TOOL_SECONDS = 30


def systemctl(*words, may_fail=False):
    return run_tool(['systemctl'] + list(words), may_fail)


def run_tool(argv, may_fail=False):
    environ = dict(os.environ, LC_ALL='C', SYSTEMD_PAGER='', SYSTEMD_COLORS='0')
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ, timeout=TOOL_SECONDS)
    except (OSError, subprocess.SubprocessError) as problem:
        raise Refused('ServiceManagerUnreachable', '%s: %s' % (' '.join(argv), problem))
    if done.returncode and not may_fail:
        raise Refused('ServiceManagerRefused', '%s: %s' % (' '.join(argv), done.stderr.decode('utf-8', 'replace').strip()))
    return done.stdout.decode('utf-8', 'replace')


def drop_in(path, text):
    make_folder(os.path.dirname(path))
    write_text(path, text)
    try:
        systemctl('daemon-reload')
    except Refused:
        os.remove(path)
        raise


def make_folder(path):
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as problem:
        raise Refused('NoDropIn', '%s: %s' % (path, problem))


def remove(path):
    if os.path.exists(path):
        os.remove(path)
