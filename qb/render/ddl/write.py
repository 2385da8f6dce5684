"""An operation as SQL. The module that writes a kind of object is called as the kind is: nothing lists them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any, Protocol, assert_never, cast

from qb.ddl.operation import Alter, Comment, Compare, Create, Drop, Grant, Operation, Revoke
from qb.errors import DefinitionError
from qb.model.index import Index
from qb.model.role import PUBLIC_ROLE
from qb.model.target import Feature, Requirements
from qb.render.ddl.standing import unless_other
from qb.render.literals import string_literal
from qb.types.identifier import quoted


class Writer(Protocol):
    """What the module of a kind has."""

    def create(self, item: Any, operation: Create, needs: Requirements, /) -> str | tuple[str, ...]:
        """The statement that creates an object, or several."""
        ...

    def drop(self, item: Any, operation: Drop, /) -> str | tuple[str, ...]:
        """The statement that drops it, several, or none where it goes with something else."""
        ...

    def subject(self, item: Any, /) -> str:
        """What COMMENT ON calls it."""
        ...


class Altering(Protocol):
    """What the module of a kind has beside that where ALTER can change one of its own fields."""

    def alter(self, before: Any, after: Any, needs: Requirements, /) -> Iterable[str]:
        """The statements that make one of the other."""
        ...


class Granting(Protocol):
    """What the module of a kind has where GRANT calls it otherwise than COMMENT ON does."""

    def granted(self, item: Any, /) -> tuple[str, str]:
        """What stands behind each privilege, and what it is on."""
        ...


@cache
def writer(kind: str) -> Writer:
    """The module that writes a kind of object."""
    return cast("Writer", import_module(f"qb.render.ddl.{kind.replace(' ', '_')}"))


def statements(operation: Operation, needs: Requirements) -> tuple[str, ...]:
    """The statements of an operation. DefinitionError where the server it is for lacks something."""
    if isinstance(operation, Create | Drop):
        made = _made(operation, needs)
        return (made,) if isinstance(made, str) else made
    if not isinstance(operation, Alter):
        return (write(operation, needs),)
    before, after = operation.before, operation.after
    found = [each for step in operation.steps for each in statements(step, needs)]
    if not before.holds.issuperset(before.differing(after)):
        found += cast("Altering", writer(after.kind)).alter(before, after, needs)
    return tuple(found)


def write(operation: Operation, needs: Requirements) -> str:
    """The same as one text."""
    match operation:
        case Create() | Drop() | Alter():
            return ";\n".join(statements(operation, needs))
        case Comment(object=item, text=text):
            said = "NULL" if text is None else string_literal(text)
            return f"COMMENT ON {writer(item.kind).subject(item)} IS {said}"
        case Grant():
            return f"GRANT {_privileges(operation, needs)} TO {_role(operation.role)}"
        case Revoke():
            return f"REVOKE {_privileges(operation, needs)} FROM {_role(operation.role)}"
        case Compare(tables=tables):
            return unless_other(tables)
        case _:
            assert_never(operation)


def _made(operation: Create | Drop, needs: Requirements) -> str | tuple[str, ...]:
    item = operation.object
    if operation.concurrently and not isinstance(item, Index):
        raise DefinitionError(f"{item.identity}: only an index is created and dropped concurrently")
    if isinstance(operation, Create):
        return writer(item.kind).create(item, operation, needs)
    return writer(item.kind).drop(item, operation)


def _privileges(operation: Grant | Revoke, needs: Requirements) -> str:
    """`SELECT, INSERT ON TABLE "users"`."""
    item = operation.object
    for each in operation.privileges:
        needs.add(Feature(f"the privilege {each}", item.privileges[each]), item.identity.title)
    module = writer(item.kind)
    behind, on = cast("Granting", module).granted(item) if hasattr(module, "granted") else ("", module.subject(item))
    return f"{', '.join(each.upper() + behind for each in operation.privileges)} ON {on}"


def _role(name: str) -> str:
    return "PUBLIC" if name == PUBLIC_ROLE else quoted(name)
