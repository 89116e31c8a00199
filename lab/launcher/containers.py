"""Container hosts for a shell or a test that needs hosts without the rest of the lab. One JSON line out.

    python containers.py up DIR --node-name dkron-1 --address 10.99.0.11 --join 10.99.0.11,10.99.0.12 --expect 2
    python containers.py up|down|freeze|thaw|wipe|erase|state DIR
    python containers.py exec DIR [--instance-id i-1] -- WORD…     its own output and exit code
    python containers.py can-run                                   prepares the image, runs one container and removes it
    python containers.py sweep                                     ends what is left of labs that are no more
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import container
from container_install import configure
from engine import EngineProblem
from engines import engine, lacking
from hosts import DEFAULT_DKRON
from image import image
from layouts import VARIANTS, Settings
from strays import NOBODY, owner_of, sweep

VERBS = {
    'down': container.power_off,
    'freeze': container.silence,
    'thaw': container.mend,
    'wipe': container.wipe,
    'erase': container.erase,
    'state': container.state,
}


def say(line: str) -> None:
    """For people, beside the line for programs."""
    print(line, file=sys.stderr, flush=True)


def why_not() -> str | None:
    """Why no machine can run here; None when one just did."""
    if told := lacking():
        return told
    try:
        engine().ask('run', '--rm', '--network=none', image(say), '/bin/true')
    except (EngineProblem, OSError) as problem:
        return ' '.join(str(problem).split())
    return None


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description='drive one container host')
    parser.add_argument('verb', choices=['up', *VERBS, 'exec', 'can-run', 'sweep'])
    parser.add_argument('directory', nargs='?', type=lambda text: Path(text).resolve())
    parser.add_argument('--node-name')
    parser.add_argument('--address')
    parser.add_argument('--join', default='', help='addresses, comma-separated')
    parser.add_argument('--expect', type=int, default=1)
    parser.add_argument('--dkron', type=Path, default=Path(os.environ.get('DKRON_BIN') or DEFAULT_DKRON))
    parser.add_argument('--variant', choices=list(VARIANTS), default='packaged')
    parser.add_argument('--agent', action='store_true', help='a node that is no server')
    parser.add_argument('--cut', action='store_true', help='silent from its first process on')
    parser.add_argument('--owner', type=int, help='process id; without that process, the machine is a stray')
    parser.add_argument('--instance-id', default='i-00000000000000000')
    own, words = (argv[: argv.index('--')], argv[argv.index('--') + 1 :]) if '--' in argv else (argv, [])
    asked = parser.parse_args(own)
    if asked.verb == 'can-run':
        told = why_not()
        print(json.dumps({'canRun': told is None, 'why': told}))
        return 0
    if asked.verb == 'sweep':
        print(json.dumps({'removed': sweep()}))
        return 0
    if asked.directory is None:
        parser.error('which directory?')
    directory: Path = asked.directory
    if asked.verb == 'exec':
        environment = {**container.environment(), 'AWS_SSM_INSTANCE_ID': asked.instance_id}
        prefix = container.enter(directory)
        os.execvpe(prefix[0], [*prefix, *words], environment)
    if asked.verb == 'up':
        if asked.node_name:
            joins = tuple(asked.join.split(',')) if asked.join else (asked.address,)
            settings = Settings(asked.node_name, asked.address, joins, asked.expect, not asked.agent)
            owner = owner_of(asked.owner) if asked.owner else NOBODY
            configure(directory, settings, asked.variant, asked.dkron, owner, say)
        container.power_on(directory, asked.cut)
    else:
        VERBS[asked.verb](directory)
    print(json.dumps(container.state(directory)))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
