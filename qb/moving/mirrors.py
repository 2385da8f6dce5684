"""What keeps the other storage current: writes of one type, and the statements that queue them and say how many wait.

A transaction that writes queues what the other storage is to do, in the same transaction: both are kept, or neither.
"""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import msgspec
from typing_extensions import TypeForm

from qb.declare.new import new
from qb.errors import DbError, DefinitionError, QueryError
from qb.frozen import Frozen, fix
from qb.moving.outbox import Ledger, MirrorName, Outbox, WriteLine, WriteNumber
from qb.query.alias import alias
from qb.query.delete import Delete, delete
from qb.query.excluded import excluded
from qb.query.exists import exists
from qb.query.functions.fn import fn
from qb.query.insert import insert
from qb.query.prepared.prepare import prepare
from qb.query.raw import sql
from qb.query.returning import Returning
from qb.query.select import Select, select
from qb.query.statement import Command, Rows
from qb.query.update import Update, update
from qb.types.annotation import shown
from qb.types.json import why_no_document

W = TypeVar("W")
W_co = TypeVar("W_co", covariant=True)

_LOCKS: Final = 29_026
"""The first of the two numbers of an advisory lock: no program that numbers its locks by one meets these."""


_LOG: Final = logging.getLogger("qb.moving")


class QueuedWrite(msgspec.Struct, Generic[W_co], frozen=True):
    """A write that the other storage is to do. `number` grows along its line; no other write of the mirror has it."""

    mirror: MirrorName
    line: WriteLine
    number: WriteNumber
    write: W_co
    attempts: int
    """How often it has failed."""
    queued_at: dt.datetime


class Backlog(msgspec.Struct, frozen=True):
    """What a mirror has yet to do. `failing` have been tried; `oldest` is None where nothing waits."""

    waiting: int
    failing: int
    lines: int
    oldest: dt.datetime | None


class Delivery(msgspec.Struct, frozen=True):
    """What one round of replaying has done: `failed` lines wait for a later one."""

    delivered: int
    failed: int


class Mirror(Frozen, Generic[W]):
    """What `mirror` gives: its methods make statements, which any database or transaction runs."""

    __slots__ = ("_decoder", "_read", "kind", "name")
    name: MirrorName
    kind: Any
    _decoder: msgspec.json.Decoder[Any]
    _read: Callable[[Outbox], QueuedWrite[W]]

    def __init__(self, name: str, kind: Any) -> None:
        fix(self, "name", MirrorName(name))
        fix(self, "kind", kind)
        fix(self, "_decoder", msgspec.json.Decoder(kind))
        fix(self, "_read", self.read)

    def __reduce__(self) -> tuple[object, ...]:
        return Mirror, (self.name, self.kind)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mirror) and (self.name, self.kind) == (other.name, other.kind)

    def __hash__(self) -> int:
        return hash((self.name, self.kind))

    def __repr__(self) -> str:
        return f"<mirror {self.name!r} of {shown(self.kind)}>"

    def queue(self, write: W, /, *, line: str = "") -> Rows[WriteNumber]:
        """Queue a write, in the transaction that does the same in the primary: `tx.one(old.queue(...))`.

        Transactions that queue writes of one line wait for each other from there to their ends: so their numbers have
        the order in which they were committed. Queue late in a transaction, and let a line be what is worked on by few
        at a time: a project, an organization. Errors: QueryError for a write that would not come back as it is.
        https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS
        """
        # The lock is a row that the insert reads: it is held before a number is drawn.
        statement = sql(
            "WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock({locks}::integer, hashtext({lock}))) "
            "INSERT INTO {outbox} (mirror, line, write) SELECT {mirror}, {line}, {write} FROM held RETURNING id",
            locks=_LOCKS,
            lock=f"{self.name}\x1f{line}",
            outbox=Outbox,
            mirror=self.name,
            line=line,
            write=self._text(write),
        )
        return statement.rows(WriteNumber)

    def backlog(self) -> Rows[Backlog]:
        """How much waits: `db.one(old.backlog())`."""
        return _backlog(self.name)

    def waiting(self, *, limit: int = 50) -> Rows[QueuedWrite[W]]:
        """The writes that wait, the oldest first. A document that is no write any more fails to be read."""
        query = select(Outbox).where(Outbox.mirror == self.name).order_by(Outbox.id).limit(limit)
        return query.map(self._read)

    def retry(self) -> Command:
        """Have all that failed be tried in the next round, however long it was to wait."""
        waiting = Outbox.mirror == self.name, Outbox.attempts > 0
        return update(Outbox).set(Outbox.due_at.to(fn.now())).where(*waiting)

    def give_up(self, number: WriteNumber) -> Command:
        """Take a write away that can never be done, so that its line goes on."""
        return delete(Outbox).where(Outbox.mirror == self.name, Outbox.id == number)

    def read(self, row: Outbox) -> QueuedWrite[W]:
        """The write in a row of the outbox."""
        write = self._decoder.decode(row.write)
        return QueuedWrite(row.mirror, row.line, row.id, write, row.attempts, row.queued_at)

    def _text(self, write: W) -> str:
        try:
            text = msgspec.json.encode(write).decode()
            back: object = self._decoder.decode(text)
        except Exception as error:
            raise QueryError(
                f"{self!r}: a {type(write).__name__} cannot be written as JSON and read again "
                f"({type(error).__name__}): a write is one of {shown(self.kind)}"
            ) from None
        if back != write:
            raise QueryError(
                f"{self!r}: a {type(write).__name__} would be read back as another value: JSON keeps names, numbers, "
                "texts, times, lists of them"
            )
        return text


def mirror(name: str, kind: TypeForm[W], /) -> Mirror[W]:
    """A mirror: its name, under which several share the outbox, and the type of its writes, a tagged union of Structs.

    `Outbox` is a table of the primary's schema; `deliver` replays what waits there. Errors: DefinitionError for a type
    that no document can be read as.

    >>> from qb.moving import Ledger, Outbox, deliver, mirror, once
    >>> class Renamed(msgspec.Struct, frozen=True, tag=True):
    ...     user: int
    ...     name: str
    >>> class Removed(msgspec.Struct, frozen=True, tag=True):
    ...     user: int
    >>> db.run(create_all(schema(Outbox)))
    <Success: 3>
    >>> old = mirror("old", Renamed | Removed)
    >>> def rename(db: Db, user: int, name: str) -> Outcome[int]:
    ...     def work(tx: Tx) -> Outcome[int]:
    ...         unwrap(tx.one(old.queue(Renamed(user, name), line="users")))
    ...         return tx.execute(update(User).set(User.name.to(name)).where(User.id == user))
    ...
    ...     return db.transact(work)
    >>> rename(db, 1, "Ada L.")
    <Success: 1>
    >>> rename(db, 2, "Ada L.")
    <Failure: another row has the same value: ...>
    >>> db.one(old.backlog()).unwrap().waiting
    1
    """
    if not name or "\0" in name:
        raise DefinitionError("mirror takes its name, such as 'old', and the type of its writes")
    if (reason := why_no_document(kind)) is not None:
        raise DefinitionError(f"mirror({name!r}, ...): {reason}")
    return Mirror(name, kind)


# ------------------------------------------------------------------------------------ what `deliver` and `once` say

_NewLedger = new(Ledger)


@prepare
def following(mirror: MirrorName, without: list[WriteLine], line: WriteLine | None = None) -> Select[Outbox]:
    """The next write that is due: the first of a line, which nobody else is at, and of none of these lines."""
    earlier = alias(Outbox, "earlier")
    first = ~exists(
        select(earlier.id).where(earlier.mirror == Outbox.mirror, earlier.line == Outbox.line, earlier.id < Outbox.id)
    )
    query = select(Outbox).where(Outbox.mirror == mirror, Outbox.due_at <= fn.now(), Outbox.line.not_in(without), first)
    if line is not None:
        query = query.where(Outbox.line == line)
    return query.order_by(Outbox.id).limit(1).for_("update", skip_locked=True)


@prepare
def done(number: WriteNumber) -> Delete[Outbox]:
    """It has been done."""
    return delete(Outbox).where(Outbox.id == number)


@prepare
def failed(number: WriteNumber, error: str, pause: dt.timedelta) -> Update[Outbox]:
    """It has not, and is to wait."""
    again = Outbox.attempts.to(Outbox.attempts + 1), Outbox.due_at.to(fn.now() + pause), Outbox.error.to(error)
    return update(Outbox).set(*again).where(Outbox.id == number)


@prepare
def advanced(
    mirror: MirrorName, line: WriteLine, number: WriteNumber, queued_at: dt.datetime
) -> Returning[WriteNumber]:
    """The line is as far as this write; no row where it was before."""
    reached = insert(_NewLedger(mirror=mirror, line=line, number=number, queued_at=queued_at))
    return reached.on_conflict(
        Ledger.mirror,
        Ledger.line,
        update=[Ledger.number.to(excluded(Ledger.number)), Ledger.queued_at.to(excluded(Ledger.queued_at))],
        update_where=Ledger.number < excluded(Ledger.number),
    ).returning(Ledger.number)


@prepare
def reached_before(mirror: MirrorName, line: WriteLine) -> Select[Ledger]:
    """How far a line is."""
    return select(Ledger).where(Ledger.mirror == mirror, Ledger.line == line)


def done_before(queued: QueuedWrite[object], last: Ledger) -> None:
    """None of the write that a line has done last. QueryError of any other, which would be lost in silence."""
    if (last.number, last.queued_at) == (queued.number, queued.queued_at):
        return
    raise QueryError(
        f"the ledger of {queued.mirror!r} is at write {last.number} of the line {queued.line!r}, and this is another "
        f"one of number {queued.number}: the outbox was made anew or restored, or another database has a mirror of "
        "this name. See what is missing in the other storage, then give the mirror another name, or its ledger no rows"
    )


@prepare
def _backlog(mirror: MirrorName) -> Select[Backlog]:
    waiting = select(
        fn.count(),
        fn.count().filter(Outbox.attempts > 0),
        fn.count(Outbox.line, distinct=True),
        fn.min(Outbox.queued_at),
    )
    return waiting.where(Outbox.mirror == mirror).map(Backlog)


def not_delivered(mirror: Mirror[Any], row: Outbox, error: object) -> None:
    """Log what a write failed of. What exceptions of others say may hold values, so it is their class and place."""
    said = f": {error}" if isinstance(error, DbError) else ""
    stack = traceback.extract_tb(error.__traceback__) if isinstance(error, BaseException) else ()
    where = f", raised at {stack[-1].filename}:{stack[-1].lineno} in {stack[-1].name}" if stack else ""
    _LOG.warning(
        "%r: write %d failed, and stays for another time (%s%s%s)", mirror, row.id, type(error).__name__, said, where
    )
