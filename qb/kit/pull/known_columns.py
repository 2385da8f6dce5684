"""The columns that expressions name: what each holds, and how they are called where the expression stands."""

from __future__ import annotations

from typing import Final

from qb.kit.facts.column import ColumnFact
from qb.kit.pull.book import Book
from qb.kit.pull.kinds import ValueKind
from qb.kit.pull.saying import Nameable, NamedColumn
from qb.kit.pull.source import Code, attribute_of, using
from qb.kit.pull.types import enum_labels, typed
from qb.kit.qualified import parts
from qb.model.object import Identity


def column_kind(book: Book, identity: Identity, fact: ColumnFact) -> ValueKind | None:
    """That of a column; None where its values are a document's, or known as text alone."""
    if identity in book.documents:
        return None
    of = typed(book, fact.base, fact.type, None)
    if "pg.custom(" in of.expression.text:
        return None
    brand = book.brands.get(identity)
    if (labels := book.labels.get(identity)) is not None:
        return ValueKind(fact.base, using(labels.name), brand, labels.labels, optional=not fact.not_null)
    base = f"{fact.base}[]" if fact.type.endswith("[]") else fact.base
    own = () if base.endswith("[]") else enum_labels(book.catalog, *parts(fact.base))
    return ValueKind(base, of.annotation, brand, own, optional=not fact.not_null)


def know_columns(book: Book) -> None:
    """The kinds of the columns of all tables, so that expressions may be said with them."""
    for place in book.order:
        found = ((each, fact, column_kind(book, each, fact)) for each, fact in book.columns.get(place, []))
        book.kinds[place] = {each.name: known for each, _, known in found if known is not None}


def columns_behind(book: Book, place: tuple[str, str]) -> Nameable:
    """What an expression about a table may name, behind the table's class."""
    names = book.tables[place]
    known = book.kinds.get(place, {})
    columns = {each: NamedColumn(attribute_of(names.name, names.attributes[each]), of) for each, of in known.items()}
    return Nameable(columns, book.callables)


LOCAL: Final = "local:"
"""What marks a name of the class that a line stands in, which has to have a value there."""


def columns_above(book: Book, identity: Identity) -> Nameable:
    """What a column's own expression may name: in the class, what stands above it."""
    place = identity.schema, identity.table
    names, found = book.tables[place], dict[str, NamedColumn]()
    for each, _ in book.columns.get(place, []):
        if each == identity:
            break
        if (of := book.kinds.get(place, {}).get(each.name)) is not None:
            attribute = names.attributes[each.name]
            found[each.name] = NamedColumn(Code(attribute, frozenset(), frozenset((f"{LOCAL}{attribute}",))), of)
    return Nameable(found, book.callables)
