"""The parts of a statement: names, and what an ALTER does, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qb.tree.lexemes import Lexeme
from qb.types.identifier import unquoted


def said_name(parts: Iterable[str]) -> str:
    """A name as people say it: with quotes where a part has a dot, so that no two names are called the same.

    >>> said_name(["app", "notes"]), said_name(["my.notes"])
    ('app.notes', '"my.notes"')
    """
    return ".".join(_quoted(each) if "." in each or each.startswith('"') else each for each in parts)


def name_parts(name: str) -> tuple[str, ...]:
    """The parts of a name that was said so.

    >>> name_parts('app."my.notes"')
    ('app', 'my.notes')
    """
    found: list[str] = []
    place = 0
    while place <= len(name):
        if name.startswith('"', place):
            end = place + 1
            while (end := name.find('"', end)) >= 0 and name.startswith('""', end):
                end += 2
            if end < 0 or name[end + 1 : end + 2] not in ("", "."):
                return (name,)  # nobody writes it so
            found.append(name[place + 1 : end].replace('""', '"'))
            place = end + 2
        else:
            end = name.find(".", place)
            end = len(name) if end < 0 else end
            found.append(name[place:end])
            place = end + 1
    return tuple(found)


def _quoted(part: str) -> str:
    doubled = part.replace('"', '""')
    return f'"{doubled}"'


def actions_of(said: Sequence[Lexeme]) -> Iterator[list[Lexeme]]:
    """What an ALTER does, one after another."""
    depth = 0
    found: list[Lexeme] = []
    for each in said:
        depth += (each.text in "([") - (each.text in ")]") if len(each.text) == 1 else 0
        if each.text == "," and not depth:
            yield found
            found = []
        else:
            found.append(each)
    yield found


def names_from(said: Sequence[Lexeme], most: int | None = None) -> Iterator[str]:
    """Names with commas between them."""
    rest, count = without_only(said), 0
    while rest and rest[0].kind in ("word", "name") and count != most:
        name, rest = name_from(rest)
        yield name
        count += 1
        rest = rest[1:] if rest and rest[0].text == "*" else rest
        if not rest or rest[0].text != ",":
            return
        rest = without_only(rest[1:])


def name_from(said: Sequence[Lexeme]) -> tuple[str, Sequence[Lexeme]]:
    """The name that begins here, with its schema, and what follows it."""
    if not said:
        return "", said
    parts, place = [unquoted(said[0].text)], 1
    while place + 1 < len(said) and said[place].text == ".":
        parts.append(unquoted(said[place + 1].text))
        place += 2
    return said_name(parts), said[place:]


def without_only(said: Sequence[Lexeme]) -> Sequence[Lexeme]:
    """What stands behind IF EXISTS and ONLY."""
    while said and said[0].kind == "word" and said[0].text.upper() in ("IF", "EXISTS", "ONLY"):
        said = said[1:]
    return said


def word_at(said: Sequence[Lexeme], place: int) -> str:
    """The word at a place, in capitals; empty where none is."""
    return said[place].text.upper() if place < len(said) and said[place].kind == "word" else ""


def is_word(said: Sequence[Lexeme], place: int, word: str) -> bool:
    """Whether a word is at a place."""
    return word_at(said, place) == word
