"""What of a schema is ours, where a filter says it; the rest is somebody else's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from msgspec.structs import replace

from qb.declare.description import TableInfo
from qb.declare.gather import BesideTable
from qb.declare.keys import PrimaryKey, Unique
from qb.errors import DefinitionError
from qb.model.filter import Filter
from qb.model.namespace import Namespace
from qb.model.object import Standalone


def matching(*, schemas: Sequence[str] = (), names: Sequence[str] = (), leave: Sequence[str] = ()) -> Filter:
    """Which objects are ours, for `schema(..., ours=matching(schemas=["app"]))`: by patterns of schemas and names.

    What is declared and not ours is as if it were `external`: named, queried and pointed to, and never created,
    changed, dropped or compared; what stands beside such a table is left out, too. `leave` are names that are not ours
    after all. Patterns are those of a shell: `*` is any text, `?` a letter, `[ab]` one of some.
    Errors: DefinitionError.

    >>> ours = schema(User, Task, ours=matching(leave=["user*"]))
    >>> create_all(ours).operations
    (<create table tasks>,)
    """
    given = {"schemas": schemas, "names": names, "leave": leave}
    for option, patterns in given.items():
        if isinstance(patterns, str):
            raise DefinitionError(f"matching takes a list of patterns: write {option}=[{patterns!r}]")
        for each in cast("Sequence[object]", patterns):
            if not isinstance(each, str) or not each:
                raise DefinitionError(f"matching: {option} are patterns of names, not {each!r}")
    return Filter(*(tuple(sorted(set(patterns))) for patterns in given.values()))


def our_tables(infos: Iterable[TableInfo], ours: Filter) -> list[TableInfo]:
    """The tables, those that are not ours as somebody else's."""
    return [
        info if info.external or ours.covers(info.source.schema, info.source.name) else replace(info, external=True)
        for info in infos
    ]


def our_beside(values: Iterable[BesideTable], ours: Filter) -> list[BesideTable]:
    """What stands beside tables; of one that is not ours its keys alone, as they may be pointed to."""
    return [
        each
        for each in values
        if isinstance(each, PrimaryKey | Unique) or ours.covers(each.table.schema, each.table.name)
    ]


def our_others(items: Iterable[Standalone], ours: Filter) -> list[Standalone]:
    """The same of what stands by itself and lives in a schema."""
    return [
        replace(each, external=True) if each.lives_in_schema and not ours.covers(each.schema, each.name) else each
        for each in items
    ]


def our_namespaces(spaces: Iterable[Namespace], ours: Filter) -> tuple[Namespace, ...]:
    """The same of PostgreSQL schemas."""
    return tuple(each if ours.has(each.name) else replace(each, external=True) for each in spaces)
