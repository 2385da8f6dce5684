"""Reading annotations: what a column's Python type is, once None, brands and aliases are taken away."""

from __future__ import annotations

import types
from typing import Annotated, Literal, NewType, Union, get_args, get_origin

from typing_extensions import TypeAliasType


def split_optional(annotation: object) -> tuple[object, bool]:
    """The annotation without None, and whether None was in it.

    >>> split_optional(int | None)
    (<class 'int'>, True)
    """
    if type(annotation) is type:  # nearly always
        return annotation, annotation is type(None)
    annotation = _unalias(annotation)
    if get_origin(annotation) is Literal and None in (labels := get_args(annotation)):
        rest_of = tuple(each for each in labels if each is not None)
        return (Literal[rest_of], True) if rest_of else (type(None), True)
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation, annotation is type(None)
    rest = [member for member in get_args(annotation) if member is not type(None)]
    if len(rest) == len(get_args(annotation)):
        return annotation, False
    joined: object = rest[0]
    for member in rest[1:]:
        joined = Union[joined, member]  # noqa: UP007 - a run-time value, not an annotation
    return joined, True


def bare(annotation: object) -> object:
    """The annotation without brands: `NewType`, `Annotated` and aliases are looked through."""
    while type(annotation) is not type:  # which most are
        annotation = _unalias(annotation)
        if isinstance(annotation, NewType):
            annotation = annotation.__supertype__
        elif get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        else:
            break
    return annotation


def is_type(annotation: object) -> bool:
    """Whether it can stand in an annotation at all, and is no value.

    >>> is_type(int), is_type(int | None), is_type("int"), is_type(7)
    (True, True, False, False)
    """
    made_by = type(annotation).__module__
    return isinstance(annotation, type | None) or made_by in ("types", "typing", "typing_extensions", "collections.abc")


def shown(annotation: object) -> str:
    """How an error message writes an annotation.

    >>> shown(int | None), shown(int)
    ('int | None', 'int')
    """
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation.__name__
    if isinstance(annotation, NewType):
        return annotation.__name__
    return str(annotation).replace("typing.", "")


def _unalias(annotation: object) -> object:
    while isinstance(annotation, TypeAliasType) or type(annotation).__name__ == "TypeAliasType":
        annotation = getattr(annotation, "__value__")  # noqa: B009 - the name differs between typing's class and ours
    return annotation
