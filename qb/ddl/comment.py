"""What is said of an object."""

from __future__ import annotations

from qb.ddl.base import BaseOperation
from qb.model.object import Identity, Object


class Comment(BaseOperation, frozen=True):
    """COMMENT ON: the text for an object, and the one it had; None for none.

    https://www.postgresql.org/docs/current/sql-comment.html
    """

    object: Object
    text: str | None
    before: str | None = None

    @property
    def identity(self) -> Identity:
        """What it is about."""
        return self.object.identity

    @property
    def needs(self) -> tuple[Identity, ...]:
        """The object it is about."""
        return (self.object.identity,)

    @property
    def inverse(self) -> Comment:
        """The comment it had before."""
        return Comment(self.object, self.before, self.text)
