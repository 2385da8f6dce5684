"""Which expressions a statement that makes or changes an object computes while it runs, for the rows that are there.

A default that is set later on is computed for new rows alone, a view for those who read it.
https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from qb.kit.history.statement_parts import actions_of, is_word, name_from, without_only, word_at
from qb.tree.lexemes import Lexeme

_ADDED: Final = ("DEFAULT", "CHECK", "AS", "WHERE")
"""Reserved words behind which a column or a constraint has its expressions."""


def evaluated(said: Sequence[Lexeme]) -> Iterator[Sequence[Lexeme]]:
    """The expressions.

    >>> from qb.tree.lexemes import lexemes
    >>> said = [each for each in lexemes("ALTER TABLE t ADD n int DEFAULT f(1), ALTER c SET DEFAULT g()") if each.said]
    >>> [" ".join(each.text for each in one) for one in evaluated(said)]
    ['DEFAULT f ( 1 )']
    """
    first = word_at(said, 0)
    if first == "ALTER":
        start = 2 + is_word(said, 1, "FOREIGN")
        if word_at(said, start - 1) == "TABLE":
            _, rest = name_from(without_only(said[start:]))
            for action in actions_of(rest[1:] if rest and rest[0].text == "*" else rest):
                yield from _action(action)
        elif is_word(said, 1, "DOMAIN"):
            _, rest = name_from(said[2:])
            if is_word(rest, 0, "ADD"):
                yield from _from(rest, ("CHECK",))
    elif first == "CREATE":
        if is_word(said, 1, "INDEX") or is_word(said, 2, "INDEX"):
            place = next((at for at in range(2, len(said)) if is_word(said, at, "ON")), len(said))
            yield from _elements(said[place:])
            yield from _from(said[place:], ("WHERE",))
        elif any(is_word(said, at - 1, "PARTITION") and is_word(said, at, "OF") for at in range(2, len(said))):
            for bounds in _from(said, ("VALUES",)):  # and how it is divided itself is computed for rows that come
                yield bounds[: next((at for at in range(len(bounds)) if is_word(bounds, at, "PARTITION")), len(bounds))]


def _action(action: Sequence[Lexeme]) -> Iterator[Sequence[Lexeme]]:
    first = word_at(action, 0)
    if first == "ADD":
        place = next((at for at in range(len(action)) if is_word(action, at, "EXCLUDE")), len(action))
        if place < 4:  # behind ADD CONSTRAINT and a name
            yield from _elements(action[place:])
            yield from _from(action, ("WHERE",))
        else:
            yield from _from(action, _ADDED)
    elif first == "ALTER":
        yield from _from(action, ("USING", "EXPRESSION"))
    elif first == "ATTACH":
        yield from _from(action, ("VALUES",))


def _from(said: Sequence[Lexeme], words: Sequence[str]) -> Iterator[Sequence[Lexeme]]:
    place = next((at for at in range(1, len(said)) if word_at(said, at) in words), len(said))
    if said[place:]:
        yield said[place:]


def _elements(said: Sequence[Lexeme]) -> Iterator[Sequence[Lexeme]]:
    """What an index is on: behind a column its operator class may have options in parentheses, which are no call."""
    place = next((at for at, each in enumerate(said) if each.text == "("), len(said))
    for each in actions_of(said[place + 1 : closing(said, place)]):
        rest = each if each and each[0].text == "(" else name_from(each)[1]
        end = len(each) - len(rest)
        if rest and rest[0].text == "(":
            end += closing(rest, 0) + 1
        yield each[:end]
        yield from (each[at : at + 1] for at in range(end, len(each)) if each[at].kind == "signs")


def closing(said: Sequence[Lexeme], place: int) -> int:
    """The place of the parenthesis that closes the one at a place."""
    depth = 0
    for at in range(place, len(said)):
        depth += (said[at].text == "(") - (said[at].text == ")")
        if not depth:
            return at
    return len(said)
