"""What full text search is made of: documents as vectors of lexemes, and queries.

https://www.postgresql.org/docs/current/datatype-textsearch.html
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, Final, NewType

from qb.types.base import Signs, SqlType
from qb.types.facts import Wire
from qb.types.textual import Textual, judged_text

TsVector = NewType("TsVector", str)
"""A document as PostgreSQL searches it, in the form in which it comes back: `'cat':3 'fat':2A`.

>>> db.one(select(fn.to_tsvector("english", value("fat cats"))))
<Success: "'cat':2 'fat':1">
"""

TsQuery = NewType("TsQuery", str)
"""What is searched for: `'fat' & 'rat'`.

>>> db.one(select(fn.to_tsquery("english", value("cats & !dogs"))))
<Success: "'cat' & !'dog'">
"""

TSVECTOR: Final = Wire(
    name="tsvector", oid=3614, array_oid=3643, kind="tsvector", takes=(str,), extremes=False, texted=True
)
TSQUERY: Final = Wire(
    name="tsquery", oid=3615, array_oid=3645, kind="tsquery", takes=(str,), extremes=False, texted=True
)

# https://www.postgresql.org/docs/current/functions-textsearch.html
_OPERATORS: Final = {"contains": "@>", "contained_by": "<@"}

_LEXEME: Final = re.compile(r"'((?:[^'\\]|''|\\\\)+)'(?::(\d+[ABC]?(?:,\d+[ABC]?)*))?(?: |$)")


class Lexemes(Textual[TsVector | None]):
    """A vector as PostgreSQL writes it; it reads others, and they would come back sorted."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("tsvector", "tsvector", TSVECTOR, str, "str")

    def operators(self, word: str) -> Signs:
        return (("@@", SearchTypes.tsquery),) if word == "matches" else ()

    def write(self, value: Any) -> str:
        text = judged_text(value, self.name)
        if not _is_canonical(text):
            raise ValueError(
                "tsvector takes lexemes in the form in which they come back, sorted, each in quotes: "
                "fn.to_tsvector makes one of a text"
            )
        return text

    def read(self, text: str) -> Any:
        return text


def _is_canonical(text: str) -> bool:
    last, end = b"", 0
    for found in _LEXEME.finditer(text):
        lexeme = found[1].replace("''", "'").replace("\\\\", "\\").encode(errors="surrogatepass")
        if found.start() != end or lexeme <= last or len(lexeme) > 2046:
            return False
        places = [int(place.rstrip("ABC")) for place in found[2].split(",")] if found[2] else []
        if places and not (0 < places[0] and places[-1] < 16_384 and len(places) < 256):
            return False
        if any(one >= other for one, other in pairwise(places)):
            return False
        last, end = lexeme, found.end()
    return end == len(text) and not text.endswith(" ")


class SearchedText(Textual[TsQuery | None]):
    """A query. One that is written in another way comes back as PostgreSQL writes it."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("tsquery", "tsquery", TSQUERY, str, "str")

    def operators(self, word: str) -> Signs:
        if word == "matches":
            return (("@@", SearchTypes.tsvector),)
        return ((_OPERATORS[word], self),) if word in _OPERATORS else ()

    def write(self, value: Any) -> str:
        return judged_text(value, self.name)

    def read(self, text: str) -> Any:
        return text


class SearchTypes:
    """Text search in `pg`."""

    __slots__ = ()
    tsvector: SqlType[TsVector | None] = Lexemes()
    tsquery: SqlType[TsQuery | None] = SearchedText()
