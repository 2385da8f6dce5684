"""Where the statements in a text of SQL end. PostgreSQL reads any number of them from one text, none included.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_LEXEME: Final = re.compile(
    r"""--[^\n\r]*|/\*|"(?:[^"]|"")*+"?|[eE]'(?:[^'\\]|\\.|'')*+'?|'(?:[^']|'')*+'?"""
    r"""|(?<![\w$])\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)|[^\W\d][\w$]*|\s+|.""",
    re.DOTALL,
)
_WITHIN: Final = re.compile(r"/\*|\*/")


def blank(text: str) -> bool:
    """Whether there is no statement: nothing but white space, comments and semicolons.

    >>> blank(" ; -- nothing"), blank("/* a /* b */ */"), blank("SELECT '--'")
    (True, True, False)
    """
    return not any(_says(lexeme) for lexeme in _lexemes(text))


def statements_in(text: str) -> int:
    """How many statements there are. A semicolon within parentheses, or in the body of a function, ends none.

    >>> statements_in("SELECT ';'; SELECT 2;"), statements_in("CREATE RULE r AS ON UPDATE TO t DO (SELECT 1; SELECT 2)")
    (2, 1)
    >>> statements_in("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END")
    1
    """
    count = parentheses = blocks = 0
    words: list[str] = []
    said = False
    for lexeme in _lexemes(text):
        if lexeme == ";" and not parentheses and not blocks:
            count += said
            words, said = [], False
            continue
        said = said or _says(lexeme)
        if lexeme in "()":
            parentheses = max(0, parentheses + (1 if lexeme == "(" else -1))
        elif lexeme[0].isalpha() and "'" not in lexeme:
            words.append(lexeme.lower())
            if words[0] == "create" and not {"function", "procedure"}.isdisjoint(words[1:4]) and not parentheses:
                blocks += _opens(words[-1], blocks)
    return count + said


def words_in(text: str) -> list[str]:
    """Its words, names in quotes and texts left out, as PostgreSQL reads them.

    >>> words_in("SELECT 'a b' AS c -- d")
    ['select', 'as', 'c']
    """
    return [each.lower() for each in _lexemes(text) if (each[0].isalpha() or each[0] == "_") and "'" not in each]


def ends_in_comment(text: str) -> bool:
    """Whether what is written behind it, on the same line, would be a part of a comment."""
    return "--" in text and [*_lexemes(text)][-1].startswith("--")


def _says(lexeme: str) -> bool:
    return lexeme != ";" and not lexeme.isspace() and not lexeme.startswith(("--", "/*"))


def _opens(word: str, blocks: int) -> int:
    """What a word of a routine's definition does to the number of BEGIN and CASE that are open."""
    if word == "begin" or (blocks and word == "case"):
        return 1
    return -1 if blocks and word == "end" else 0


def _lexemes(text: str) -> Iterator[str]:
    position = 0
    while (found := _LEXEME.match(text, position)) is not None:
        start, position = position, found.end()
        if found[0] == "/*":
            position = _behind_comment(text, position)
        yield text[start:position]


def _behind_comment(text: str, position: int) -> int:
    """The place behind a comment, in which there may be others."""
    depth = 1
    while depth:
        if (found := _WITHIN.search(text, position)) is None:
            return len(text)
        depth += 1 if found[0] == "/*" else -1
        position = found.end()
    return position
