"""Rows for all tables of a database that has none, so that a migration meets some."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from qb.errors.outcome import Failure, Outcome, ignore
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.ddl.tables import is_partition
from qb.kit.proving.values import literals_of, typed_value, written_column
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.query.script import Script
from qb.run.database.db import Db, Tx
from qb.types.identifier import quoted
from qb.types.trusted import trusted

ROWS: Final = 12
"""How many are made for a table."""
_TRIES: Final = 3
_LITERAL: Final = re.compile(r"'((?:[^']|'')*)'")


def fill_tables(
    db: Db,
    parts: CatalogParts,
    held: Collection[Identity] = (),
    becomes: Mapping[Identity, str] = MappingProxyType({}),
    without: Collection[Identity] = (),
) -> Mapping[Identity, int]:
    """Rows for each table, and how many there are. What holds no NULL afterwards (`held`) has none now, and what
    `becomes` something else has values of that: expressions of the number `n`. The tables `without` stay empty.

    They are of the types of their columns, refer to rows that are there, and keep to what checks name, as far as that
    can be read. A table that takes none of them stays empty. Triggers do not run.
    """
    made: dict[Identity, int] = {}
    filler = _Filler(parts, frozenset(held), becomes)
    for table in filler.tables():
        made[table] = 0 if table in without else filler.rows_of(db, table)
    return made


class _Filler:
    def __init__(self, parts: CatalogParts, held: frozenset[Identity], becomes: Mapping[Identity, str]) -> None:
        self.parts: Final = parts
        self.held: Final = held
        self.becomes: Final = becomes

    def tables(self) -> list[Identity]:
        """Those that rows are put into, each after what it refers to."""
        waiting = sorted(
            identity
            for identity, fact in self.parts.catalog.of(TableFact).items()
            if identity.kind == "table" and not is_partition(fact) and fact.extension is None
        )
        done: list[Identity] = []
        while waiting:
            ready = [each for each in waiting if not (self.targets(each) - {each}) & set(waiting)] or waiting[:1]
            done += ready
            waiting = [each for each in waiting if each not in ready]
        return done

    def keys(self, table: Identity) -> Iterator[ConstraintFact]:
        for each in self.parts.within(table.schema, table.name):
            fact = self.parts.get(each)
            if each.kind == "foreign key" and isinstance(fact, ConstraintFact) and fact.target is not None:
                if not (fact.inherited and not fact.local):
                    yield fact

    def targets(self, table: Identity) -> set[Identity]:
        return {Identity("table", *_twice(each.target or "")) for each in self.keys(table)}

    def rows_of(self, db: Db, table: Identity) -> int:
        """Put in as many as go in, at once or one by one."""
        columns = self.columns(table)
        if columns is None:
            return 0
        names = f" ({', '.join([quoted(name) for name, _ in columns])})" if columns else ""
        values = ", ".join(value for _, value in columns)
        into = f"INSERT INTO {dotted(table.schema, table.name)}{names}"
        if not columns:
            statements = [f"{into} DEFAULT VALUES"] * ROWS
        else:
            chosen = f"{into} SELECT {values} FROM pg_catalog.generate_series("
            if _tried(db, f"{chosen}1, {ROWS}) AS g (n)"):
                return ROWS
            statements = [f"{chosen}{n}, {n}) AS g (n)" for n in range(1, ROWS * _TRIES + 1)]
        found = 0
        for each in statements:
            found += _tried(db, each)
            if found >= ROWS:
                break
        return found

    def columns(self, table: Identity) -> list[tuple[str, str]] | None:
        """Each column with its value; None where one that has to have a value has none that is known."""
        referring: dict[str, str] = {}
        for key in self.keys(table):
            for name, chosen in self.referred(table, key):
                referring.setdefault(name, chosen)
        found: list[tuple[str, str]] = []
        for identity, fact in self.parts.columns(table.schema, table.name):
            if not written_column(identity, fact) or fact.identity:
                continue
            nullable = not fact.not_null and identity not in self.held
            pool = self.pool(table, identity, fact)
            value = referring.get(identity.name) or self.value(identity, fact, pool)
            if value is None:
                if nullable or fact.default is not None:
                    continue
                return None
            found.append((identity.name, f"CASE WHEN n % 3 = 0 THEN NULL ELSE {value} END" if nullable else value))
        return found

    def value(self, column: Identity, fact: ColumnFact, pool: Sequence[str]) -> str | None:
        """What a column holds that refers to nothing."""
        if (after := self.becomes.get(column)) is not None:
            return f"({after})::text::{fact.type}"
        return typed_value(fact.type, self.parts, pool)

    def referred(self, table: Identity, key: ConstraintFact) -> Iterator[tuple[str, str]]:
        """Values of a row that is there, the same row for all columns of the key."""
        target = dotted(*name_parts(key.target or ""))
        for mine, theirs in zip(key.columns, key.target_columns, strict=False):
            column = self.parts.column(table.schema, table.name, mine)
            place = f"n % greatest(1, (SELECT pg_catalog.count(*) FROM {target}))"
            order = ", ".join(quoted(each) for each in key.target_columns)
            chosen = f"(SELECT {quoted(theirs)} FROM {target} ORDER BY {order} LIMIT 1 OFFSET {place})"
            own = Identity("table", *_twice(key.target or "")) == table
            if own and column is not None and column.not_null:
                continue  # which refers to itself
            yield mine, f"({chosen})"

    def pool(self, table: Identity, column: Identity, fact: ColumnFact) -> list[str]:
        """The texts that checks and the bounds of partitions name for a column."""
        found: list[str] = []
        for each in self.parts.within(table.schema, table.name):
            check = self.parts.get(each)
            if each.kind == "check" and isinstance(check, ConstraintFact) and check.columns == (column.name,):
                found += literals_of(check.definition)
        whole = self.parts.get(table)
        key = whole.partition_key if isinstance(whole, TableFact) else None
        if key is not None and f"({column.name}" in key.replace('"', ""):
            found += self.bounds(table, fact)
        return found

    def bounds(self, table: Identity, fact: ColumnFact) -> list[str]:
        found: list[str] = []
        for child in self.parts.children(table.schema, table.name):
            each = self.parts.get(child)
            if isinstance(each, TableFact) and each.bound is not None:
                first = each.bound.partition(" TO ")[0]
                found += [text for text in _quoted(first) if fact.type]
        return found


def _quoted(text: str) -> list[str]:
    return [each.replace("''", "'") for each in _LITERAL.findall(text)]


def _twice(name: str) -> tuple[str, str, str]:
    schema, table = name_parts(name)
    return schema, "", table


def _tried(db: Db, statement: str) -> bool:
    """Whether it could be done: in a transaction of its own, in which no trigger runs."""

    def inserted(tx: Tx) -> Outcome[int]:
        return tx.run(Script(trusted("SET LOCAL session_replication_role = replica"), trusted(statement)))

    outcome = db.transact(inserted)
    if isinstance(outcome, Failure):
        ignore(outcome)
        return False
    return True
