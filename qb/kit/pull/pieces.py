"""SQL in its pieces: texts, names, numbers, spaces and signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_TOKENS: Final = re.compile(
    r"(?P<text>[EeBbXx]?'(?:[^'\\]|''|\\.)*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"
    r'|(?P<name>"(?:[^"]|"")+"|[^\W\d][\w$]*)'
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<space>\s+)"
    r"|(?P<sign>::|=>|.)",
    re.DOTALL,
)
_PLAIN_TEXT: Final = re.compile(r"'(?:[^']|'')*'")


class Token(NamedTuple):
    """A piece: a text, a name, a number, spaces or a sign."""

    kind: str
    text: str


def tokens(sql: str) -> Iterator[Token]:
    """The pieces of SQL; together they are it."""
    place = 0
    while place < len(sql):
        plain = _PLAIN_TEXT.match(sql, place)  # in which a backslash is one
        found = plain or _TOKENS.match(sql, place)
        assert found is not None, "a piece is at least a sign"
        kind = "text" if plain or found["text"] else str(found.lastgroup)
        yield Token(kind, found[0])
        place = found.end()
