"""Columns of text whose check says which labels there are: a Literal, and `checked=True`."""

from __future__ import annotations

import re
from typing import Final

from qb.declare.constraint_names import constraint_name
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.pull.book import Book, CheckedLabels
from qb.kit.pull.data_types import TYPES
from qb.kit.pull.source import Code, text
from qb.kit.pull.words import class_name
from qb.model.object import Identity
from qb.types.identifier import quoted

_ITEM: Final = r"'(?:[^']|'')*'"
_NAME: Final = r'"(?:[^"]|"")+"|[\w$]+'
_TEXT: Final = re.compile(
    rf"CHECK \(\((?P<column>{_NAME}) = ANY \(ARRAY\[(?P<items>{_ITEM}::text(?:, {_ITEM}::text)+)\]\)\)\)"
)
_VARCHAR: Final = re.compile(
    rf"CHECK \(\(\((?P<column>{_NAME})\)::text = ANY \(\(ARRAY\["
    rf"(?P<items>{_ITEM}::character varying(?:, {_ITEM}::character varying)+)\]\)::text\[\]\)\)\)"
)
_LABEL: Final = re.compile(rf"({_ITEM})::(?:text|character varying)")
_CHECKED: Final = {"text": _TEXT, "varchar": _VARCHAR}


def write_labels(book: Book) -> None:
    """The Literals of such columns, and which columns have them."""
    for identity, fact in book.catalog.of(ConstraintFact).items():
        if identity.kind != "check" or fact.of != "table" or len(fact.columns) != 1 or fact.inherited:
            continue
        place = identity.schema, identity.table
        column = Identity("column", *place, fact.columns[0])
        usual = constraint_name(identity.table, [column.name], "check")
        known = dict(book.columns.get(place, [])).get(column)
        if known is None or identity.name != usual or fact.comment is not None or place not in book.tables:
            continue
        if known.base not in _CHECKED or known.type.endswith("[]") or known.collation or column in book.brands:
            continue
        labels = _labels(_CHECKED[known.base], column.name, fact.definition)
        if labels:
            table = class_name(identity.table)
            own = class_name(column.name, one=False)
            name = book.names.give(f"{table}{own}", f"{class_name(identity.schema, one=False)}{table}{own}")
            listed = ", ".join(map(text, labels))
            definition = Code(f"{name} = Literal[{listed}]", frozenset(), frozenset(("typing:Literal",)))
            book.write(name, TYPES, definition, 0)
            book.labels[column] = CheckedLabels(name, labels)
            book.said.add(identity)


def _labels(check: re.Pattern[str], column: str, definition: str) -> tuple[str, ...]:
    """The labels that a check says; none where it says something else, or none is told from another."""
    found = check.fullmatch(definition)
    if found is None or found["column"] not in (column, quoted(column)):
        return ()
    labels = tuple(each[1:-1].replace("''", "'") for each in _LABEL.findall(found["items"]))
    return labels if len(set(labels)) == len(labels) else ()
