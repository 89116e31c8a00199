"""Which Dkron a binary is. Go writes the modules into every binary, also where no release set a version ("devel")."""
import mmap
import re
import shutil

MAGIC = b'\xff Go buildinf:'
WINDOW = 1 << 18
MODULE = re.compile(rb'github\.com/distribworks/dkron(?:/v(\d+))?(?:\t(?:v(\d+\.\d+\.\d+)|\(devel\)))?')


def built_version(path):
    """'4.0.5' where the module says so, '4' where only the major version is known, None where nothing is."""
    try:
        with open(path, 'rb') as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as image:
            found = modules_of(image)
    except (OSError, ValueError):
        return None
    whole = [version for _, version in found if version]
    majors = [major for major, _ in found if major]
    return (whole or majors or [b''])[0].decode() or None


def modules_of(image):
    """[(major, version)] after the first mark that Dkron follows: a program may name the mark in a string of its own."""
    found, at = [], image.find(MAGIC)
    while at >= 0 and not found:
        found = [match.groups() for match in MODULE.finditer(image[at : at + WINDOW])]
        at = image.find(MAGIC, at + 1)
    return found


def program_of(settings, pid):
    """The file that runs, else the one that would."""
    return '/proc/%d/exe' % pid if pid else shutil.which((settings.argv or [''])[0]) or ''
