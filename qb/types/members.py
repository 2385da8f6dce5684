"""Labels back into what they stand for: one look into a dict, as it runs for every row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, get_args

import msgspec

from qb.types.base import Convert


class _Members(dict[Any, Any]):
    """What each value from the wire is in Python; `otherwise` refuses any other, or knows better."""

    __slots__ = ("_otherwise",)

    def __init__(self, known: Mapping[Any, Any], otherwise: Convert) -> None:
        super().__init__(known)
        self._otherwise = otherwise

    def __missing__(self, value: Any) -> Any:
        return self._otherwise(value)


def members_of(labels: type[Enum]) -> Convert:
    """From a value to its member. ValueError where there is none."""
    # The class, when called, takes ten times as long.
    return _getter({member.value: member for member in labels}, labels)


def labels_of(literal: Any) -> Convert:
    """From a value to itself, where it is one of a Literal's. msgspec.ValidationError where it is not."""
    return _getter({label: label for label in get_args(literal)}, lambda value: msgspec.convert(value, literal))


def _getter(known: Mapping[Any, Any], otherwise: Callable[[Any], Any]) -> Convert:
    return _Members(known, otherwise).__getitem__
