"""What a statement is called in a span: few names for many statements, and none with a value in it.

https://opentelemetry.io/docs/specs/semconv/database/database-spans/#generating-a-summary-of-the-query
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from qb.tree.lexemes import lexemes

_WORD: Final = re.compile(r"[A-Za-z]+")
_TARGET: Final = re.compile(
    r'\b(?:FROM|INTO|UPDATE|TABLE)\s+(?:ONLY\s+)?((?:"(?:[^"]|"")+"|[A-Za-z_]\w*)(?:\.(?:"(?:[^"]|"")+"|[A-Za-z_]\w*))?)',
    re.IGNORECASE,
)
_MAIN: Final = frozenset(("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"))


class Summary(NamedTuple):
    """A statement in few words."""

    text: str
    """Its SQL without the literals in it: values of parameters are not there anyway."""
    operation: str
    """Its first word."""
    target: str
    """The first table that it names, as it names it; or nothing."""

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
    text = "".join(_shown(sql))
    first = _WORD.search(text)
    operation = first[0].upper() if first else "SQL"
    found = _TARGET.search(text) if operation in _MAIN or operation == "WITH" else None
    target = ".".join(part.strip('"').replace('""', '"') for part in _parts(found[1])) if found else ""
    return Summary(text, operation, target)


def _shown(sql: str) -> Iterator[str]:
    """The SQL in pieces: of a literal there is a question mark, of a comment a space."""
    within = False  # a number: 1.5e3 and 0x1F are several lexemes
    for kind, text in lexemes(sql):
        if within and (kind in ("word", "number") or text == "."):
            continue
        within = kind == "number" and not text.startswith("$")
        if within or kind in ("text", "open"):
            yield "?"
        else:
            yield " " if kind == "comment" else text


def _parts(name: str) -> list[str]:
    return re.findall(r'"(?:[^"]|"")+"|[^".]+', name)
