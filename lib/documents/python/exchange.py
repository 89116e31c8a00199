"""Two names change places in one step."""
import ctypes
import os
import platform

from guard import sync_dir
from result import Refused

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
