"""What tells a document of an older shape from one of today's that is wrong: the fields that each of them knows.

msgspec ignores fields that a class does not know, so that one shape may take the documents of the other for its own.
https://jcristharif.com/msgspec/structs.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, cast

import msgspec
from msgspec.inspect import (
    DataclassType,
    DictType,
    Field,
    Metadata,
    StructType,
    Type,
    TypedDictType,
    UnionType,
    type_info,
)

_Fielded = StructType | TypedDictType | DataclassType


def never_tried(shape: Any, today: Any) -> bool:
    """Whether every document of an older shape is read as one of today's, which ignores what it does not know."""
    try:
        return _taken(type_info(shape), type_info(today), set())
    except (NameError, TypeError):  # a class that is defined further down
        return False


def _taken(old: Type, today: Type, seen: set[tuple[int, int]]) -> bool:
    if old == today:
        return True
    if (id(old), id(today)) in seen or not _is_object(today) or not (_is_object(old) or isinstance(old, DictType)):
        return False
    seen.add((id(old), id(today)))
    if isinstance(today, StructType) and (today.forbid_unknown_fields or today.tag is not None):
        return False
    before, now = {} if isinstance(old, DictType) else _fields(old), _fields(today)
    if any(each.required and not (name in before and before[name].required) for name, each in now.items()):
        return False
    return all(_taken(before[name].type, each.type, seen) for name, each in now.items() if name in before)


def leaving_out(shape: Any, newer: Iterable[Any]) -> Callable[[bytes], bool]:
    """What says of a document whether an older shape would leave out a field that a newer one knows: then it is a
    document of that one, with something wrong in it, and no older one."""
    shapes = tuple(newer)

    @cache
    def types() -> tuple[list[Type], list[Type]]:  # a class may name one that is defined below it
        return list(_flat([type_info(shape)])), list(_flat(map(type_info, shapes)))

    return lambda document: _leaves_out(msgspec.json.decode(document), *types())


def _leaves_out(value: Any, old: list[Type], new: list[Type]) -> bool:
    if not new:
        return False
    if isinstance(value, dict):
        found = cast("dict[str, Any]", value)
        known = _known(found, old)
        if known is None:
            return False
        later = _known(found, new) or {}
        for name, inner in found.items():
            if name not in known:
                if name in later:
                    return True
            elif _leaves_out(inner, known[name], later.get(name, [])):
                return True
        return False
    if isinstance(value, list):
        items = cast("list[object]", value)
        types = (list(_flat(_items(old))), list(_flat(_items(new))))
        return any(_leaves_out(each, *types) for each in items)
    return False


def _known(value: dict[str, Any], types: Sequence[Type]) -> dict[str, list[Type]] | None:
    """The types of the fields that an object may have, by their names; None where some class takes any, or none is."""
    if not any(map(_is_object, types)) or any(isinstance(each, DictType | msgspec.inspect.AnyType) for each in types):
        return None
    known: dict[str, list[Type]] = {}
    for each in filter(_is_object, types):
        if isinstance(each, StructType) and each.tag is not None:
            field = cast("str", each.tag_field)
            if value.get(field) != each.tag:  # it says of itself that it is another one
                continue
            known.setdefault(field, [])
        for name, field_ in _fields(each).items():
            known.setdefault(name, []).extend(_flat([field_.type]))
    return known


def _is_object(type_: Type) -> bool:
    return isinstance(type_, _Fielded) and not (isinstance(type_, StructType) and type_.array_like)


def _fields(type_: Type) -> dict[str, Field]:
    return {each.encode_name: each for each in cast("_Fielded", type_).fields}


def _items(types: Iterable[Type]) -> Iterator[Type]:
    for each in types:
        if (item := getattr(each, "item_type", None)) is not None:
            yield item


def _flat(types: Iterable[Type]) -> Iterator[Type]:
    for each in types:
        if isinstance(each, UnionType):
            yield from _flat(each.types)
        elif isinstance(each, Metadata):
            yield from _flat([each.type])
        else:
            yield each
