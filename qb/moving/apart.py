"""What two runs of one call do not share: lists, dicts and sets that one of them could change under the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, cast

from returns.result import Result

from qb.moving.sampled import NotTwice

_COPIED: Final = frozenset[Any]((list, set, frozenset))


def apart(value: Any) -> Any:
    """The same of one's own: lists, tuples, dicts and sets are copied, and those within them. NotTwice for what is
    read once alone. Any other object is shared."""
    kind = cast("Any", type(value))
    if kind in _COPIED:
        made: Any = kind
        return made(map(apart, value))
    if kind is tuple:
        return tuple(map(apart, value))
    if kind is dict:
        return {key: apart(each) for key, each in value.items()}
    if kind is bytearray:
        return bytearray(value)
    if isinstance(value, Iterator | AsyncIterator):
        raise NotTwice(kind.__name__)
    return value


def kept_apart(answer: Any) -> Any:
    """An answer as it is now, whatever its receiver does with it; within a Success, too. What cannot be copied is the
    receiver's business."""
    try:
        if issubclass(type(answer), Result):
            made = cast("Any", type(answer))
            return made(apart(answer.unwrap()))
        return apart(answer)
    except (NotTwice, RecursionError):
        return answer
