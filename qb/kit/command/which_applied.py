"""`qb which-applied`: which migration a database is at, by looking at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.reworking import replays_of
from qb.kit.command.frame.running import history_of_config
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.reworking.recognizing import WhichApplied


@shell_command("qb which-applied", "qb which-applied --database production --json")
def perform(invocation: Invocation) -> Reply[WhichApplied]:
    """Say which migration a database is at, whatever its journal says.

    Its catalog is compared with what the history makes up to each migration. For a database without a journal, one that
    was restored, or one that nobody trusts. Exits with 3 where it is nothing that the history makes.
    """
    from qb.kit.reworking.recognizing import which_applied

    database = invocation.database()
    history = history_of_config(database)
    db = invocation.connect(database)
    with invocation.progress("Comparing with what the migrations make"):
        found = unwrap(which_applied(db, history, replays=replays_of(invocation, database)))
    return Reply(found, show=lambda: _shown(found), exit_code=found.exit_code)


def _shown(found: WhichApplied) -> str:
    if found.empty:
        return "it is as before the first migration"
    if found.at:
        return f"it is as behind {' and '.join(found.at)}; if its journal says nothing: qb baseline {found.at[-1]}"
    if found.nearest is None:
        return "there are no migrations"
    some = ", ".join(found.differs[:5]) + (", ..." if len(found.differs) > 5 else "")
    return f"it is nothing that the migrations make; nearest is {found.nearest}, which differs in {some}"
