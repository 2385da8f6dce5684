"""From names of a database to names that a person would give in Python."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_PARTS: Final = re.compile(r"[^\W_]+")
_HUMPS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SAME: Final = frozenset(
    [
        "access",
        "address",
        "alias",
        "analysis",
        "aws",
        "basis",
        "bus",
        "business",
        "canvas",
        "class",
        "css",
        "dns",
        "gas",
        "gps",
        "https",
        "lens",
        "media",
        "news",
        "os",
        "pos",
        "process",
        "progress",
        "series",
        "sms",
        "species",
        "status",
    ]
)
_IRREGULAR: Final = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "mice": "mouse",
    "feet": "foot",
    "teeth": "tooth",
    "geese": "goose",
    "indices": "index",
    "indexes": "index",
    "vertices": "vertex",
    "matrices": "matrix",
    "analyses": "analysis",
    "bases": "base",
    "crises": "crisis",
    "theses": "thesis",
    "criteria": "criterion",
    "quizzes": "quiz",
    "movies": "movie",
    "cookies": "cookie",
    "caches": "cache",
    "leaves": "leaf",
    "lives": "life",
    "halves": "half",
    "shelves": "shelf",
    "statuses": "status",
    "aliases": "alias",
    "buses": "bus",
}
_ENDINGS: Final = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("zzes", "zz"))
_DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_PLACES: Final = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth"}
_DIGIT: Final = re.compile(r"(?P<digit>[0-9])(?P<rest>[^\W\d_].*)")
LONGEST_NAME: Final = 60
"""Letters of a name in Python."""


def singular(word: str) -> str:
    """One of what a word of a table's name is several of, as English mostly has it.

    >>> [singular(each) for each in ("users", "addresses", "categories", "people", "status", "boxes", "data")]
    ['user', 'address', 'category', 'person', 'status', 'box', 'data']
    """
    low = word.lower()
    if low in _SAME or len(low) < 3:
        return word
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    for ending, one in _ENDINGS:
        if low.endswith(ending) and len(low) > len(ending) + 1:
            return word[: -len(ending)] + one
    if low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def name_words(name: str) -> list[str]:
    """The words in a name, in small letters: at underscores, spaces, signs and humps.

    >>> name_words("orderItems"), name_words("HTTP-log v2"), name_words("Größe")
    (['order', 'items'], ['http', 'log', 'v2'], ['größe'])
    """
    plain = unicodedata.normalize("NFKC", name)
    found = [hump for part in _PARTS.findall(plain) for hump in _HUMPS.split(part)]
    return [each.lower() for each in found if each]


def _spoken(words: list[str]) -> list[str]:
    """The words of a name, where it begins with a digit as it is spoken: no name of Python's begins with one."""
    if not words:
        return words
    if words[0] in _PLACES:
        return [_PLACES[words[0]], *words[1:]]
    found = _DIGIT.fullmatch(words[0])
    return words if found is None else [_DIGITS[int(found["digit"])], found["rest"], *words[1:]]


def class_name(name: str, *, one: bool = True) -> str:
    """The class that a name stands for; of a table's, one of what is in it.

    >>> class_name("order_items"), class_name("user_status"), class_name("2fa_codes"), class_name("$ %")
    ('OrderItem', 'UserStatus', 'TwoFaCode', 'Unnamed')
    """
    words = _spoken(name_words(name))
    if one and words:
        words[-1] = singular(words[-1])
    return _fit("".join(each[:1].upper() + each[1:] for each in words), "N", "Unnamed")


def value_name(name: str) -> str:
    """A variable, a module or an attribute for a name.

    >>> value_name("userId"), value_name("class"), value_name("1st place"), value_name("2024"), value_name("__")
    ('user_id', 'class_', 'first_place', 'n2024', 'unnamed')
    """
    return _fit("_".join(_spoken(name_words(name))), "n", "unnamed")


def _fit(name: str, before: str, without: str) -> str:
    if not name:
        return without
    if not name.isidentifier():
        name = f"{before}{name}"
    if not name.isidentifier():
        return without
    name = name[:LONGEST_NAME]
    return f"{name}_" if keyword.iskeyword(name) else name


RESERVED: Final = frozenset((*keyword.kwlist, *keyword.softkwlist, *dir(builtins)))
"""What a module of ours calls nothing: words of Python, and what it has by itself."""


class FreeNames:
    """Names of one place, each given once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken: Final[set[str]] = set(taken)

    def give(self, *wanted: str) -> str:
        """The first of some names that is free; else the last one with a number."""
        for each in wanted:
            if each not in self.taken:
                self.taken.add(each)
                return each
        number = 2
        while (name := f"{wanted[-1]}_{number}") in self.taken:
            number += 1
        self.taken.add(name)
        return name
