"""What a diagram shows: tables in groups, their columns, and what refers to what."""

from __future__ import annotations

from collections import defaultdict
from typing import Final, Literal, TypeAlias

import msgspec

from qb.kit.catalog import Catalog
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.table import TableFact
from qb.kit.qualified import parts
from qb.model.filter import Filter
from qb.model.object import Identity

ShownColumns: TypeAlias = Literal["all", "keys", "none"]
"""Which columns a diagram has: all, those of keys and foreign keys, or none."""
MANY_TABLES: Final = 30
"""Above so many a diagram has the columns of keys alone, unless it is said."""
_SHORT: Final = (
    ("timestamp without time zone", "timestamp"),
    ("time without time zone", "time"),
    ("character varying", "varchar"),
    ("double precision", "float8"),
    ("bit varying", "varbit"),
)


class PictureColumn(msgspec.Struct, frozen=True):
    """A column of a table that is drawn."""

    name: str
    type: str
    key: bool
    """Whether it is in the primary key."""
    refers: bool
    """Whether it is in a foreign key."""
    unique: bool
    optional: bool
    comment: str | None


class PictureTable(msgspec.Struct, frozen=True):
    """A table that is drawn."""

    identity: Identity
    comment: str | None
    columns: tuple[PictureColumn, ...]
    more: int
    """How many columns are not drawn."""


class Arrow(msgspec.Struct, frozen=True):
    """A foreign key: from a table to the one that it points to."""

    name: str
    table: Identity
    columns: tuple[str, ...]
    target: Identity
    target_columns: tuple[str, ...]
    optional: bool
    """Whether a row may point to none."""
    single: bool
    """Whether at most one row points to each."""


class Picture(msgspec.Struct, frozen=True):
    """Tables by groups, each in order, and what refers to what."""

    groups: dict[str, tuple[PictureTable, ...]]
    references: tuple[Arrow, ...]


def picture(catalog: Catalog, of: Filter = Filter(), columns: ShownColumns | None = None) -> Picture:
    """What is to be drawn of a catalog: the tables that `of` covers, without partitions and what extensions brought."""
    tables = {
        identity: fact
        for identity, fact in catalog.of(TableFact).items()
        if fact.bound is None and fact.extension is None and of.covers(identity.schema, identity.name)
    }
    by_place = {(each.schema, each.name): each for each in tables}
    keys: dict[Identity, set[str]] = defaultdict(set)
    unique: dict[Identity, list[frozenset[str]]] = defaultdict(list)
    foreign: dict[Identity, list[tuple[Identity, ConstraintFact]]] = defaultdict(list)
    for identity, fact in catalog.of(ConstraintFact).items():
        table = by_place.get((identity.schema, identity.table))
        if table is None:
            continue
        if identity.kind == "primary key":
            keys[table].update(fact.columns)
        if identity.kind in ("primary key", "unique"):
            unique[table].append(frozenset(fact.columns))
        elif identity.kind == "foreign key":
            foreign[table].append((identity, fact))
    own: dict[Identity, dict[str, ColumnFact]] = defaultdict(dict)
    for identity, column in sorted(catalog.of(ColumnFact).items(), key=lambda item: item[1].position):
        if identity.kind == "column" and (table := by_place.get((identity.schema, identity.table))) is not None:
            own[table][identity.name] = column
    shown = columns or ("keys" if len(tables) > MANY_TABLES else "all")
    groups: dict[str, list[PictureTable]] = {}
    references: list[Arrow] = []
    for identity, table_fact in sorted(tables.items()):
        refers = {name for _, key in foreign[identity] for name in key.columns}
        made = [
            PictureColumn(
                name,
                short_type(column.type),
                name in keys[identity],
                name in refers,
                frozenset((name,)) in unique[identity],
                not column.not_null,
                column.comment,
            )
            for name, column in own[identity].items()
        ]
        drawn = [each for each in made if shown == "all" or (shown == "keys" and (each.key or each.refers))]
        groups.setdefault(identity.schema, []).append(
            PictureTable(identity, table_fact.comment, tuple(drawn), len(made) - len(drawn))
        )
        for key, said in sorted(foreign[identity], key=lambda item: item[0]):
            target = by_place.get(parts(said.target or ""))
            if target is not None:
                optional = any(not own[identity][name].not_null for name in said.columns if name in own[identity])
                single = any(each <= frozenset(said.columns) for each in unique[identity])
                references.append(
                    Arrow(key.name, identity, said.columns, target, said.target_columns, optional, single)
                )
    return Picture({name: tuple(each) for name, each in groups.items()}, tuple(references))


def short_type(type_: str) -> str:
    """A type as one writes it.

    >>> short_type("timestamp with time zone"), short_type("character varying(80)[]")
    ('timestamptz', 'varchar(80)[]')
    """
    for name in ("timestamp", "time"):  # timestamp(3) with time zone
        if type_.startswith(name) and " with time zone" in type_:
            return type_.replace(" with time zone", "").replace(name, f"{name}tz", 1)
        if type_.startswith(name) and " without time zone" in type_:
            return type_.replace(" without time zone", "")
    for written, short in _SHORT:
        type_ = type_.replace(written, short)
    return type_.removeprefix("public.")
