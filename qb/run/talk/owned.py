"""Who uses a source of links: what both halves know of a pool, and of the link that a transaction holds."""

from __future__ import annotations

import os
from collections.abc import Hashable, Mapping
from types import MappingProxyType
from typing import Final, Protocol
from weakref import ref

from qb.errors import ClosedError, QueryError, ServerError
from qb.errors.unseen import Ending
from qb.run.pool.outside import Openers
from qb.run.session.link import IDLE, IN_ERROR, IN_TRANSACTION, UNKNOWN, Link
from qb.run.talk.transaction import begins_anew

NOBODY: Final[Mapping[object, Hashable]] = MappingProxyType({})


class Block(Protocol):
    """What holds a savepoint open."""

    @property
    def entered(self) -> bool:
        """Whether it was entered, and not left."""
        ...


class Owned(Protocol):
    """What is known of those who use a source."""

    @property
    def opened(self) -> Mapping[object, Hashable]:
        """Who should not use it, as their transaction is open: nobody, of a transaction itself."""
        ...

    @property
    def openers(self) -> Openers:
        """Where those who open a transaction of it are noted."""
        ...

    @property
    def fails_over(self) -> bool:
        """Whether the address means the server that writes, whichever it is: of a transaction, no."""
        ...


class HeldLink:
    """The link of one transaction: one conversation, and none after its end."""

    __slots__ = ("acting", "alive", "ending", "link", "openers", "process")

    opened = NOBODY
    fails_over = False

    def __init__(self, link: Link, ending: Ending | None) -> None:
        self.link: Link = link
        self.process: int = os.getpid()
        self.ending: Ending | None = ending
        self.openers: Openers = Openers()
        self.alive: bool = True
        self.acting: bool = False
        """Whether it runs as another role than the session's own."""

    def seen(self) -> None:
        """Note whether the transaction has begun, of a link that is at rest: whoever sent its BEGIN may have been
        interrupted before the answer."""
        if self.link.pgconn.transaction_status in (IN_TRANSACTION, IN_ERROR, UNKNOWN):
            self.link.opening = None

    def go_on(self, link: Link) -> None:
        """Begin on another link, in the place of one that turned out to be closed."""
        begins_anew(self.link, link)
        self.link = link

    def usable(self) -> None:
        """Raise unless a statement can run: no stream is being read, and the block has not ended."""
        if self.link.stream is None and self.alive:
            return
        if self.link.streaming:
            raise QueryError("a stream is open on this transaction: leave its block first, or read the rows with `all`")
        if not self.alive:
            raise ClosedError("the transaction is over: its block has ended")

    def narrows(self, block: Block) -> None:
        """From now on this block's savepoint is what runs as another role."""
        self.link.narrowed, self.link.unsure = ref(block), False

    def confined(self) -> None:
        """Raise where a statement would run as nobody knows whom, of a link that is at rest: the transaction of a role
        has ended within its block, or a savepoint that runs as another role was interrupted and left."""
        link = self.link
        if self.acting and link.opening is None and link.pgconn.transaction_status == IDLE:
            raise ServerError(
                "a statement inside the block ended the transaction, and with it the role that it ran as",
                sqlstate="25P01",
            )
        inner = None if link.narrowed is None else link.narrowed()
        if link.unsure or (link.narrowed is not None and (inner is None or not inner.entered)):
            raise ServerError(
                "a block inside this transaction that runs as another role was interrupted: begin a new transaction",
                sqlstate="25000",
            )


def ending_of(source: object) -> Ending | None:
    """Who tells of a failure on this source: its block, where it doomed the transaction and is raised at the end."""
    if isinstance(source, HeldLink) and source.link.pgconn.transaction_status in (IN_ERROR, UNKNOWN):
        return source.ending
    return None


def forked() -> ClosedError:
    """For a child process that uses its parent's connection: two cannot talk on one."""
    return ClosedError(
        "this transaction belongs to the process that began it, and this one is a fork of it: begin another one here"
    )


def waits_for_itself() -> QueryError:
    """For a statement within another one of the same thread."""
    return QueryError(
        "a statement of this transaction is still running, and what makes its rows or values runs another one on it, "
        "which would wait for itself: read the rows first, then run statements for each of them"
    )
