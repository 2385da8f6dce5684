"""Transactions and savepoints: how they begin, and how they end. Generators, written once for every world.

https://www.postgresql.org/docs/current/tutorial-transactions.html
"""

from __future__ import annotations

import random
from typing import Any, Final, NamedTuple
from weakref import ref

from psycopg import generators

from qb.errors import (
    ConnectionLost,
    DbError,
    DdlRefused,
    EncodeError,
    InvalidSql,
    QueryError,
    ReadOnly,
    SchemaMismatch,
    ServerError,
    TransactionAborted,
    retryable,
)
from qb.errors.outcome import Failure
from qb.run.session.acting import Acting
from qb.run.session.answers import begin_now, command, commit, doomed
from qb.run.session.characteristics import Characteristics
from qb.run.session.link import BEHIND, IDLE, IN_ERROR, IN_TRANSACTION, NOWHERE, Link, Opening
from qb.run.session.options import Options
from qb.run.session.ready import unlearn
from qb.run.session.settings import Settings
from qb.run.session.wait import Conversation
from qb.tree.transaction_control import SAVEPOINTS

REFUSED_HERE: Final = (DdlRefused, EncodeError, InvalidSql, SchemaMismatch)
"""What a statement may fail of without the server's word: the transaction is to fail of it all the same."""
_BEGINS: Final = frozenset(("BEGIN", "START"))
PAUSE: Final = 0.01
"""Seconds before the first retry of a transaction, at most; each further one waits up to twice as long."""
LONGEST_PAUSE: Final = 1.0


class Mark(NamedTuple):
    """Where a block began: 0 for the transaction itself, n for its nth nested savepoint; and the settings there."""

    depth: int
    settings: Settings | None
    acting: Acting | None = None
    """As whom it ran there, where a savepoint runs as somebody else."""
    narrowed: ref[Any] | None = None
    """The block of the savepoint that it ran in as another role."""


def enter(link: Link, options: Options, characteristics: Characteristics) -> Conversation[Mark]:
    """Begin a transaction, or a savepoint where one is open already.

    Nothing is sent for a transaction: its BEGIN goes along with the first statement, in one message.
    """
    if link.depth:
        return (yield from _savepoint(link, characteristics))
    if options.pooler.swaps:
        unlearn(link)  # a statement that is missing would doom the transaction
    link.failure, link.begun, link.known = None, characteristics, options.settings
    # The depth comes first, and goes last: a link of none has no BEGIN to send, wherever an interrupt strikes.
    link.depth, link.local = 1, None
    also = () if characteristics.acting is None else (characteristics.acting.begins,)
    link.opening = Opening(characteristics.sql(), options.settings, also)
    return Mark(0, options.settings)


def begins_anew(old: Link, new: Link) -> None:
    """Have a transaction begin on another link than the one that turned out to be closed before it began."""
    new.failure, new.begun, new.known = None, old.begun, old.known
    new.depth, new.opening, new.local = old.depth, old.opening, None
    old.opening, old.depth = None, 0


def _savepoint(link: Link, characteristics: Characteristics) -> Conversation[Mark]:
    if not characteristics.within(link.begun):
        raise QueryError(
            "a transaction inside a transaction is a savepoint, which has no isolation level, access mode or deferral "
            "of its own: give them to the outer one, at least as strict as the inner one wants them"
        )
    if link.pgconn.transaction_status == IN_ERROR:
        raise TransactionAborted(link.failure or doomed())
    acting = characteristics.acting
    before = None if acting is None else (yield from _as(link, acting))
    if acting is None:
        yield from command(link, b"SAVEPOINT qb_%d" % link.depth)
    mark = Mark(link.depth, link.local, before, link.narrowed)
    link.depth += 1
    return mark


def _as(link: Link, acting: Acting) -> Conversation[Acting]:
    """A savepoint that runs as somebody else: as whom it ran before. Where that may not be, the transaction around it
    goes on as it was."""
    number = link.depth
    link.unsure = True  # until whoever enters the block holds it: an interrupt may come before
    try:
        result = yield from command(link, b"SAVEPOINT qb_%d; %b" % (number, acting.replaces))
    except DbError:
        if link.pgconn.transaction_status == IN_ERROR:
            yield from command(link, b"ROLLBACK TO qb_%d; RELEASE qb_%d" % (number, number))
            link.unsure = False
        raise
    role, claims = ((result.get_value(0, column) or b"").decode() for column in range(2))
    return Acting(role, claims)


def leave(link: Link, mark: Mark, *, keep: bool) -> Conversation[DbError | None]:
    """End a block: COMMIT or RELEASE if it is to be kept, else ROLLBACK. The failure that doomed it, where one did.

    PostgreSQL ends a failed transaction with a ROLLBACK whatever it is told, so its state is looked at first.
    """
    unfinished = _unfinished() if keep and (link.unsure or link.depth > mark.depth + 1) else None
    keep = keep and unfinished is None
    if mark.depth:
        return (yield from _leave_savepoint(link, mark, keep=keep)) or unfinished
    try:
        doomed = yield from _leave_transaction(link, keep=keep)
    except Exception:
        _over(link)
        raise
    _over(link)
    return doomed or unfinished


def fail(link: Link, error: DbError) -> Conversation[None]:
    """Have the transaction fail as if the server had refused the statement, which may never have reached it: without
    it, what comes before and after is not to be kept."""
    if not link.depth or link.pgconn.transaction_status != (IDLE if link.opening else IN_TRANSACTION):
        return
    yield from begin_now(link)
    link.pgconn.send_query(b'ROLLBACK TO "a write of this transaction has failed"')  # there is none of that name
    yield from generators.execute(link.pgconn)
    link.failure = error


def uncontrolled(link: Link, commands: frozenset[str]) -> DbError | None:
    """Why SQL of the user's own with these commands cannot run in the transaction, or the pipeline, that is open: it
    is not whole when something else ends it, or takes back the role that a savepoint runs as."""
    found = commands if link.narrowed is not None else commands - SAVEPOINTS
    if not found:
        return None
    return ServerError(
        f"{min(found)} was not sent: where qb has begun the transaction, it ends with its block, and savepoints are "
        "blocks within it",
        sqlstate="2D000",
    )


def left_open(link: Link, commands: frozenset[str]) -> DbError | None:
    """Why a statement with these commands cannot run: within a transaction of qb's as `uncontrolled` says; outside of
    one where it would begin one, as the next statement may be another session's."""
    if link.depth:
        return uncontrolled(link, commands)
    if not (found := commands & _BEGINS):
        return None
    return ServerError(
        f"{min(found)} was not sent: the next statement may run on another connection, so that nothing would be in the "
        "transaction: write `with db.transaction() as tx`",
        sqlstate="25001",
    )


def undo_left_open(link: Link) -> Conversation[DbError | None]:
    """Undo what a script has begun and not ended where qb has begun nothing; what to say of it, unless it failed."""
    if link.depth or link.pgconn.transaction_status not in (IN_TRANSACTION, IN_ERROR):
        return None
    failed = link.pgconn.transaction_status == IN_ERROR
    yield from command(link, b"ROLLBACK")
    if failed:
        return None
    return ServerError(
        "the script begins a transaction and does not end it, so what it did in there was undone: end it with COMMIT, "
        "or leave BEGIN and COMMIT out, as a script is one transaction by itself",
        sqlstate="25001",
    )


def _over(link: Link) -> None:
    # SET LOCAL ends with the transaction, whichever way that went. The depth comes last, and not in a `finally`: as
    # long as it is not 0, an interrupt has come before, and the link is not used again.
    link.local, link.failure, link.stream = None if link.dirty else link.settings, None, None
    link.narrowed, link.unsure = None, False
    link.opening, link.staged, link.depth = None, NOWHERE, 0


def _leave_transaction(link: Link, *, keep: bool) -> Conversation[DbError | None]:
    status = link.pgconn.transaction_status
    if link.opening is not None and status == IDLE:
        return None  # nothing was ever sent
    if status == IN_TRANSACTION:
        if keep:
            return (yield from commit(link))
        yield from command(link, b"ROLLBACK")
        return None
    if status == IN_ERROR:
        failure = link.failure or doomed()
        yield from command(link, b"ROLLBACK")
        return failure
    if status == IDLE:
        return ServerError("a statement inside the block ended the transaction", sqlstate="25P01")
    return link.failure or ConnectionLost("the connection was closed within the transaction")


def _leave_savepoint(link: Link, mark: Mark, *, keep: bool) -> Conversation[DbError | None]:
    status = link.pgconn.transaction_status
    if status == IN_TRANSACTION and keep:
        # What is set locally holds until the transaction ends, and not the savepoint: so it is set back.
        back = b"" if mark.acting is None else b"; " + mark.acting.begins
        link.unsure = mark.acting is not None
        yield from command(link, b"RELEASE qb_%d%b" % (mark.depth, back))
        _out(link, mark)
        return None
    if status not in (IN_TRANSACTION, IN_ERROR):
        return link.failure or ConnectionLost("the connection was closed within the transaction")
    failure = (link.failure or doomed()) if status == IN_ERROR else None
    yield from command(link, b"ROLLBACK TO qb_%d; RELEASE qb_%d" % (mark.depth, mark.depth))
    link.failure = None
    link.local = mark.settings
    _out(link, mark)
    if link.staged == NOWHERE:
        link.staged = BEHIND  # one that an interrupt had left, and that was dropped in here, is there again
    return failure


def _out(link: Link, mark: Mark) -> None:
    """Of a savepoint, of the role that it ran as, and of a temporary table that was filled in it."""
    link.narrowed, link.unsure, link.depth = mark.narrowed, False, mark.depth
    if link.staged > mark.depth:
        link.staged = NOWHERE


def _unfinished() -> DbError:
    return ServerError("a transaction inside this one has begun and not ended: it was interrupted", sqlstate="25000")


def again(outcome: object, doomed: DbError | None, attempt: int, retries: int, *, elsewhere: bool = False) -> bool:
    """Whether `transact` runs its function once more: something came in between, and it has tries left.

    What doomed the transaction counts even where the function returned an error of its own for it. `elsewhere`: whether
    a server that does not write is not the one that was meant.
    """
    if attempt >= retries:
        return False
    if doomed is None:
        match outcome:
            case Failure(DbError() as error):
                doomed = error
            case _:
                return False
    return retryable(doomed) or (elsewhere and type(doomed) is ReadOnly)


def pause(attempt: int) -> float:
    """Seconds before the next try: random, so that those who collided do not collide again."""
    return random.uniform(0, min(LONGEST_PAUSE, PAUSE * 2**attempt))
