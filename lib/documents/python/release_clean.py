"""Release of a server that is let back in clean: old data aside, an empty data-dir, and a start that cannot bootstrap."""
import time

import procfs
from clean import begun_anew, clean_place
from place import raft_kind
from result import Refused, clock, instant
from stop import dkron_processes, is_agent, settings_of, stop_all

PATIENCE_FOR_LOG = 20.0
NEVER_BOOTSTRAP = '0'


def release_clean(order, unit, orders):
    """(outcome, place, start, problem) as release tells them."""
    place = clean_place(order['dataDir'], orders['caseId'])
    look_clean(place, order)
    if not place.is_held() and unit.active() and not told_to_bootstrap(place, unit):
        return 'already-released', place, place.record()['startedAt'], ''
    stop_all(unit, place.data_dir)
    wake = override(unit, orders['caseId'], order['joinOverride'])
    started = instant(clock())
    place.remember(releasedAt=started, startedAt=started, over=orders['counter'])
    place.put_data_aside()
    place.make_way()
    return 'released', place, started, start_clean(place, unit, wake)


def look_clean(place, order):
    """Old data in place is never started on, whoever put it there."""
    if not place or place.record().get('undone'):
        raise Refused('NotHeld', '%s/raft is a %s' % (order['dataDir'], raft_kind(order['dataDir'])))
    if place.is_held() or place.put_aside():
        return
    if raft_kind(place.data_dir) != 'missing':
        raise Refused('OldDataInPlace', '%s is a %s, and nothing was put aside' % (place.raft, raft_kind(place.data_dir)))
    raise Refused('NotHeld', '%s is missing' % place.raft)


def override(unit, case_id, joins):
    """In force before the data-dir is open: whoever starts Dkron from then on, it joins and does not bootstrap."""
    told = {'retry-join': ','.join(joins), 'bootstrap-expect': NEVER_BOOTSTRAP}
    unit.override(case_id, told, asleep=True)
    unit.load_program()
    if unit.settings().value('bootstrap-expect')[0] != NEVER_BOOTSTRAP:
        raise Refused('BootstrapNotOverridden', 'the next start would be told %s' % unit.settings().value('bootstrap-expect')[0])
    return lambda: unit.override(case_id, told)


def start_clean(place, unit, wake):
    """Past the point of no return a failure is a finding, never a refusal."""
    try:
        wake()
        unit.start()
        until = time.monotonic() + PATIENCE_FOR_LOG
        while time.monotonic() < until and not begun_anew(place) and unit.state() != 'failed':
            time.sleep(0.05)
        if told_to_bootstrap(place, unit):
            stop_all(unit, place.data_dir)
            return 'stopped again: it was not told bootstrap-expect 0 (a script that sets it?); '
        return ''
    except Refused as no:
        return '%s: %s; ' % (no.code, no.detail)


def told_to_bootstrap(place, unit):
    """What the server that runs was told, be it by a script that its manager knows nothing of."""
    servers = [pid for pid in dkron_processes(place.data_dir, unit) if is_agent(procfs.arguments(pid))]
    return any(settings_of(pid).value('bootstrap-expect')[0] != NEVER_BOOTSTRAP for pid in servers)
