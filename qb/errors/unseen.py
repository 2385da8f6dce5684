"""A failure that nobody looked at is told once it is lost, as asyncio does for exceptions.

A `Watch` belongs to a failure, and to all that share it; when the last one goes and nobody has looked, it warns.
"""

from __future__ import annotations

import sys
import warnings
from types import FrameType
from weakref import ref

ABORTED = "25P02"
"""The SQLSTATE of "current transaction is aborted", which says of a statement only that another one has failed."""
SHOWN = 300
"""Characters of a statement that a warning shows."""


class UnseenFailure(RuntimeWarning):
    """A failure was collected and nobody had looked at it: it was not matched, compared, shown or asked for anything.

    Its text has the error's class and the statement without values. An error under `-W error`, and in `qb.testing` the
    test fails. `qb.ignore(outcome)` says that a failure may be lost.

    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     failed = db.execute(insert(new(User)(name="Ada")))
    ...     del failed
    >>> print(told[0].message)
    nobody looked at a failure, UniqueViolation of INSERT INTO "users" ("name") VALUES ($1::varchar): ...
    """


class Ending:
    """How the block of a transaction ended. A failure that doomed it is told by the TransactionAborted it raises.

    `tells` is False of a block that is rolled back in any case: what is dropped in it is told at once.
    """

    __slots__ = ("_doomed", "_dropped", "_kept", "_open", "_told")

    def __init__(self, *, tells: bool = True) -> None:
        self._dropped: list[str] = []
        self._open = tells
        self._told = False
        self._doomed: ref[Watch] | None = None
        self._kept: Watch | None = None

    def watch(self, error: object, what: str) -> Watch:
        """The watch of a failure in the block: "the transaction is aborted" is the failure that aborted it again."""
        doomed = None if self._doomed is None else self._doomed()
        if doomed is not None and getattr(error, "sqlstate", None) == ABORTED:
            return doomed
        made = Watch(what, self)
        self._doomed = ref(made)
        if self._open:
            self._kept = made  # as long as others may come that are the same
        return made

    def over(self, *, told: bool) -> None:
        """The block has ended; `told`: with an error that names what doomed the transaction."""
        self._open, self._told = False, told
        self._doomed = self._kept = None
        dropped, self._dropped = self._dropped, []
        if not told:
            for what in dropped:
                Watch(what)

    def keep(self, what: str) -> bool:
        """Whether a failure that nobody looked at is told by the block, or will be."""
        if self._open:
            self._dropped.append(what)
        return self._open or self._told


class Watch:
    """Whether somebody has looked at the failure, or at one of those that share it; told when the last one goes."""

    __slots__ = ("__weakref__", "ending", "seen", "what")

    def __init__(self, what: str, ending: Ending | None = None) -> None:
        self.what: str = what
        self.ending: Ending | None = ending
        self.seen: bool = False

    def __del__(self) -> None:
        if self.seen or (self.ending is not None and self.ending.keep(self.what)):
            return
        text = (
            f"nobody looked at a failure, {self.what}: match it, take its value with qb.unwrap(...), run it on "
            "db.raising, or say qb.ignore(...)"
        )
        warnings.warn(text, UnseenFailure, stacklevel=caller())


def watch_of(error: object, sql: str | bytes, ending: Ending | None) -> Watch:
    """What watches a failure of a run."""
    what = f"{type(error).__name__} of {shortened(sql)}"
    return Watch(what) if ending is None else ending.watch(error, what)


def shortened(sql: str | bytes) -> str:
    """A statement on one line, and no longer than can be read."""
    text = " ".join((sql.decode() if isinstance(sql, bytes) else sql).split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"


def caller() -> int:
    """The `stacklevel` of the code outside of qb that is running."""
    level = 1
    frame: FrameType | None = sys._getframe(1)  # pyright: ignore[reportPrivateUsage] - there is no other way to it
    while frame is not None and f"{frame.f_globals.get('__name__')}.".startswith("qb."):
        level, frame = level + 1, frame.f_back
    return level
