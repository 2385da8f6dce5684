"""Two answers beside each other: where they differ. What they hold is told to those alone who ask for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Set
from typing import Any, Final, cast

import msgspec
from returns.result import Result

from qb.errors import DbError
from qb.run.talk.counts import is_failure

MOST: Final = 20
"""How many differences of one answer are told: those after them say little more."""


class AnswerDifference(msgspec.Struct, frozen=True):
    """A place where two answers differ: `$[3].title`. `values` are the two, where they were asked for."""

    path: str
    reason: str
    values: tuple[object, object] | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def answer_differences(
    primary: object, candidate: object, *, most: int = MOST, values: bool = False
) -> tuple[AnswerDifference, ...]:
    """Where two answers differ, in their order; nothing where they say the same.

    Rows are compared by the names of their fields, whatever their classes: a Struct, a dataclass, a NamedTuple and a
    dict of one row are the same. An outcome is its value, two errors are the same where their classes are, and a
    DbError's fields. Lists by position: `sorted` both first where their order means nothing. Keys of dicts are values,
    so a path says `[...]` for them. `values` adds what is there to each difference.

    >>> from qb.moving import answer_differences
    >>> old = [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}]
    >>> class Person(Shape):
    ...     id: Col[int]
    ...     name: Col[str]
    >>> new = db.all(select(User.id, User.name).map(Person).order_by(User.id))
    >>> answer_differences(old, new)
    ()
    >>> db.execute(update(User).set(User.name.to("Bob")).where(User.id == 1))
    <Success: 1>
    >>> for each in answer_differences(old, db.all(select(User.id, User.name).map(Person).order_by(User.id))):
    ...     print(each)
    $[0].name: not the same
    """
    found: list[AnswerDifference] = []
    waiting: list[tuple[str, Any, Any]] = [("$", _inside(primary), _inside(candidate))]
    seen: set[tuple[int, int]] = set()
    while waiting and len(found) < most:
        path, one, other = waiting.pop()
        if one is other or (id(one), id(other)) in seen:
            continue
        parts = _parts(path, one, other)
        if parts is None:
            reason = _reason(one, other)
        else:
            seen.add((id(one), id(other)))  # of containers: they may hold themselves
            reason, inner = parts
            waiting += reversed(inner)
        if reason:
            found.append(AnswerDifference(path, reason, (one, other) if values else None))
    return tuple(found)


class _Absent:
    """What one of two rows has no field for."""

    def __repr__(self) -> str:
        return "<absent>"


_ABSENT: Final = _Absent()


def _inside(answer: object) -> object:
    """An outcome's value or error; any other answer itself."""
    if not isinstance(answer, Result):
        return answer
    outcome = cast("Any", answer)
    return outcome.failure() if is_failure(outcome) else outcome.unwrap()


def _parts(path: str, one: Any, other: Any) -> tuple[str, list[tuple[str, Any, Any]]] | None:
    """What two containers of a kind differ in by themselves, and what they hold; None of all else."""
    if _is_list(one) and _is_list(other):
        reason = "" if len(one) == len(other) else f"{len(one)} items, and {len(other)} of the candidate"
        places = enumerate(zip(one, other, strict=False))
        return reason, [(f"{path}[{place}]", mine, theirs) for place, (mine, theirs) in places]
    mine, theirs = _fields(one), _fields(other)
    if mine is None or theirs is None:
        return None
    named = _is_row(one) or _is_row(other)
    names = [*mine, *(name for name in theirs if name not in mine)]
    known = {*(mine if _is_row(one) else ()), *(theirs if _is_row(other) else ())}
    inner = [
        (
            f"{path}.{name}" if named and name in known else f"{path}[...]",
            mine.get(name, _ABSENT),
            theirs.get(name, _ABSENT),
        )
        for name in names
    ]
    return "", inner


def _is_list(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, tuple) and _names(value) is None)


def _is_row(value: object) -> bool:
    return not isinstance(value, Mapping)


def _fields(value: Any) -> Mapping[Any, Any] | None:
    """A row's fields by their names, a mapping's items; None of all else."""
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, Any]", value)  # type: ignore[redundant-cast]
        return {_told_apart(key): each for key, each in items.items()}
    names = _names(value)
    return None if names is None else {name: getattr(value, name) for name in names}


def _told_apart(key: Any) -> Any:
    """A key, or an item of a set, by which True is not 1."""
    if issubclass(type(key), tuple) and _names(key) is None:
        return tuple(map(_told_apart, key))
    return (bool, key) if isinstance(key, bool) else key


def _is_set(value: Any) -> bool:
    return isinstance(value, Set)


def _items(value: Set[Any]) -> set[Any]:
    return set(map(_told_apart, value))


def _names(value: Any) -> tuple[str, ...] | None:
    """Those of a Struct, a NamedTuple or a dataclass."""
    if isinstance(value, msgspec.Struct):
        return value.__struct_fields__
    if isinstance(value, tuple):
        return getattr(cast("Any", value), "_fields", None)
    if dataclasses.is_dataclass(value) and not isinstance(value, type | BaseException):
        return tuple(each.name for each in dataclasses.fields(value))
    return None


def _reason(one: Any, other: Any) -> str:
    if one is _ABSENT or other is _ABSENT:
        return f"only in the {'candidate' if one is _ABSENT else 'primary'}"
    if isinstance(one, BaseException) or isinstance(other, BaseException):
        if type(one) is not type(other):
            return f"{_told(one)}, and {_told(other)} of the candidate"
        return "not the same error" if isinstance(one, DbError) and one != other else ""
    if isinstance(one, bool) is not isinstance(other, bool):
        return f"{type(one).__name__}, and {type(other).__name__} of the candidate"
    if _is_set(one) and _is_set(other):
        return "" if _items(one) == _items(other) else "not the same"
    if one == other or (one != one and other != other):  # two NaNs are the same answer
        return ""
    if type(one) is type(other):
        return "not the same"
    return f"{type(one).__name__}, and {type(other).__name__} of the candidate"


def _told(value: object) -> str:
    return type(value).__name__ if isinstance(value, BaseException) else "an answer"
