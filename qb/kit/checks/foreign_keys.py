"""What is doubtful about foreign keys.

https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qb.kit.checks.hit import Hit, columns_there, enumerated
from qb.kit.checks.subject import Subject, TableKey
from qb.kit.facts.column import ColumnFact
from qb.kit.qualified import parts
from qb.model.object import Identity
from qb.types.identifier import quoted


def without_index(subject: Subject) -> Iterator[Hit]:
    """Deleting or changing what it points to reads the whole table, with that row locked."""
    for identity, _ in subject.whole:
        indexes = subject.indexes.get((identity.schema, identity.name), [])
        usable = [each.parts for each in indexes if each.fact.valid and each.parts.method in ("btree", "hash")]
        for key in _keys(subject, identity):
            columns, target = key.fact.columns, _target(key)
            leading = (each.columns[: len(columns)] for each in usable if _is_of_all(each.where, columns))
            if not any(set(each) == set(columns) for each in leading):
                text = f"no index begins with {enumerated(columns)}, so that deleting from {target} reads all of it"
                names = ", ".join(columns)
                yield Hit(key.identity, text, f"add an index on ({names})", columns_there(key.identity, columns))


def _is_of_all(where: str | None, columns: Sequence[str]) -> bool:
    """Whether an index has all rows that the key asks for: those in which its columns are NULL it never does."""
    if where is None:
        return True
    given = {f"{name} IS NOT NULL" for each in columns for name in (each, quoted(each))}
    return given.issuperset(each.strip("()") for each in where.split(" AND "))


def of_another_type(subject: Subject) -> Iterator[Hit]:
    """Both sides are cast for each comparison, and one may hold what the other cannot."""
    for identity, _ in subject.whole:
        own = subject.of_table(identity)
        for key in _keys(subject, identity):
            schema, name = parts(key.fact.target or "")
            other = subject.columns.get((schema, name), {})
            for column, target in zip(key.fact.columns, key.fact.target_columns, strict=False):
                mine, theirs = own.get(column), other.get(target)
                if mine is not None and theirs is not None and mine.base != theirs.base:
                    text = f"{column} is {mine.type} and points to {_target(key)}.{target}, which is {theirs.type}"
                    yield Hit(key.identity, text, "give both one type", columns_there(key.identity, (column,)))


def twice(subject: Subject) -> Iterator[Hit]:
    """Two constraints that ask the same of each row."""
    for identity, _ in subject.whole:
        seen: dict[tuple[object, ...], Identity] = {}
        for key in sorted(_keys(subject, identity)):
            pairs = frozenset(zip(key.fact.columns, key.fact.target_columns, strict=False))
            before = seen.setdefault((pairs, key.fact.target), key.identity)
            if before is not key.identity:
                text = f"it asks what {before.name} asks already"
                yield Hit(key.identity, text, "drop one of them", (before, *columns_there(identity, key.fact.columns)))


def sets_null(subject: Subject) -> Iterator[Hit]:
    """ON DELETE SET NULL of a column that is never NULL: the deletion fails."""
    for identity, _ in subject.whole:
        own = subject.of_table(identity)
        for key in _keys(subject, identity):
            for event in ("DELETE", "UPDATE"):
                _, action, rest = key.fact.definition.partition(f" ON {event} SET NULL")
                if not action:
                    continue
                named = [name for name in key.fact.columns if rest.startswith(" (") and name in rest]
                never = [name for name in named or key.fact.columns if _is_never_null(own.get(name))]
                if never:
                    text = f"ON {event} SET NULL, and {enumerated(never)} is never NULL, and so it fails when needed"
                    fix = "take another action, or let the column be NULL"
                    yield Hit(key.identity, text, fix, columns_there(identity, never))


def half_null(subject: Subject) -> Iterator[Hit]:
    """A key of several columns is not asked at all where one of them is NULL (MATCH SIMPLE)."""
    for identity, _ in subject.whole:
        own = subject.of_table(identity)
        for key in _keys(subject, identity):
            nullable = [name for name in key.fact.columns if not _is_never_null(own.get(name))]
            if len(key.fact.columns) > 1 and nullable and " MATCH FULL" not in key.fact.definition:
                if len(nullable) == len(key.fact.columns):
                    together = "a check that all or none are NULL, or MATCH FULL"
                    text = f"where one of {enumerated(key.fact.columns)} is NULL the others are not looked at"
                    yield Hit(key.identity, text, f"add {together}", columns_there(identity, nullable))


def _keys(subject: Subject, table: Identity) -> list[TableKey]:
    return [each for each in subject.keys(table, "foreign key") if each.fact.local or not each.fact.inherited]


def _target(key: TableKey) -> str:
    schema, name = parts(key.fact.target or "")
    return f"{schema}.{name}"


def _is_never_null(column: ColumnFact | None) -> bool:
    return column is not None and column.not_null
