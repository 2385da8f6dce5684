"""Whether values of one annotation may stand where another one is due, as the type checkers judge it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from qb.types.annotation import bare, split_optional


def fits(found: object, due: object) -> bool:
    """Whether every value of the annotation `found` is one of `due`, neither of them None. Doubts are in favour of it.

    >>> fits(bool, int), fits(int, str), fits(list[int], list[str]), fits(Literal["a"], str)
    (True, False, False, True)
    """
    found, due = bare(found), bare(due)
    if found == due or _ANYTHING.intersection((found, due)):
        return True
    if get_origin(due) in _UNIONS:
        return any(fits(found, each) for each in get_args(due))
    if get_origin(found) in _UNIONS:
        return all(fits(each, due) for each in get_args(found))
    if get_origin(found) is Literal:
        if get_origin(due) is Literal:
            return set(get_args(found)) <= set(get_args(due))
        return all(fits(_class_of(label), due) for label in get_args(found))
    if get_origin(due) is Literal:
        return False
    one: object = get_origin(found) or found
    other: object = get_origin(due) or due
    if not (isinstance(one, type) and isinstance(other, type)):
        return True
    if one in _LISTS and other in _LISTS:
        return _elements_fit(found, due)
    return issubclass(one, other) or (issubclass(one, int) and other is float)


def swapped(found: object, due: object) -> bool:
    """Whether values that fit are of a class that PostgreSQL keeps apart from the one that is due: to the type checkers
    a datetime is a date, and a bool a number.

    >>> swapped(dt.datetime, dt.date), swapped(list[bool], list[int]), swapped(int, float), swapped(bool, int | bool)
    (True, True, False, False)
    """
    found, due = bare(found), bare(due)
    if get_origin(due) in _UNIONS:
        return all(swapped(found, each) or not fits(found, each) for each in get_args(due))
    if get_origin(found) in _UNIONS:
        return any(swapped(each, due) for each in get_args(found))
    if (get_origin(found) or found) in _LISTS and (get_origin(due) or due) in _LISTS:
        (one, *_), (other, *_) = ((*get_args(each), object) for each in (found, due))
        return swapped(split_optional(one)[0], split_optional(other)[0])
    return (found is dt.datetime and due is dt.date) or (found is bool and (due is int or due is float))


def narrower(due: object, found: object) -> bool:
    """Whether `due` are labels, a Literal's or an Enum's, that values of the plain type `found` are read as."""
    due, found = bare(due), bare(found)
    if get_origin(due) is Literal:
        return all(_class_of(label) is found for label in get_args(due))
    return isinstance(due, type) and isinstance(found, type) and issubclass(due, Enum) and issubclass(due, found)


_ANYTHING: frozenset[object] = frozenset((object, Any))
_UNIONS = (Union, UnionType)
_LISTS = (list, Sequence)


def _class_of(value: object) -> object:
    kind: object = type(value)
    return kind


def _elements_fit(found: object, due: object) -> bool:
    if not get_args(found) or not get_args(due):
        return True
    (one, optional), (other, allowed) = (split_optional(get_args(each)[0]) for each in (found, due))
    return (allowed or not optional) and fits(one, other)
