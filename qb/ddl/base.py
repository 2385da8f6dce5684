"""What every operation says of itself: what it is about, what it needs, how it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qb.model.object import Identity


class BaseOperation(msgspec.Struct, frozen=True):
    """What is done to one object."""

    if TYPE_CHECKING:

        @property
        def identity(self) -> Identity:
            """What it is about."""
            ...

    @property
    def needs(self) -> tuple[Identity, ...]:
        """What has to be there first."""
        return ()

    @property
    def gives(self) -> tuple[Identity, ...]:
        """What is there afterwards."""
        return ()

    @property
    def takes(self) -> tuple[Identity, ...]:
        """What is there no more afterwards."""
        return ()

    @property
    def inverse(self) -> BaseOperation | None:
        """What undoes it and leaves everything as it was; None where that cannot be, or is not known."""
        return None

    @property
    def transactional(self) -> bool:
        """Whether it may run in a transaction."""
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} {self.identity}>"
