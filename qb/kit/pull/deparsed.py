"""Expressions as the server writes them, taken apart: it puts brackets around all that has parts.

What has no rule here is no expression that could be said in Python, and gives None: it stays the text that it is.
https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CATALOG
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

from qb.kit.pull.pieces import Token, tokens
from qb.types.identifier import unquoted


class WrittenText(NamedTuple):
    """A constant in quotes."""

    value: str


class WrittenNumber(NamedTuple):
    """A number without quotes."""

    digits: str


class Word(NamedTuple):
    """What SQL has a word for: NULL, true, CURRENT_DATE."""

    word: str


class WrittenField(NamedTuple):
    """A column, with its table where that is said."""

    table: str
    name: str


class WrittenCast(NamedTuple):
    """A cast, to a type as the server writes it."""

    operand: Deparsed
    type: str


class Binary(NamedTuple):
    """An operator between two; of `= ANY` and `<> ALL` that word, too."""

    operator: str
    left: Deparsed
    right: Deparsed


class Both(NamedTuple):
    """Several with AND, or with OR, between them."""

    operator: str
    items: tuple[Deparsed, ...]


class WrittenPrefix(NamedTuple):
    """NOT, or a sign before one."""

    operator: str
    operand: Deparsed


class Tested(NamedTuple):
    """What is asked behind one: IS NULL, IS NOT NULL."""

    operand: Deparsed
    test: str


class Collated(NamedTuple):
    """One with a collation."""

    operand: Deparsed
    collation: str


class WrittenCall(NamedTuple):
    """A function's call."""

    schema: str
    name: str
    arguments: tuple[Deparsed, ...]


class Extracted(NamedTuple):
    """EXTRACT."""

    field: str
    operand: Deparsed


class WrittenItems(NamedTuple):
    """ARRAY[...]."""

    items: tuple[Deparsed, ...]


class WrittenScalar(NamedTuple):
    """A query of one value that reads nothing: `( SELECT auth.uid() AS uid)`."""

    value: Deparsed


Deparsed: TypeAlias = (
    WrittenText
    | WrittenNumber
    | Word
    | WrittenField
    | WrittenCast
    | Binary
    | Both
    | WrittenPrefix
    | Tested
    | Collated
    | WrittenCall
    | Extracted
    | WrittenItems
    | WrittenScalar
)

_WORDS: Final = frozenset(
    ("NULL", "true", "false", "CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_USER", "SESSION_USER", "LOCALTIMESTAMP")
)
_KEYWORDS: Final = frozenset(
    ("CASE", "ROW", "SELECT", "EXISTS", "INTERVAL", "NOT", "WHEN", "FROM", "XMLPARSE", "OVERLAY", "SUBSTRING", "TRIM")
)
_SIGNS: Final = frozenset("+-*/<>=~!@#%^&|`?")
_TYPE_WORDS: Final = {
    "character": ("varying",),
    "bit": ("varying",),
    "double": ("precision",),
    "timestamp": ("with", "without", "time", "zone"),
    "time": ("with", "without", "time", "zone"),
}


class _Unread(Exception):
    """What there is no rule for."""


def deparsed(sql: str) -> Deparsed | None:
    """An expression of the server's, taken apart; None where something in it has no rule.

    >>> deparsed("(0)::numeric")
    WrittenCast(operand=WrittenNumber(digits='0'), type='numeric')
    """
    reading = _Reading([each for each in tokens(sql.strip()) if each.kind != "space"], _spaced(sql.strip()))
    try:
        found = reading.inside()
    except (_Unread, RecursionError):
        return None
    return found if reading.done else None


def _spaced(sql: str) -> frozenset[int]:
    """The pieces that follow a space: signs of one operator stand together."""
    found: set[int] = set()
    number, space = 0, False
    for each in tokens(sql):
        if each.kind == "space":
            space = True
            continue
        if space:
            found.add(number)
        number, space = number + 1, False
    return frozenset(found)


class _Reading:
    """The pieces, and how far they are read."""

    def __init__(self, pieces: list[Token], spaced: frozenset[int]) -> None:
        self.pieces, self.spaced, self.place = pieces, spaced, 0

    @property
    def done(self) -> bool:
        return self.place == len(self.pieces)

    def text(self, further: int = 0) -> str:
        place = self.place + further
        return self.pieces[place].text if place < len(self.pieces) else ""

    def kind(self, further: int = 0) -> str:
        place = self.place + further
        return self.pieces[place].kind if place < len(self.pieces) else ""

    def has(self, *words: str) -> bool:
        """Whether these come next; if so they are read."""
        if [self.text(number) for number in range(len(words))] != [*words]:
            return False
        self.place += len(words)
        return True

    def expect(self, *words: str) -> None:
        if not self.has(*words):
            raise _Unread

    def inside(self) -> Deparsed:
        """What stands between brackets, or alone."""
        if self.has("NOT"):
            return WrittenPrefix("NOT", self.one())
        if self.text() in ("-", "+") and self.kind() == "sign":
            return WrittenPrefix(self.operator(), self.one())
        left = self.one()
        word = self.text()
        if word in ("AND", "OR"):
            items = [left]
            while self.has(word):
                items.append(self.one())
            return Both(word, tuple(items))
        if self.has("IS"):
            return self.tested(left)
        if self.has("COLLATE"):
            return Collated(left, ".".join(self.names()))
        if self.kind() == "sign" and word in _SIGNS:
            operator = self.operator()
            for how in ("ANY", "ALL"):
                if self.has(how, "("):
                    right = self.inside()
                    self.expect(")")
                    return Binary(f"{operator} {how}", left, right)
            return Binary(operator, left, self.one())
        return left

    def tested(self, left: Deparsed) -> Deparsed:
        for words in (("NULL",), ("NOT", "NULL")):
            if self.has(*words):
                return Tested(left, " ".join(("IS", *words)))
        self.expect("DISTINCT", "FROM")
        return Binary("IS DISTINCT FROM", left, self.one())

    def operator(self) -> str:
        found = ""
        while self.kind() == "sign" and self.text() in _SIGNS and not (found and self.place in self.spaced):
            found += self.text()
            self.place += 1
        return found

    def one(self) -> Deparsed:
        """One thing, with its casts."""
        found = self.bare()
        while self.has("::"):
            found = WrittenCast(found, self.type())
        return found

    def bare(self) -> Deparsed:
        kind, text = self.kind(), self.text()
        if kind == "text":
            self.place += 1
            if not text.startswith("'"):
                raise _Unread  # bits, and escapes, which the server does not write
            return WrittenText(text[1:-1].replace("''", "'"))
        if kind == "number":
            self.place += 1
            return WrittenNumber(text)
        if self.has("("):
            found = self.scalar() if self.text() == "SELECT" else self.inside()
            self.expect(")")
            return found
        if kind != "name":
            raise _Unread
        return self.named(text)

    def named(self, text: str) -> Deparsed:
        if text in _WORDS:
            self.place += 1
            return Word(text)
        if self.has("ARRAY", "["):
            return WrittenItems(self.listed("]"))
        if self.has("EXTRACT", "("):
            field = self.text()
            self.place += 1
            self.expect("FROM")
            operand = self.inside()
            self.expect(")")
            return Extracted(field, operand)
        if text in _KEYWORDS:
            raise _Unread
        names = self.names()
        if len(names) > 2:
            raise _Unread
        schema, name = names if len(names) == 2 else ("", names[0])
        if self.has("("):
            return WrittenCall(schema, name, self.listed(")"))
        return WrittenField(schema, name)

    def names(self) -> list[str]:
        found: list[str] = []
        while not found or self.has("."):
            if self.kind() != "name":
                raise _Unread
            found.append(unquoted(self.text()))
            self.place += 1
        return found

    def listed(self, end: str) -> tuple[Deparsed, ...]:
        found: list[Deparsed] = []
        while not self.has(end):
            if found:
                self.expect(",")
            found.append(self.inside())
        return tuple(found)

    def scalar(self) -> Deparsed:
        self.expect("SELECT")
        found = self.inside()
        if self.has("AS"):
            self.names()
        return WrittenScalar(found)

    def type(self) -> str:
        """A type as the server writes it."""
        if self.kind() != "name":
            raise _Unread
        first = self.text()
        found = first
        self.place += 1
        while self.text() == "." and self.kind(1) == "name":
            found += "." + self.text(1)
            self.place += 2
        more = _TYPE_WORDS.get(first, ())
        while True:
            if self.text() in more:
                found += f" {self.text()}"
                self.place += 1
            elif self.text() == "(" and self.kind(1) == "number":
                end = self.place
                while self.pieces[end].text != ")":
                    end += 1
                found += "".join(each.text for each in self.pieces[self.place : end + 1])
                self.place = end + 1
            elif self.has("[", "]"):
                found += "[]"
            else:
                return found
