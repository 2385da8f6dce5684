"""What the tables of a database hold, row by row; and what of it a change has to keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from qb import Database, sql, trusted
from qb.kit import Catalog
from qb.kit.facts.column import ColumnFact
from qb.types.identifier import quoted

Row: TypeAlias = tuple[tuple[str, str | None], ...]
Contents: TypeAlias = Mapping[str, Sequence[Mapping[str, str | None]]]
"""Of each table its rows: of each column the value as text."""
_RENAME: Final = "--hint=rename:"
_FILL: Final = "--hint=fill:"
_LABEL: Final = "--hint=label:"
_DROP: Final = "--allow=drop-column:"


def contents(db: Database, catalog: Catalog) -> Contents:
    """All rows but those of partitions, which are their table's, and of the journal."""
    return {
        each.title.removeprefix("public."): _rows(db, catalog, each.schema, each.name)
        for each, fact in catalog.items()
        if each.kind == "table" and each.schema != "qb" and getattr(fact, "bound", None) is None
    }


def _rows(db: Database, catalog: Catalog, schema: str, table: str) -> list[dict[str, str | None]]:
    names = [
        each.name
        for each, fact in catalog.items()
        if isinstance(fact, ColumnFact) and (each.kind, each.schema, each.table) == ("column", schema, table)
    ]
    listed = ", ".join(f"{quoted(name)}::text" for name in names)
    text = f"SELECT ARRAY[{listed}]::text[] FROM {quoted(schema)}.{quoted(table)} ORDER BY 1"
    found = db.all(sql(trusted(text)).rows(list[str | None])).unwrap()
    return [dict(zip(names, row, strict=True)) for row in found]


class Told:
    """What the words of changes say of rows."""

    def __init__(self, words: Sequence[str]) -> None:
        self.renames: Final = dict(_pairs(words, _RENAME))
        self.labels: Final = dict(_pairs(words, _LABEL))
        self.fills: Final = {name for name, _ in _pairs(words, _FILL)}
        self.drops: Final = {each.removeprefix(_DROP) for each in words if each.startswith(_DROP)}

    def table(self, name: str) -> str:
        """What it is called afterwards."""
        return self.renames.get(name, name)

    def column(self, table: str, name: str) -> str:
        """The same of a column, which may be of a table that is renamed."""
        found = self.renames.get(f"{table}.{name}")
        return name if found is None else found.rpartition(".")[2]


def _pairs(words: Sequence[str], begin: str) -> Iterator[tuple[str, str]]:
    for each in words:
        if each.startswith(begin):
            left, _, right = each.removeprefix(begin).partition("=")
            yield left, right


def lost(catalog: Catalog, one: Contents, other: Contents, told: Told, *, back: bool = False) -> list[str]:
    """What is in the one and not in the other, though nothing says that it goes; `back` where that is undone again.

    A value that a label takes the place of is that label, one that is filled is not NULL any more, and what a trigger
    writes in `updated_at` of a row that is filled is its own.
    """
    found: list[str] = []
    for table, rows in one.items():
        now = table if back else told.table(table)
        if now not in other:
            found.append(f"{table} is gone")
        elif len(rows) != len(other[now]):
            found.append(f"{table} had {len(rows)} rows and has {len(other[now])}")
        elif rows:
            found += _values(catalog, table, rows, other[now], told, back=back)
    return found


def _values(
    catalog: Catalog,
    table: str,
    rows: Sequence[Mapping[str, str | None]],
    others: Sequence[Mapping[str, str | None]],
    told: Told,
    *,
    back: bool,
) -> Iterator[str]:
    fills = {name.rpartition(".")[2] for name in told.fills if name.rpartition(".")[0] == table}
    touched = {"updated_at"} if fills else set[str]()
    kept: list[tuple[str, str]] = []
    for name in rows[0]:
        now = name if back else told.column(table, name)
        if f"{table}.{name}" in told.drops or name in touched:
            continue
        if now not in others[0]:
            yield f"{table}.{name} is gone"
        elif name not in fills:
            kept.append((name, now))
    labels = {name: _labels(catalog, table, name, told) for name, _ in kept}
    before = Counter(tuple(labels[name].get(row[name] or "", row[name]) for name, _ in kept) for row in rows)
    after = Counter(tuple(row[now] for _, now in kept) for row in others)
    if before != after:
        yield f"{table}: {list((before - after).items())[:1]} became {list((after - before).items())[:1]}"
    for name in fills:
        if any(row[name] is None for row in others):
            yield f"{table}.{name} has NULLs"
        if Counter(row[name] for row in rows if row[name]) - Counter(row[name] for row in others):
            yield f"{table}.{name}: a value that was there is filled"


def _labels(catalog: Catalog, table: str, column: str, told: Told) -> dict[str, str]:
    """Of a column of an enum the labels that others take the place of."""
    for each, fact in catalog.of(ColumnFact).items():
        if (f"{each.schema}.{each.table}".removeprefix("public."), each.name) == (table, column):
            type_ = fact.type.removeprefix("public.").replace('"', "")
            return {
                label.removeprefix(f"{type_}."): new
                for label, new in told.labels.items()
                if label.startswith(f"{type_}.")
            }
    return {}
