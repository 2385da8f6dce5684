"""An UPDATE of a down that fills a column which comes back: which rows it is for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from qb.frozen import FrozenStruct
from qb.kit.history.statement_parts import is_word, without_only, word_at
from qb.kit.running.keeping.dropping import SqlName, leading_name, placed_lexemes
from qb.tree.lexemes import Lexeme
from qb.types.identifier import quoted, unquoted

_ENDS: Final = ("FROM", "WHERE", "RETURNING")
_NO_COLUMNS: Final = (
    *("NULL", "TRUE", "FALSE", "DEFAULT", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP"),
    *("ARRAY", "CAST", "AS", "DATE", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL", "NOT", "AND", "OR", "IS", "DISTINCT"),
)
"""What stands in an expression of one value for all rows, besides functions and types."""


class FillingUpdate(FrozenStruct):
    """An UPDATE, in its parts."""

    text: str
    table: SqlName
    alias: str
    columns: tuple[str, ...]
    reads: bool
    """Whether what it writes may be another value in each row."""
    where: tuple[Lexeme, ...]
    begin: int
    """Where the condition stands in the text; its end where there is none."""
    end: int

    def names(self, column: str) -> bool:
        """Whether it says itself of a column which rows it is for."""
        return any(each.kind in ("word", "name") and unquoted(each.text) == column for each in self.where)

    def only_where_null(self, column: str) -> str:
        """The same, but that it writes no row that has a value in this column.

        >>> from qb.kit.running.keeping.filling import filling_update
        >>> filling_update("UPDATE q SET total = 0 WHERE a OR b").only_where_null("total")
        'UPDATE q SET total = 0 WHERE (a OR b\\n) AND q."total" IS NULL'
        """
        condition = f"{self.alias}.{quoted(column)} IS NULL"
        text, rest = self.text, self.text[self.end :]
        if not self.where:
            return f"{text[: self.end].rstrip()} WHERE {condition} {rest}".rstrip()
        return f"{text[: self.begin]} ({text[self.begin : self.end].strip()}\n) AND {condition} {rest}".rstrip()


def filling_update(text: str) -> FillingUpdate | None:
    """An UPDATE in its parts; None of anything else."""
    whole = list(placed_lexemes(text))
    said = [each for _, each in whole]
    if not is_word(said, 0, "UPDATE"):
        return None
    rest = without_only(said[1:])
    if not rest:
        return None
    table, after = leading_name(rest)
    if after and after[0].text == "*":
        after = after[1:]
    alias = ".".join(map(quoted, table.parts[-1:]))
    if said[len(said) - len(after) - 1].kind == "word":
        alias = table.parts[-1]
    if after and not is_word(after, 0, "SET"):
        after = after[1:] if is_word(after, 0, "AS") else after
        alias, after = after[0].text, after[1:]
    if not is_word(after, 0, "SET"):
        return None
    ends = dict(_ends(after))
    first = min(ends.values(), default=len(after))
    pieces = [_assigned(each) for each in _pieces(after[1:first])]
    begin = end = whole[len(whole) - len(after) + ends["RETURNING"]][0] if "RETURNING" in ends else len(text)
    where: Sequence[Lexeme] = ()
    if "WHERE" in ends:
        begin = whole[len(whole) - len(after) + ends["WHERE"]][0] + len("WHERE")
        where = after[ends["WHERE"] + 1 : ends.get("RETURNING", len(after))]
    columns = tuple(each for names, _ in pieces for each in names)
    reads = len(columns) > 1 or any(_reads(value) for _, value in pieces)
    return FillingUpdate(text, table, alias, columns, reads, tuple(where), begin, end)


def _ends(said: Sequence[Lexeme]) -> Iterator[tuple[str, int]]:
    """Where FROM, WHERE and RETURNING stand."""
    depth = 0
    for place, each in enumerate(said):
        depth += (each.text in ("(", "[")) - (each.text in (")", "]"))
        of_distinct = word_at(said, place - 1) == "DISTINCT" if place else False
        if not depth and word_at(said, place) in _ENDS and not of_distinct:
            yield word_at(said, place), place


def _pieces(said: Sequence[Lexeme]) -> Iterator[Sequence[Lexeme]]:
    depth = start = 0
    for place, each in enumerate(said):
        depth += (each.text in ("(", "[")) - (each.text in (")", "]"))
        if each.text == "," and not depth:
            yield said[start:place]
            start = place + 1
    yield said[start:]


def _assigned(said: Sequence[Lexeme]) -> tuple[tuple[str, ...], Sequence[Lexeme]]:
    """The columns that are written, and with what."""
    at = next((place for place, each in enumerate(said) if each.text == "="), len(said))
    head = said[:at]
    several = bool(head) and head[0].text == "("
    names = head if several else head[:1]
    return tuple(unquoted(each.text) for each in names if each.kind in ("word", "name")), said[at + 1 :]


def _reads(said: Sequence[Lexeme]) -> bool:
    """Whether a value is made of anything but constants, functions and types."""
    texts = [each.text for each in said]
    place = 0
    while place < len(said):
        start = place
        place += 1
        if said[start].kind not in ("word", "name") or texts[start].upper() in _NO_COLUMNS:
            continue
        while texts[place : place + 1] == ["."]:
            place += 2
        is_type = texts[max(start - 2, 0) : start] == [":", ":"] or (start > 0 and word_at(said, start - 1) == "AS")
        if texts[place : place + 1] != ["("] and not is_type:
            return True
    return False
