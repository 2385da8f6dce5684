"""Columns of tables and views that are there: how they come, go and change.

https://www.postgresql.org/docs/current/sql-altertable.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.facts.column import ColumnFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines
from qb.kit.planning.ddl.sequences import behind_rows
from qb.kit.planning.ddl.sql_names import changed_foreign_options, changed_options, name_of_table
from qb.kit.planning.ddl.tables import alter_table, column_settings, column_words, identity_options, left_unchecked
from qb.model.object import Identity
from qb.types.identifier import quoted


def _add_column(identity: Identity, fact: ColumnFact, parts: CatalogParts) -> Lines:
    table = Identity(fact.of, identity.schema, "", identity.table)
    settings = column_settings(identity, fact)
    lines = [f"{alter_table(table)} ADD COLUMN {column_words(identity, fact, parts)}"]
    lines += left_unchecked(identity, parts)
    return lines + ([f"{alter_table(table)} {', '.join(settings)}"] if settings else [])


def _drop_column(identity: Identity, fact: ColumnFact, parts: CatalogParts) -> Lines:
    table = Identity(fact.of, identity.schema, "", identity.table)
    return [f"{alter_table(table)} DROP COLUMN {quoted(identity.name)}"]


def _alter_column(change: Altered[ColumnFact]) -> Lines | None:
    """But for its type and whether it may be NULL, which the plan does itself."""
    identity, one, other, name = change.identity, change.one, change.other, quoted(change.identity.name)
    if other.of in ("view", "materialized view"):
        return _alter_view_column(change)
    if one.of != other.of or one.generated != other.generated or (other.generated and one.default != other.default):
        if one.generated == "stored" and not other.generated and not other.identity:
            return _plain_column(change)
        return None
    head, alone = alter_table(Identity(other.of, identity.schema, "", identity.table)), _alone_table(change)
    if "identity" in change.fields:
        counter = None if one.identity else change.after.sequence_of(identity.schema, identity.table, identity.name)
        return [
            *(f"{head} {each}" for each in _identity(change, f"ALTER COLUMN {name}")),
            *((behind_rows(*counter, identity),) if counter is not None else ()),
            *(f"{alone} {each}" for each in _column_settings_changed(change)),
        ]
    found: list[str] = []
    if "default" in change.fields:
        said = "DROP DEFAULT" if other.default is None else f"SET DEFAULT {other.default}"
        found.append(f"ALTER COLUMN {name} {said}")
    return [f"{alone} {each}" for each in (*found, *_column_settings_changed(change))]


def _alone_table(change: Altered[ColumnFact]) -> str:
    """ALTER TABLE of it alone: partitions, and what inherits, may have a default or storage of their own."""
    identity = change.identity
    head = alter_table(Identity(change.other.of, identity.schema, "", identity.table))
    has_others = any(
        parts.column(child.schema, child.name, identity.name) is not None
        for parts in (change.before, change.after)
        for child in parts.children(identity.schema, identity.table)
    )
    return head.replace("TABLE ", "TABLE ONLY ", 1) if has_others else head


def _plain_column(change: Altered[ColumnFact]) -> Lines:
    identity, name = change.identity, quoted(change.identity.name)
    head = alter_table(Identity(change.other.of, identity.schema, "", identity.table))
    found = [f"{head} ALTER COLUMN {name} DROP EXPRESSION"]
    if change.other.default is not None:
        found.append(f"{head} ALTER COLUMN {name} SET DEFAULT {change.other.default}")
    return found + [f"{head} {each}" for each in _column_settings_changed(change)]


def _identity(change: Altered[ColumnFact], head: str) -> list[str]:
    one, other = change.one, change.other
    if not one.identity:
        counts = identity_options(change.identity, change.after)
        first = [f"{head} DROP DEFAULT"] if one.default is not None else []
        return [*first, f"{head} ADD GENERATED {other.identity.upper()} AS IDENTITY{counts}"]
    if not other.identity:
        last = [f"{head} SET DEFAULT {other.default}"] if other.default is not None else []
        return [f"{head} DROP IDENTITY", *last]
    return [f"{head} SET GENERATED {other.identity.upper()}"]


def _column_settings_changed(change: Altered[ColumnFact]) -> list[str]:
    one, other, head = change.one, change.other, f"ALTER COLUMN {quoted(change.identity.name)}"
    found: list[str] = []
    if "storage" in change.fields:
        found.append(f"{head} SET STORAGE {(other.storage or 'default').upper()}")
    if "compression" in change.fields:
        found.append(f"{head} SET COMPRESSION {other.compression or 'default'}")
    if "statistics" in change.fields:
        found.append(f"{head} SET STATISTICS {-1 if other.statistics is None else other.statistics}")
    if "options" in change.fields:
        if other.of == "foreign table":
            found.append(f"{head} {changed_foreign_options(change.identity, one.options, other.options)}")
        else:
            found += [f"{head} {each}" for each in changed_options(one.options, other.options)]
    return found


def inherited_columns(column: Identity, parts: CatalogParts) -> Iterator[tuple[Identity, ColumnFact]]:
    """The same column of partitions, and of what inherits."""
    for child in parts.children(column.schema, column.table):
        found = parts.column(child.schema, child.name, column.name)
        if found is not None and found.inherited:
            each = Identity("column", child.schema, child.name, column.name)
            yield each, found
            yield from inherited_columns(each, parts)


def column_differences(identity: Identity, one: ColumnFact, other: ColumnFact) -> Lines:
    """Where a column that is made with its parent's is not as that: its default and its settings."""
    head = f"ALTER TABLE ONLY {name_of_table(identity)}"
    lines: Lines = []
    if other.default != one.default and not other.generated and not other.identity:
        said = "DROP DEFAULT" if other.default is None else f"SET DEFAULT {other.default}"
        lines.append(f"{head} ALTER COLUMN {quoted(identity.name)} {said}")
    names = ("storage", "compression", "statistics", "options")
    fields = frozenset(each for each in names if getattr(one, each) != getattr(other, each))
    none = CatalogParts(Catalog({}, {}))
    changed = _column_settings_changed(Altered(identity, one, other, fields, none, none))
    return [*lines, *(f"{head} {each}" for each in changed)]


def _alter_view_column(change: Altered[ColumnFact]) -> Lines | None:
    identity, other, name = change.identity, change.other, quoted(change.identity.name)
    word = "MATERIALIZED VIEW" if other.of == "materialized view" else "VIEW"
    head = f"ALTER {word} {name_of_table(identity)}"
    found = _column_settings_changed(change)
    if "default" in change.fields:
        said = "DROP DEFAULT" if other.default is None else f"SET DEFAULT {other.default}"
        found.append(f"ALTER COLUMN {name} {said}")
    return [f"{head} {each}" for each in found]


def view_column_lines(identity: Identity, fact: ColumnFact) -> Lines:
    """What is said of a column of a view once that is there."""
    word = "MATERIALIZED VIEW" if fact.of == "materialized view" else "VIEW"
    found = column_settings(identity, fact) if fact.of == "materialized view" else []
    if fact.default is not None:
        found.append(f"ALTER COLUMN {quoted(identity.name)} SET DEFAULT {fact.default}")
    return [f"ALTER {word} {name_of_table(identity)} {each}" for each in found]


COLUMN_RULE: Final = DdlRule(_add_column, _alter_column, _drop_column)
