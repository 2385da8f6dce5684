"""Branded ids: one NewType for a key and for all columns that refer to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.pull.book import Book
from qb.kit.pull.source import Code, text
from qb.kit.pull.types import typed
from qb.kit.pull.words import class_name, name_words
from qb.kit.qualified import parts
from qb.model.object import Identity

_BRANDED: Final = ("int", "str", "UUID")
"""What keys are made of."""
IDS: Final = "ids"
"""The module of all of them."""


def linked(catalog: Catalog) -> Mapping[Identity, Identity]:
    """Each column that is a key or refers to one, and the column that it comes from in the end. A part of a key of
    several columns is one where it is a key elsewhere: a line's number alone says nothing of an order."""
    above: dict[Identity, Identity] = {}
    parts_of: dict[Identity, None] = {}
    keys: dict[Identity, None] = {}
    for identity, fact in catalog.of(ConstraintFact).items():
        if identity.kind == "primary key" and len(fact.columns) == 1:
            keys[_column(identity.schema, identity.table, fact.columns[0])] = None
    for identity, fact in catalog.of(ConstraintFact).items():
        if identity.kind != "foreign key" or fact.target is None:
            continue
        schema, table = parts(fact.target)
        for own, other in zip(fact.columns, fact.target_columns, strict=False):
            one, two = _column(identity.schema, identity.table, own), _column(schema or "public", table, other)
            if _root(above, one) != _root(above, two):
                above[_root(above, one)] = _root(above, two)
            found = keys if len(fact.columns) == 1 else parts_of
            found.setdefault(one)
            found.setdefault(two)
    known = {_root(above, each) for each in keys}
    return {each: root for each in (keys | parts_of) if each in catalog and (root := _root(above, each)) in known}


def _root(above: Mapping[Identity, Identity], column: Identity) -> Identity:
    while column in above:
        column = above[column]
    return column


def _column(schema: str, table: str, name: str) -> Identity:
    return Identity("column", schema, table, name)


def write_brands(book: Book) -> None:
    """The NewTypes, and which columns have them."""
    groups: dict[Identity, list[Identity]] = {}
    for column, root in linked(book.catalog).items():
        groups.setdefault(root, []).append(column)
    for root in sorted(groups, key=lambda each: (each.schema, each.table, each.name)):
        columns = [each for each in groups[root] if each in book.catalog]
        plain = {_python(book, each) for each in columns}
        if len(plain) != 1 or (python := plain.pop()) is None:
            continue
        name = book.names.give(*_names(root))
        imports = frozenset(("typing:NewType", *(("uuid:UUID",) if python == "UUID" else ())))
        book.write(name, IDS, Code(f"{name} = NewType({text(name)}, {python})", frozenset(), imports), 0)
        book.brands.update(dict.fromkeys(columns, name))


def _names(root: Identity) -> tuple[str, ...]:
    table, column = class_name(root.table), class_name(root.name, one=False)
    words, own = name_words(root.table), name_words(root.name)
    repeated = own[: len(words)] == words or own[0:1] == [table.lower()]
    short = column if repeated and column != table else f"{table}{column}"
    return short, f"{table}{column}", f"{class_name(root.schema, one=False)}{table}{column}"


def _python(book: Book, column: Identity) -> str | None:
    fact = book.catalog.get(column)
    if not isinstance(fact, ColumnFact) or fact.type.endswith("[]"):
        return None
    found = typed(book, fact.base, fact.type)
    plain = not found.annotation.uses and not found.labels
    return found.annotation.text if plain and found.annotation.text in _BRANDED else None
