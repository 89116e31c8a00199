"""Clean: a data-dir that is held, put aside at the release, and begun anew. Nothing of it is ever deleted (rule 13)."""
import os

from guard import sync_dir, write_synced
from place import HELD, Place, held_by, keep_earlier, raft_kind
from result import Refused

CLEAN_README = """\
Requorum case {case} holds this Dkron server so that it is let back in clean: with an empty data-dir that the leader fills.
Dkron cannot start while a regular file named `raft` stands in {data}. What was done:
{done}, and Dkron was stopped. No backup: this directory is only renamed.

TO GO ON (only when a leader works and every other server with old data is fenced):
  mkdir -p -m 700 {own}/old
  mv {held} {own}/old/raft
  rm {data}/raft
Then start Dkron with DKRON_BOOTSTRAP_EXPECT=0 and DKRON_RETRY_JOIN=<this host>:8946,<the leader>:8946 in its environment, or in
its flags where it has these: with another bootstrap-expect it may become a cluster of its own and erase every job.

TO GO BACK (as if nothing had happened):
{back}
"""


class CleanPlace(Place):
    """`keeper`: the closed case under whose hold the data lies, where it is not this one's."""

    def __init__(self, data_dir, case_id, keeper=None):
        super().__init__(data_dir, case_id)
        self.keeper = keeper
        self.held = os.path.join(data_dir, HELD + (keeper or case_id))
        self.readme = os.path.join(self.held, 'README-' + case_id if keeper else 'README')
        self.old = os.path.join(self.own, 'old')
        self.aside = os.path.join(self.old, 'raft')

    def is_held(self):
        """By this case or its keeper. What was put aside is held too as long as the file stands that nothing can start on."""
        case = held_by(self.data_dir)
        if case not in (None, self.case_id, self.keeper):
            raise Refused('HeldByOtherCase', case)
        return case is not None or self.put_aside() and raft_kind(self.data_dir) == 'file'

    def put_aside(self):
        return os.path.isdir(self.aside)

    def hold_clean(self, unit):
        """Where there is no data an empty directory is held: nothing can start there either."""
        keep_earlier(self.old)
        if self.keeper:
            write_synced(self.readme, self.explain('case %s had held it, and goes on holding it' % self.keeper, unit))
            return
        try:
            os.mkdir(self.raft, 0o700)
        except FileExistsError:
            pass
        self.hold(self.explain('this directory was renamed from `raft`', unit).decode())

    def explain(self, done, unit):
        if self.keeper:
            back = '  rm %s\n(case %s holds it as before: see README)' % (self.readme, self.keeper)
        else:
            start = '\n  ' + unit.start_line()
            back = '  rm {0}/raft\n  mv {1} {0}/raft'.format(self.data_dir, self.held) + start * self.record()['wasRunning']
        told = dict(case=self.case_id, data=self.data_dir, own=self.own, held=self.held, done=done, back=back)
        return CLEAN_README.format(**told).encode()

    def put_data_aside(self):
        """By renaming, while the file stands: at no moment can Dkron start on the old data."""
        if self.put_aside():
            return
        self.keep_readme()
        os.makedirs(self.old, mode=0o700, exist_ok=True)
        os.rename(self.held, self.aside)
        sync_dir(self.old)
        sync_dir(self.data_dir)

    def keep_readme(self):
        if os.path.exists(self.readme):
            os.rename(self.readme, os.path.join(self.own, 'README'))

    def make_way(self):
        """An empty data-dir: the next start begins anew."""
        if raft_kind(self.data_dir) == 'file':
            os.remove(self.raft)
            sync_dir(self.data_dir)

    def back_as_found(self):
        """The other way round: what was put aside, held or made goes back to where and what it was."""
        if self.put_aside():
            os.rename(self.aside, self.held)
            os.rmdir(self.old)
            sync_dir(self.data_dir)
        if self.keeper:
            self.keep_readme()
            return
        if self.is_held():
            self.unhold()
        self.sweep()
        if self.record().get('found') == 'missing' and os.path.isdir(self.raft) and not os.listdir(self.raft):
            os.rmdir(self.raft)


def begun_anew(place):
    """Dkron made a new log where the old one was put aside."""
    return place.put_aside() and os.path.isfile(os.path.join(place.raft, 'raft.db'))


def clean_place(data_dir, case_id):
    """As this case's hold recorded it; None where its hold was none to be cleaned."""
    record = Place(data_dir, case_id).record()
    if record.get('role') != 'clean':
        return None
    return CleanPlace(data_dir, case_id, None if record.get('undone') else record.get('heldBy'))
