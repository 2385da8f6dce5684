"""SQL in lexemes, as PostgreSQL's scanner cuts it: the one place that knows where a comment, a text or a name ends.

A letter is one of ASCII's or anything beyond it, as there; white space is six characters of ASCII, and no other.
https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias, cast

LETTER: Final = r"A-Za-z_\x80-\U0010ffff"
SPACE: Final = r"[ \t\n\r\f\v]"
LINE_COMMENT: Final = r"--[^\n\r]*"
"""Up to the end of its line, which a carriage return is, too."""
GOES_ON: Final = re.compile(rf"(?:[ \t\f\v]|{LINE_COMMENT})*[\n\r](?:{SPACE}|{LINE_COMMENT}[\n\r])*'")
"""A text that is continued on another line stays of its kind."""
COMMENT_SIGN: Final = re.compile(r"/\*|\*/")

LexemeKind: TypeAlias = Literal["space", "comment", "name", "text", "word", "number", "signs", "sign", "open"]
"""`name` is quoted, `word` is not; `signs` are an operator, or several; `open` is what begins and does not end."""

_LEXEME: Final = re.compile(
    rf"""
      (?P<space>{SPACE}+)
    | (?P<comment>{LINE_COMMENT})
    | (?P<nested>/\*)
    | (?P<name>"(?:[^"]|"")*+")
    | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*+')
    | (?P<text>'(?:[^']|'')*+')
    | (?P<word>(?![eE]')[{LETTER}][{LETTER}0-9$]*)
    | (?P<dollar>\$(?P<tag>(?:[{LETTER}][{LETTER}0-9]*)?)\$.*?\$(?P=tag)\$)
    | (?P<number>\$?[0-9]+)
    | (?P<signs>(?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])+)
    | (?P<open>["']|[eE]'|\$(?:[{LETTER}][{LETTER}0-9]*)?\$)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED_REST: Final = re.compile(r"(?:[^'\\]|\\.|'')*+'", re.DOTALL)
_SMALL: Final = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}


class Lexeme(NamedTuple):
    """A piece of SQL."""

    kind: LexemeKind
    text: str

    @property
    def said(self) -> bool:
        """Whether it is more than white space or a comment."""
        return self.kind not in ("space", "comment") and not self.text.startswith("/*")

    @property
    def small(self) -> str:
        """A word as PostgreSQL takes it: letters beyond ASCII stay what they are."""
        return self.text.translate(_SMALL)


def lexemes(text: str) -> Iterator[Lexeme]:
    """The lexemes; together they are the text. One that does not end reaches to the end of the text.

    >>> [each.text for each in lexemes("SELECT 1--a\\r, 'b''c' /* /* */ */") if each.said]
    ['SELECT', '1', ',', "'b''c'"]
    """
    place = 0
    while (found := _LEXEME.match(text, place)) is not None:
        start, place = place, found.end()
        kind = found.lastgroup or "sign"
        if kind in ("tag", "dollar"):
            kind = "text"
        elif kind == "escaped":
            kind, place = _continued(text, place)
        elif kind == "nested":
            kind, place = _behind_comment(text, place)
        elif kind == "open":
            place = len(text)
        yield Lexeme(cast("LexemeKind", kind), text[start:place])


def _continued(text: str, place: int) -> tuple[LexemeKind, int]:
    """The place behind a text with escapes, and behind its continuations, which have escapes, too."""
    while (more := GOES_ON.match(text, place)) is not None:
        if (rest := _ESCAPED_REST.match(text, more.end())) is None:
            return "open", len(text)
        place = rest.end()
    return "text", place


def _behind_comment(text: str, place: int) -> tuple[LexemeKind, int]:
    """The place behind a comment, in which there may be others."""
    depth = 1
    while depth:
        if (found := COMMENT_SIGN.search(text, place)) is None:
            return "open", len(text)
        depth += 1 if found[0] == "/*" else -1
        place = found.end()
    return "comment", place
