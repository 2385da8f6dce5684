"""Constants that servers write in two ways: as what was written with a cast around it, or as one of the type itself.

The words are those of `spelling`.
"""

from __future__ import annotations

import re
from typing import Final

_NUMBERS: Final = ("smallint", "integer", "bigint", "numeric", "real")
_REALS: Final = ("double precision", "real")
_DIGITS: Final = re.compile(r"-?\d+(\.\d+)?")
_KEYWORDS: Final = frozenset(f"name {word}" for word in ("FROM", "AND", "OR", "NOT", "WHEN", "THEN", "ELSE", "SELECT"))
_CAST: Final = [":", ":"]
_VARYING: Final = ["name character", "name varying"]


def constants_folded(words: list[str]) -> list[str]:
    """The words with each constant as one of its type: `(0)::numeric` as `'0'::numeric`, and
    `('a'::character varying)::text` as `'a'::text`. Where there is nothing else a number says no type at all: a default
    is of its column's."""
    found: list[str] = []
    for word in words:
        found.append(word)
        if word.startswith("name "):  # as that of a type is
            _fold(found)
    return _alone(found) or found


def _alone(words: list[str]) -> list[str] | None:
    """A number that is all there is, without its type."""
    joined = "".join(words)
    if _DIGITS.fullmatch(joined):
        return [_plain(joined)]
    if words and _is_text(words[0]) and words[1:3] == _CAST:
        digits, type_ = words[0][1:-1], _type(words[3:])
        if _DIGITS.fullmatch(digits) and type_ in (*_NUMBERS, "double precision"):
            return [_plain(digits)]
    return None


def _fold(words: list[str]) -> None:
    """Folds the constant that the words end with, if they do."""
    for count in (1, 2):
        type_ = _type(words[-count:])
        if type_ is None or words[-count - 2 : -count] != _CAST:
            continue
        before = words[: -count - 2]
        if before and _is_text(before[-1]) and type_ in _REALS and _DIGITS.fullmatch(before[-1][1:-1]):
            words[len(before) - 1] = f"'{_plain(before[-1][1:-1])}'"
        constant = _bracketed(before, type_)
        if constant is not None:
            digits, start = constant
            words[start:] = [f"'{digits}'", *_CAST, *words[-count:]]


def _bracketed(before: list[str], type_: str) -> tuple[str, int] | None:
    """The constant in the bracket that the words end with, and where that begins."""
    if not before or before[-1] != ")":
        return None
    start = len(before) - 1
    while start and before[start] != "(":
        start -= 1
    inside = before[start + 1 : -1]
    if start and before[start - 1].startswith("name ") and before[start - 1] not in _KEYWORDS:
        return None  # a function's
    digits = "".join(inside)
    if type_ in (*_NUMBERS, "double precision") and _DIGITS.fullmatch(digits):
        return (_plain(digits) if type_ in _REALS else digits), start
    if len(inside) < 4 or not _is_text(inside[0]) or inside[1:3] != _CAST:
        return None
    value, inner = inside[0][1:-1], inside[3:]
    if type_ == "text" and inner == _VARYING:
        return value, start
    numbers = type_ in (*_NUMBERS, "double precision") and _type(inner) in ("integer", "bigint", "numeric")
    return (value, start) if numbers and _DIGITS.fullmatch(value) and type_ == "numeric" else None


def _plain(digits: str) -> str:
    """A number without zeros at its end that say nothing."""
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _is_text(word: str) -> bool:
    return len(word) > 1 and word.startswith("'")


def _type(words: list[str]) -> str | None:
    """A type's name, of words that are all names."""
    if not words or not all(each.startswith("name ") for each in words):
        return None
    return " ".join(each.removeprefix("name ") for each in words)
