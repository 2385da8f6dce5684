"""`which_applied`: which migration of a history a database is at, by looking at it."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.catalog import Catalog
from qb.kit.diffs.majors import major_of
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.history import History
from qb.kit.reader import introspect
from qb.kit.reworking.replays import Replays
from qb.run.database.db import Db


class WhichApplied(msgspec.Struct, frozen=True, kw_only=True):
    """What a database looks like."""

    at: tuple[str, ...]
    """The migrations behind which it is exactly what it is: several, where some change no catalog. None of them where
    it is nothing that the history makes."""
    empty: bool = False
    """Whether it is as before the first one."""
    nearest: str | None = None
    """The one that it differs least from."""
    differs: tuple[str, ...] = ()
    """In which objects."""

    @property
    def exit_code(self) -> ExitCode:
        """3 where it is nothing that the history makes."""
        return ExitCode.DONE if self.at or self.empty else ExitCode.DIFFERS


Recognizing: TypeAlias = Success[WhichApplied] | Failure[KitError | DbError, WhichApplied]
"""What comes back."""


def which_applied(db: Db, history: History, *, replays: Replays = Replays()) -> Recognizing:
    """Which migrations a database has, whatever its journal says: its catalog is compared with what the history makes
    up to each of them, as they have recorded it, or else as a shadow replays it. Rows are not looked at.

    Errors: those of the history and of a shadow.

    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.reworking.recognizing import which_applied
    >>> one = Migration(id="0001_a", up="CREATE TABLE a ();")
    >>> found = which_applied(db, history_of([one]).unwrap()).unwrap()
    >>> found.at, found.nearest, "table public.a" in found.differs
    ((), '0001_a', True)
    """
    try:
        there = unwrap(introspect(db))
        now = replays.print_of(there)

        def is_now(found: Catalog) -> bool:
            """Of a server of another version it is looked at what differs: the two write expressions in two ways."""
            if major_of(found.version) != major_of(there.version):
                return not replays.changed(found, there)
            return replays.print_of(found) == now

        if is_now(replays.catalog(())):
            return Success(WhichApplied(at=(), empty=True))
        prints = {each.ours: replays.print_of(there, each.ours) for each in history}
        recorded = [each.id for each in history if not each.edited and each.after == prints[each.ours]]
        if recorded:
            return Success(WhichApplied(at=tuple(recorded)))
        best: tuple[int, str, tuple[str, ...]] | None = None
        at: list[str] = []
        for each in reversed(history.migrations):
            found = replays.catalog(history.up_to(each.id))
            if is_now(found):
                at.append(each.id)
                continue
            differs = tuple(map(str, replays.changed(found, there)))
            if best is None or len(differs) < best[0]:
                best = len(differs), each.id, differs
        if at or best is None:
            return Success(WhichApplied(at=tuple(reversed(at))))
        return Success(WhichApplied(at=(), nearest=best[1], differs=best[2]))
    except (KitError, DbError) as error:
        return Failure(error)
