"""Where the statements in a text of SQL end. PostgreSQL reads any number of them from one text, none included.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.tree.lexemes import Lexeme, lexemes

BEGINNING: Final = 5
"""How many of its first lexemes say what a statement does."""


def blank(text: str) -> bool:
    """Whether there is no statement: nothing but white space, comments and semicolons.

    >>> blank(" ; -- nothing"), blank("/* a /* b */ */"), blank("SELECT '--'")
    (True, True, False)
    """
    return not any(_says(each) for each in lexemes(text))


def statements_in(text: str) -> int:
    """How many statements there are. A semicolon within parentheses, or in the body of a function, ends none.

    >>> statements_in("SELECT ';'; SELECT 2;"), statements_in("CREATE RULE r AS ON UPDATE TO t DO (SELECT 1; SELECT 2)")
    (2, 1)
    >>> statements_in("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END")
    1
    """
    return sum(1 for _ in _statements(text))


def beginnings(text: str) -> Iterator[tuple[str, ...]]:
    """How each statement begins: a few lexemes, words in small letters.

    >>> [*beginnings('SELECT 1; -- one\\r(TABLE t);; ROLLBACK AND CHAIN; SAVEPOINT "A"')]
    [('select', '1'), ('table', 't', ')'), ('rollback', 'and', 'chain'), ('savepoint', '"A"')]
    """
    return _statements(text) if ";" in text else _only(text)


def _only(text: str) -> Iterator[tuple[str, ...]]:
    """How the one statement of a text without semicolons begins: the rest of it is not looked at."""
    first: list[str] = []
    said = False
    for lexeme in lexemes(text):
        if not lexeme.said:
            continue
        said = True
        if first or lexeme.text != "(":
            first.append(_spelled(lexeme))
        if len(first) == BEGINNING:
            break
    if said:
        yield tuple(first)


def _statements(text: str) -> Iterator[tuple[str, ...]]:
    parentheses = blocks = 0
    words: list[str] = []
    first: list[str] = []
    said = False
    for lexeme in lexemes(text):
        if lexeme.text == ";" and not parentheses and not blocks:
            if said:
                yield tuple(first)
            words, first, said = [], [], False
            continue
        if not lexeme.said:
            continue
        said = True
        if len(first) < BEGINNING and (first or lexeme.text != "("):
            first.append(_spelled(lexeme))
        if lexeme.text in ("(", ")"):
            parentheses = max(0, parentheses + (1 if lexeme.text == "(" else -1))
        elif lexeme.kind == "word":
            words.append(lexeme.small)
            if words[0] == "create" and not {"function", "procedure"}.isdisjoint(words[1:4]) and not parentheses:
                blocks += _opens(words[-1], blocks)
    if said:
        yield tuple(first)


def words_in(text: str) -> list[str]:
    """Its words, names in quotes and texts left out, as PostgreSQL reads them.

    >>> words_in("SELECT 'a b' AS c -- d")
    ['select', 'as', 'c']
    """
    return [each.small for each in lexemes(text) if each.kind == "word"]


def ends_in_comment(text: str) -> bool:
    """Whether what is written behind it, on the same line, would be a part of a comment."""
    return "--" in text and [*lexemes(text)][-1].text.startswith("--")


def _spelled(lexeme: Lexeme) -> str:
    return lexeme.small if lexeme.kind == "word" else lexeme.text


def _says(lexeme: Lexeme) -> bool:
    return lexeme.said and lexeme.text != ";"


def _opens(word: str, blocks: int) -> int:
    """What a word of a routine's definition does to the number of BEGIN and CASE that are open."""
    if word == "begin" or (blocks and word == "case"):
        return 1
    return -1 if blocks and word == "end" else 0
