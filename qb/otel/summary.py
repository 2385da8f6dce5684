"""What a statement is called in a span: few names for many statements, and none with a value in it.

https://opentelemetry.io/docs/specs/semconv/database/database-spans/#generating-a-summary-of-the-query
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from qb.tree.lexemes import Lexeme, lexemes
from qb.tree.unvalued import without_literals

_WORD: Final = re.compile(r"[A-Za-z]+")
_MAIN: Final = frozenset(("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "WITH"))
_BEFORE: Final = frozenset(("from", "into", "update", "table", "copy"))
"""What stands before the name of a table."""


class Summary(NamedTuple):
    """A statement in few words."""

    text: str
    """Its SQL without the literals in it: values of parameters are not there anyway."""
    operation: str
    """Its first word."""
    target: str
    """The table that it reads from first, or writes to, as it names it; or nothing."""

    @property
    def name(self) -> str:
        """Both: `SELECT users`."""
        return f"{self.operation} {self.target}" if self.target else self.operation


@lru_cache(1000)
def summary(sql: str) -> Summary:
    """A statement in few words.

    >>> summary('SELECT "users"."id" FROM "users" WHERE "users"."name" = $1::text').name
    'SELECT users'
    >>> summary("CREATE ROLE ada PASSWORD 'secret'").text
    'CREATE ROLE ada PASSWORD ?'
    """
    text = without_literals(sql)
    first = _WORD.search(text)
    operation = first[0].upper() if first else "SQL"
    return Summary(text, operation, _target(text) if operation in _MAIN else "")


class _Place(NamedTuple):
    """Where a table may be named."""

    depth: int
    at: int


def _target(text: str) -> str:
    """The table of a statement's own FROM, INTO or UPDATE; where that names none, as it is a query or a CTE, the first
    one that is named at all."""
    said = [each for each in lexemes(text) if each.said]
    places, ctes = _places(said)
    found = [(depth, name) for depth, at in places if (name := _name(said, at))]
    own = [name for depth, name in found if depth == 0 and name not in ctes]
    others = [name for _, name in found if name not in ctes]
    return next(iter((*own, *others, *(name for _, name in found))), "")


def _places(said: Sequence[Lexeme]) -> tuple[list[_Place], set[str]]:
    """Where tables may be named, and what CTEs are called."""
    places: list[_Place] = []
    ctes: set[str] = set()
    depth = 0
    before = ""
    for at, each in enumerate(said):
        word = each.small if each.kind == "word" else each.text
        depth += (word == "(") - (word == ")")
        if word in _BEFORE and before != "distinct":  # IS DISTINCT FROM
            places.append(_Place(depth, at + 1))
        if word == "(" and before in ("as", "materialized"):
            ctes.add(_cte(said[:at]))
        before = word
    return places, ctes


def _cte(before: Sequence[Lexeme]) -> str:
    """What stands before AS, behind which its columns may be named: `WITH "c" ("x") AS MATERIALIZED`."""
    at = len(before) - 1
    while at > 0 and before[at].small in ("as", "not", "materialized"):
        at -= 1
    if before[at].text == ")":
        while at > 0 and before[at].text != "(":
            at -= 1
        at -= 1
    return _unquoted(before[at].text) if at >= 0 else ""


def _name(said: Sequence[Lexeme], at: int) -> str:
    """The name that stands there, of one part or two."""
    while at < len(said) and said[at].small in ("only", "lateral"):
        at += 1
    parts = [_unquoted(each.text) for each in said[at : at + 3 : 2] if each.kind in ("name", "word")]
    if not parts or said[at].kind not in ("name", "word"):
        return ""
    dotted = at + 1 < len(said) and said[at + 1].text == "."
    return ".".join(parts) if dotted else parts[0]


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
