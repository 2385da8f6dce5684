"""What `with db.transaction()` does. By hand, beside `async_block`, which says why."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

from qb.errors import ConnectionLost, DbError, TransactionAborted
from qb.errors.unseen import Ending
from qb.run.pool.line import Lease
from qb.run.pool.outside import Opened, outside, thread
from qb.run.session.characteristics import Characteristics
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.talk.converse import converse, recover
from qb.run.talk.held import Held, Source
from qb.run.talk.owned import forked
from qb.run.talk.renew import anew
from qb.run.talk.transaction import Mark, enter, leave

X = TypeVar("X")
Y = TypeVar("Y")


class TransactionBlock(Generic[X]):
    """`with db.transaction() as tx`; see there."""

    def __init__(
        self,
        source: Source,
        options: Options,
        characteristics: Characteristics,
        made: Callable[[Held], X],
        *,
        rollback: bool,
        own: bool = True,
    ) -> None:
        self._source = source
        self._options = options
        self._characteristics = characteristics
        self._made = made
        self._begun: tuple[Held, Mark, Lease[Link]] | None = None
        self._own = own
        self._opened: Opened | None = None
        self.rollback = rollback
        """Whether nothing is kept, whatever happens."""
        self.doomed: DbError | None = None
        """After the block, the failure that kept it from being committed."""

    @property
    def entered(self) -> bool:
        """Whether it is open."""
        return self._begun is not None

    def giving(self, view: Callable[[X], Y]) -> TransactionBlock[Y]:
        """The same block, entered with a view of its transaction."""
        made = self._made
        return TransactionBlock(
            self._source, self._options, self._characteristics, lambda held: view(made(held)), rollback=self.rollback
        )

    def __enter__(self) -> X:
        source = self._source
        if self._own and source.opened:
            outside(source.opened, thread(), self._characteristics.sql())
        lease = source.checkout()
        try:
            options, characteristics = self._options, self._characteristics
            mark = anew(source, lease, lambda link: enter(link, options, characteristics))
            held = Held(source, lease, Ending(tells=not self.rollback))
            held.acting = characteristics.acting is not None or (isinstance(source, Held) and source.acting)
            self._begun = held, mark, lease
        finally:
            if self._begun is None or isinstance(source, Held):
                source.give_back(lease)
        if self._own:  # the user's, and not one that a statement takes for itself
            self._opened = source.openers.entered(thread())
        made = self._made(held)
        if characteristics.acting is not None and mark.depth:  # last of all: before, it is nobody's
            held.narrows(self)
        return made

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._begun is None:
            return
        (held, mark, lease), self._begun = self._begun, None
        self._opened = None
        if held.process != os.getpid():  # its parent's: not to be touched
            if error is None:
                raise forked()
            return
        link = held.link
        keep = error is None and not self.rollback
        try:
            held.alive = False
            turn = held.wait(ending=True)  # another thread may be in the middle of a statement
            try:
                recover(link)
                self.doomed = converse(link, leave(link, mark, keep=keep))
            finally:
                held.give_back(turn)
        except DbError as failure:
            self.doomed = failure
        finally:
            if not isinstance(self._source, Held):
                if link.depth:  # interrupted before its end was known
                    link.close()
                self._source.give_back(lease)
        if held.ending is not None:
            held.ending.over(told=isinstance(error, TransactionAborted) or (keep and self.doomed is not None))
        if keep and self.doomed is not None:
            raise self.doomed if isinstance(self.doomed, ConnectionLost) else TransactionAborted(self.doomed)
