"""An operation as SQL. The module that writes a kind of object is called as the kind is: nothing lists them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, Protocol, assert_never, cast

from qb.ddl.operation import Comment, Compare, Create, Drop, Operation
from qb.errors import DefinitionError
from qb.model.index import Index
from qb.model.target import Requirements
from qb.render.ddl.standing import unless_other
from qb.render.literals import string_literal


class Writer(Protocol):
    """What the module of a kind has."""

    def create(self, item: Any, operation: Create, needs: Requirements, /) -> str:
        """The statement that creates an object."""
        ...

    def drop(self, item: Any, operation: Drop, /) -> str:
        """The statement that drops it."""
        ...

    def subject(self, item: Any, /) -> str:
        """What COMMENT ON calls it."""
        ...


@cache
def writer(kind: str) -> Writer:
    """The module that writes a kind of object."""
    return cast("Writer", import_module(f"qb.render.ddl.{kind.replace(' ', '_')}"))


def write(operation: Operation, needs: Requirements) -> str:
    """The one statement of an operation. DefinitionError where the server it is for lacks something."""
    match operation:
        case Create(object=item) | Drop(object=item) if operation.concurrently and not isinstance(item, Index):
            raise DefinitionError(f"{item.identity}: only an index is created and dropped concurrently")
        case Create(object=item):
            return writer(item.kind).create(item, operation, needs)
        case Drop(object=item):
            return writer(item.kind).drop(item, operation)
        case Comment(object=item, text=text):
            said = "NULL" if text is None else string_literal(text)
            return f"COMMENT ON {writer(item.kind).subject(item)} IS {said}"
        case Compare(tables=tables):
            return unless_other(tables)
        case _:
            assert_never(operation)
