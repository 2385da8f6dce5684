"""Composite types. https://www.postgresql.org/docs/current/sql-createtype.html"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from qb.ddl.operation import Create, Drop
from qb.model.composite_type import CompositeType
from qb.model.target import Requirements
from qb.model.type import NamedType
from qb.render.ddl.equal import ANEW, unless_equal
from qb.render.ddl.parts import dropped
from qb.render.literals import string_literal
from qb.types.identifier import qualified_type, quoted


def create(item: CompositeType, operation: Create, needs: Requirements) -> str:
    """CREATE TYPE ... AS. One that stands has to have these fields, in this order: values are read by their places."""
    if not operation.if_not_exists:
        return _made(item)
    anew = replace(item, name=ANEW)
    what = (item.kind, item.identity.title)
    return unless_equal(_made(item), "duplicate_object", _made(anew), (_facts(item), _facts(anew)), what)


def _made(item: CompositeType) -> str:
    fields = ", ".join(_line(name, type_) for name, type_ in item.named.items())
    return f"CREATE TYPE {_name(item)} AS ({fields})"


def _facts(item: CompositeType) -> str:
    """What the catalog says of its fields. https://www.postgresql.org/docs/current/catalog-pg-attribute.html"""
    return (
        "SELECT pg_catalog.jsonb_build_object('fields', pg_catalog.string_agg(pg_catalog.format('%I %s', a.attname, "
        "pg_catalog.format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)) "
        "FROM pg_catalog.pg_type t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0 "
        f"AND NOT a.attisdropped WHERE t.oid = pg_catalog.to_regtype({string_literal(_name(item))})"
    )


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
