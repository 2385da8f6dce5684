"""Which columns of views simply are a table's: they hold what those hold, branded ids among it.

Only what is certain is traced: a column by itself in the list of a plain SELECT, of a relation that stands in its FROM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from qb.kit.facts.column import ColumnFact
from qb.kit.facts.view import ViewFact
from qb.kit.pull.book import Book
from qb.kit.pull.pieces import Token, tokens
from qb.model.object import Identity
from qb.types.identifier import unquoted

_SETS: Final = ("UNION", "INTERSECT", "EXCEPT")
_BEHIND: Final = ("WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR")
_QUERIES: Final = ("SELECT", "WITH", "VALUES")

_Relation = tuple[str, str]


def traced_columns(book: Book) -> Mapping[Identity, Identity]:
    """The columns of views that are one of a table, and that one; through other views, too."""
    above: dict[Identity, Identity] = {}
    for view, fact in book.catalog.of(ViewFact).items():
        columns = book.columns.get((view.schema, view.name), [])
        names = _read(fact.definition)
        if len(names) != len(columns):
            continue
        for (identity, column), name in zip(columns, names, strict=True):
            source = None if name is None else Identity("column", *name)
            there = None if source is None else book.catalog.get(source)
            if source is not None and isinstance(there, ColumnFact) and there.type == column.type:
                above[identity] = source
    return {each: _end(above, each) for each in above}


def _end(above: Mapping[Identity, Identity], column: Identity) -> Identity:
    while column in above:
        column = above[column]
    return column


def _read(definition: str) -> list[tuple[str, str, str] | None]:
    """The column that each of a query's is: its schema, table and name."""
    pieces = [each for each in tokens(definition.strip().removesuffix(";")) if each.kind != "space"]
    parts = _clauses(pieces)
    if parts is None:
        return []
    relations = _relations(parts[1])
    return [_column(each, relations) for each in _items(parts[0])]


def _clauses(pieces: Sequence[Token]) -> tuple[list[Token], list[Token]] | None:
    """What is between SELECT and FROM, and what FROM says."""
    if not pieces or pieces[0].text != "SELECT":
        return None
    listed: list[Token] = []
    found: list[Token] = []
    into, depth = listed, 0
    for each in pieces[1:]:
        depth += (each.text == "(") - (each.text == ")")
        if depth == 0 and each.text in _SETS:
            return None
        if depth == 0 and each.text == "FROM" and into is listed:
            into = found
        elif depth == 0 and each.text in _BEHIND and into is found:
            into = []
        else:
            into.append(each)
    return listed, found


def _items(listed: list[Token]) -> list[list[Token]]:
    if listed and listed[0].text == "DISTINCT":
        start = _closed(listed, 2) if len(listed) > 1 and listed[1].text == "ON" else 1
        listed = listed[start:]
    found: list[list[Token]] = [[]]
    depth = 0
    for each in listed:
        depth += (each.text in ("(", "[")) - (each.text in (")", "]"))
        if depth == 0 and each.text == ",":
            found.append([])
        else:
            found[-1].append(each)
    return found


def _column(item: list[Token], relations: Mapping[str, _Relation | None]) -> tuple[str, str, str] | None:
    if len(item) > 2 and item[-2].text == "AS":
        item = item[:-2]
    names = [unquoted(each.text) for each in item if each.kind == "name"]
    if len(item) == 1 and len(names) == 1 and len(relations) == 1:
        relation = next(iter(relations.values()))
    elif len(item) == 3 and len(names) == 2 and item[1].text == ".":
        relation = relations.get(names[0])
    else:
        return None
    return None if relation is None else (*relation, names[-1])


def _relations(pieces: list[Token]) -> dict[str, _Relation | None]:
    """What FROM names, by what the query calls it; None is what is no relation of the database by itself."""
    found: dict[str, _Relation | None] = {}
    place, due = 0, True
    while place < len(pieces):
        text = pieces[place].text
        if (
            (due and text in ("LATERAL", "ONLY"))
            or (due and text == "(" and (place + 1 == len(pieces) or pieces[place + 1].text not in _QUERIES))
            or (due and text == "(" and not _is_query(pieces, place + 1))
        ):
            place += 1
        elif due:
            place = _relation(pieces, place, found)
            due = False
        elif text == "(":
            place = _closed(pieces, place)
        else:
            due = text in ("JOIN", ",")
            place += 1
    return found


def _relation(pieces: list[Token], place: int, found: dict[str, _Relation | None]) -> int:
    """What stands at a place of FROM, taken down; where it ends."""
    relation: _Relation | None = None
    called = ""
    if pieces[place].text == "(":
        place = _closed(pieces, place)
    else:
        names = [pieces[place]]
        place += 1
        while place + 1 < len(pieces) and pieces[place].text == ".":
            names.append(pieces[place + 1])
            place += 2
        called = unquoted(names[-1].text)
        if place < len(pieces) and pieces[place].text == "(":  # a function
            place = _closed(pieces, place)
        elif len(names) == 2:
            relation = unquoted(names[0].text), called
    if place < len(pieces) and pieces[place].kind == "name" and not _is_keyword(pieces[place]):
        called = unquoted(pieces[place].text)
        place += 1
        if place < len(pieces) and pieces[place].text == "(":  # which calls its columns otherwise
            place, relation = _closed(pieces, place), None
    found[called] = None if called in found else relation
    return place


def _is_query(pieces: Sequence[Token], place: int) -> bool:
    return place < len(pieces) and pieces[place].text in _QUERIES


def _is_keyword(piece: Token) -> bool:
    """Whether a word is none that the server would have put into quotes."""
    return not piece.text.startswith('"') and piece.text.isupper()


def _closed(pieces: Sequence[Token], place: int) -> int:
    """Where a bracket that opens at a place is behind."""
    depth = 0
    for number in range(place, len(pieces)):
        depth += (pieces[number].text == "(") - (pieces[number].text == ")")
        if depth == 0:
            return number + 1
    return len(pieces)
