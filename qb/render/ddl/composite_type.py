"""Composite types. https://www.postgresql.org/docs/current/sql-createtype.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.composite_type import CompositeType
from qb.model.target import Requirements
from qb.model.type import NamedType
from qb.render.ddl.parts import dropped, unless_there
from qb.types.identifier import qualified_type, quoted


def create(item: CompositeType, operation: Create, needs: Requirements) -> str:
    """CREATE TYPE ... AS."""
    fields = ", ".join(_line(name, type_) for name, type_ in item.named.items())
    return unless_there(f"CREATE TYPE {_name(item)} AS ({fields})", operation.if_not_exists)


def alter(before: CompositeType, after: CompositeType, needs: Requirements) -> Iterator[str]:
    """ALTER TYPE ... ATTRIBUTE: what goes first, then what changes, then what comes.

    https://www.postgresql.org/docs/current/sql-altertype.html
    """
    old, new = before.named, after.named
    actions = [f"DROP ATTRIBUTE {quoted(name)}" for name in old if name not in new]
    for name, type_ in new.items():
        if name not in old:
            actions.append(f"ADD ATTRIBUTE {_line(name, type_)}")
        elif old[name] != type_:
            actions.append(f"ALTER ATTRIBUTE {quoted(name)} TYPE {_typed(type_)}")
    yield f"ALTER TYPE {_name(after)} {', '.join(actions)}"


def drop(item: CompositeType, operation: Drop) -> str:
    """DROP TYPE."""
    return dropped(operation, "TYPE", _name(item))


def subject(item: CompositeType) -> str:
    """What COMMENT ON and GRANT call it."""
    return f"TYPE {_name(item)}"


def _name(item: CompositeType) -> str:
    return qualified_type(item.schema, item.name)


def _line(name: str, type_: NamedType) -> str:
    return f"{quoted(name)} {_typed(type_)}"


def _typed(type_: NamedType) -> str:
    return f"{type_.name} COLLATE {type_.collation}" if type_.collation else type_.name
