"""SQL word by word: whether two texts of servers say the same once something is renamed, or but for what
servers write in two ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from qb.kit.diffs.constants import constants_folded
from qb.kit.diffs.nested import nested_flat

_TOKEN: Final = re.compile(
    r"""(?P<text>E?'(?:[^']|'')*')(?P<reg>::reg)?|(?P<quoted>"(?:[^"]|"")*")|(?P<word>[A-Za-z_\x80-\U0010ffff][\w$]*)|\s+|(?P<other>.)""",
    re.DOTALL,
)


_WORDS: Final = ("false", "null", "true")


def same_once_renamed(before: str, after: str, names: Mapping[str, str]) -> bool:
    """Whether two texts are the same but for names.

    >>> same_once_renamed("CHECK ((title <> ''::text))", "CHECK ((headline <> ''::text))", {"title": "headline"})
    True
    >>> same_once_renamed("CHECK ((title <> 'title'))", "CHECK ((headline <> 'headline'))", {"title": "headline"})
    False
    """
    return before == after or (bool(names) and _follows(_words(before), _words(after), names))


def same_but_for_casts(one: str, other: str) -> bool:
    """Whether two texts are the same but for where an array is cast: as a whole, as the server writes it that has read
    `state in ('a', 'b')`, or each of its elements, as one writes it that has read the first from a dump; but for
    constants that are of a type, or are cast to it; and for conditions in a bracket at the beginning of others.

    >>> first = "((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"
    >>> second = "((state)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))"
    >>> same_but_for_casts(first, second), same_but_for_casts(first, second.replace("'b'", "'c'"))
    (True, False)
    >>> same_but_for_casts("(price > (0)::numeric)", "(price > '0'::numeric)")
    True
    """
    return one == other or one_spelling(one) == one_spelling(other)


def one_spelling(text: str) -> str:
    """The same text for all that `same_but_for_casts` takes for the same, and for nothing else.

    >>> one_spelling("(a = ANY ((ARRAY['x'::name])::text[]))") == one_spelling("(a = ANY (ARRAY[('x'::name)::text]))")
    True
    """
    return "\0".join(nested_flat(constants_folded(_cast_within(_words(text)))))


def _cast_within(words: list[str]) -> list[str]:
    """The words with casts of arrays as casts of their elements."""
    found: list[str] = []
    place = 0
    while place < len(words):
        inner = _array(words, place)
        if inner is None:
            found.append(words[place])
            place += 1
            continue
        elements, type_, place = inner
        found += ["word ARRAY", "["]
        for number, each in enumerate(elements):
            found += [*([","] * (number > 0)), "(", *_cast_within(each), ")", *type_]
        found.append("]")
    return found


def _array(words: list[str], place: int) -> tuple[list[list[str]], list[str], int] | None:
    """The elements of a `(ARRAY[...])::type[]`, the cast of each, and where it ends; None where there is none."""
    if words[place : place + 3] != ["(", "word ARRAY", "["]:
        return None
    elements: list[list[str]] = [[]]
    depth, at = 0, place + 3
    while at < len(words) and (depth or words[at] != "]"):
        word = words[at]
        depth += (word in ("(", "[")) - (word in (")", "]"))
        if word == "," and not depth:
            elements.append([])
        else:
            elements[-1].append(word)
        at += 1
    if words[at : at + 4] != ["]", ")", ":", ":"]:
        return None
    type_, at = [":", ":"], at + 4
    while at < len(words) and (_is_name(words[at]) or words[at] == "."):
        type_.append(words[at])
        at += 1
    return (elements, type_, at + 2) if words[at : at + 2] == ["[", "]"] and elements != [[]] else None


def same_but_for_tables(one: str, other: str) -> bool:
    """Whether two texts are the same but for a table's name before that of its column, which one of them leaves out.

    >>> same_but_for_tables("SELECT id FROM public.t", "SELECT t.id FROM public.t")
    True
    >>> same_but_for_tables("SELECT a.id FROM a, b", "SELECT b.id FROM a, b")
    False
    """
    mine, theirs = _words(one), _words(other)
    first = second = 0
    while first < len(mine) or second < len(theirs):
        qualified = _is_qualified(mine, first), _is_qualified(theirs, second)
        if qualified == (True, False):
            first += 2
        elif qualified == (False, True):
            second += 2
        elif mine[first : first + 1] == theirs[second : second + 1]:
            first, second = first + 1, second + 1
        else:
            return False
    return True


def _is_qualified(words: list[str], place: int) -> bool:
    return place < len(words) and _is_name(words[place]) and words[place + 1 : place + 2] == ["."]


def _follows(mine: list[str], theirs: list[str], names: Mapping[str, str]) -> bool:
    """Whether words are the others once things are renamed: each word stays or has its new name, as a table may be
    called as a column is. A query goes on to give what it gave under the old name: `headline AS title`."""
    first = second = 0
    while first < len(mine) and second < len(theirs):
        word, other = mine[first], theirs[second]
        if word != other and not (_is_name(word) and names.get(word[5:]) == other[5:] and _is_name(other)):
            return False
        first, second = first + 1, second + 1
        if word != other and theirs[second : second + 2] == ["word AS", word]:
            second += 2
    return first == len(mine) and second == len(theirs)


def _is_name(word: str) -> bool:
    return word.startswith("name ")


def _words(text: str) -> list[str]:
    """Its words, names as they are without quotes: what the server quotes depends on the name."""
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if (said := match["text"]) is not None:
            inner = said[1:-1].replace("''", "'")
            found += ["'", *_words(inner), "'", "::reg"] if match["reg"] else [said]
        elif kind == "quoted":
            found.append("name " + match["quoted"][1:-1].replace('""', '"'))
        elif kind == "word":
            # In capitals the server writes what is SQL's, as those three words; a name that is so is in quotes.
            word = match["word"]
            found.append(("word " if word.isupper() or word in _WORDS else "name ") + word)
        elif kind == "other":
            found.append(match["other"])
    return found
