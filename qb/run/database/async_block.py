"""What `async with db.transaction()` does.

By hand, beside `block`, as the two differ: a ROLLBACK has to be said in a task that is being cancelled, too, and is
shielded for that; a thread that is interrupted while it ends its block closes the link.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Generic, TypeVar

import anyio

from qb.errors import ConnectionLost, DbError, TransactionAborted
from qb.errors.unseen import Ending
from qb.run.pool.line import Lease
from qb.run.pool.outside import Opened, outside, task
from qb.run.session.characteristics import Characteristics
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.session.wait import stop_clock
from qb.run.talk.async_held import AsyncHeld, AsyncSource
from qb.run.talk.async_renew import anew_async, renewed_async
from qb.run.talk.converse import PATIENCE, converse_async, converse_whole, recover_async
from qb.run.talk.owned import forked
from qb.run.talk.transaction import Mark, enter, leave

X = TypeVar("X")
Y = TypeVar("Y")


class AsyncTransactionBlock(Generic[X]):
    """`async with db.transaction() as tx`; see there."""

    def __init__(
        self,
        source: AsyncSource,
        options: Options,
        characteristics: Characteristics,
        made: Callable[[AsyncHeld], X],
        *,
        rollback: bool,
        own: bool = True,
    ) -> None:
        self._source = source
        self._options = options
        self._characteristics = characteristics
        self._made = made
        self._begun: tuple[AsyncHeld, Mark, Lease[Link]] | None = None
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

    def giving(self, view: Callable[[X], Y]) -> AsyncTransactionBlock[Y]:
        """The same block, entered with a view of its transaction."""
        made = self._made
        return AsyncTransactionBlock(
            self._source, self._options, self._characteristics, lambda held: view(made(held)), rollback=self.rollback
        )

    async def __aenter__(self) -> X:
        source = self._source
        if self._own and source.opened:
            outside(source.opened, task(), self._characteristics.sql())
        lease = await source.checkout()
        try:
            options, characteristics = self._options, self._characteristics
            if isinstance(source, AsyncHeld):
                mark, struck = await self._savepoint(source, lease)
            else:
                mark = await anew_async(source, lease, lambda link: enter(link, options, characteristics))
                struck = None
            held = AsyncHeld(source, lease, Ending(tells=not self.rollback))
            held.acting = characteristics.acting is not None or (isinstance(source, AsyncHeld) and source.acting)
            self._begun = held, mark, lease
        finally:
            if self._begun is None or isinstance(source, AsyncHeld):
                source.give_back(lease)
        if self._own:  # the user's, and not one that a statement takes for itself
            self._opened = source.openers.entered(task())
        made = self._made(held)
        if characteristics.acting is not None and mark.depth:  # last of all: before, it is nobody's
            held.narrows(self)
        if struck is not None:  # cancelled while the savepoint began: what is there is undone
            await self.__aexit__(type(struck), struck, struck.__traceback__)
            raise struck
        return made

    async def _savepoint(self, source: AsyncHeld, lease: Lease[Link]) -> tuple[Mark, BaseException | None]:
        while True:
            try:
                return await converse_whole(lease.link, enter(lease.link, self._options, self._characteristics))
            except ConnectionLost:
                if not await renewed_async(source, lease):
                    raise

    async def __aexit__(
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
        held.alive = False
        keep = error is None and not self.rollback
        struck: BaseException | None = None
        try:
            if keep:
                self.doomed, struck = await self._leave(held, mark, keep=True)
            else:
                self.doomed, struck = await self._undo(held, mark)
        except DbError as failure:
            self.doomed = failure
        except BaseException:  # cancelled in the COMMIT, or while another task was in the middle of a statement
            with suppress(DbError):
                await self._undo(held, mark)
            raise
        finally:
            if not isinstance(self._source, AsyncHeld):
                if held.link.depth:  # interrupted before its end was known
                    held.link.close()
                self._source.give_back(lease)
        if held.ending is not None:
            held.ending.over(
                told=isinstance(error, TransactionAborted) or (keep and self.doomed is not None and struck is None)
            )
        if struck is not None:
            raise struck
        if keep and self.doomed is not None:
            raise self.doomed if isinstance(self.doomed, ConnectionLost) else TransactionAborted(self.doomed)

    async def _leave(self, held: AsyncHeld, mark: Mark, *, keep: bool) -> tuple[DbError | None, BaseException | None]:
        """What doomed it; and what cancelled the task meanwhile, where that is no reason to stop half-way."""
        turn = await held.wait(ending=True)  # another task may be in the middle of a statement
        try:
            await recover_async(held.link)
            if not mark.depth:
                return await converse_async(held.link, leave(held.link, mark, keep=keep)), None
            doomed, struck = await converse_whole(held.link, leave(held.link, mark, keep=keep))
        finally:
            held.give_back(turn)
        return doomed, struck

    async def _undo(self, held: AsyncHeld, mark: Mark) -> tuple[DbError | None, BaseException | None]:
        """Roll back, also in a task that is being cancelled."""
        scope = anyio.move_on_after(PATIENCE, shield=True)
        try:
            with scope:
                return await self._leave(held, mark, keep=False)
        finally:
            stop_clock(scope)
        held.link.close()
        return ConnectionLost("the server did not answer a ROLLBACK in time"), None
