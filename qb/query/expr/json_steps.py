"""What a typed Python function does with a document, recorded: every attribute and every index is one more step.

What stands where is msgspec's doing: a Struct is an object, or an array (`array_like`), as a NamedTuple is; the keys of
a dict are texts, whatever they are in Python. https://jcristharif.com/msgspec/supported-types.html
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from enum import Enum
from types import UnionType
from typing import Any, Literal, NamedTuple, NoReturn, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from qb.errors import QueryError
from qb.frozen import fix
from qb.tree.expressions import Bind
from qb.types import pg
from qb.types.annotation import bare, shown, split_optional
from qb.types.json import json_bytes

Key: TypeAlias = str | int | Bind
_EMPTY = (list, dict, set, frozenset, tuple)


class Missing(NamedTuple):
    """What a field is where the document leaves it out: JSON, and the tag of the Struct whose field it is."""

    json: str
    tag: tuple[str | int, str] | None = None
    """Where the tag stands, and the tag as text; None where there is only one Struct."""


class PathStep(NamedTuple):
    """A field's name in JSON or its place in an array; a Bind is a key or an index of the user's."""

    key: Key
    missing: tuple[Missing, ...] = ()


Recorded: TypeAlias = tuple[object, tuple[PathStep, ...]]


class PathPlace:
    """A place in a document."""

    __slots__ = ("__annotation", "__steps")

    def __init__(self, annotation: object, steps: tuple[PathStep, ...]) -> None:
        fix(self, "_PathPlace__annotation", annotation)
        fix(self, "_PathPlace__steps", steps)

    def __getattr__(self, name: str) -> PathPlace:
        annotation, members = _members(self.__annotation)
        found = [_field(member, name) for member in members]
        kept = [each for each in found if each is not None]
        keys = {each.key for each in kept}
        if None in found or len(keys) != 1:
            raise QueryError(f"path: {shown(annotation)} has no field {name!r}{_in_some(members, found)}")
        return PathPlace(_joined([each.annotation for each in kept]), (*self.__steps, _step(members, kept)))

    def __getitem__(self, key: object) -> PathPlace:
        if isinstance(key, slice):
            raise QueryError("path: a slice is no place in a document; take one element by its index")
        _, members = _members(self.__annotation)
        found = [_element(member, key) for member in members]
        texts = {type(each.key) for each in found}
        if len(texts) != 1:
            raise QueryError(f"path: {key!r} is a key to some of {', '.join(map(shown, members))}, an index to others")
        step = found[0].key
        return PathPlace(
            _joined([each.annotation for each in found]),
            (*self.__steps, PathStep(Bind(step, pg.integer if isinstance(step, int) else pg.text))),
        )

    def __iter__(self) -> NoReturn:
        raise QueryError("path: a document is not there yet, its elements cannot be walked; take one by its index")

    def __bool__(self) -> NoReturn:
        raise QueryError("path: a document is not there yet, it has no truth value; return the place itself")


def recorded(place: PathPlace) -> Recorded:
    """What a place is: a function, as a field may be called anything."""
    own = object.__getattribute__
    return own(place, "_PathPlace__annotation"), own(place, "_PathPlace__steps")


class _Found(NamedTuple):
    key: str | int
    annotation: object
    missing: str | None = None


def _members(annotation: object) -> tuple[object, tuple[object, ...]]:
    plain = bare(split_optional(annotation)[0])
    union = get_origin(plain) in (Union, UnionType)
    return plain, tuple(map(bare, get_args(plain))) if union else (plain,)


# ---------------------------------------------------------------- fields


def _field(annotation: object, name: str) -> _Found | None:
    """A field's name in JSON, or its place in an array, its annotation, and what it is where it is left out."""
    kind: Any = get_origin(annotation) or annotation
    if not _is(kind, object):
        return None
    if _is(kind, msgspec.Struct):
        return _struct_field(annotation, kind, name)
    names = _fields_of_tuple(kind)
    hints: dict[str, Any] = get_type_hints(kind, include_extras=True) if names is None or name in names else {}
    if name not in hints:
        return None
    if names is not None:
        defaults: dict[str, Any] = getattr(kind, "_field_defaults", {})
        return _Found(names.index(name), hints[name], _json(defaults[name]) if name in defaults else None)
    if dataclasses.is_dataclass(kind):
        default = next((each for each in dataclasses.fields(kind) if each.name == name), None)
        if default is not None and default.default is not dataclasses.MISSING:
            return _Found(name, hints[name], _json(default.default))
        if default is not None and default.default_factory is not dataclasses.MISSING:
            return _Found(name, hints[name], _made(default.default_factory))
    return _Found(name, hints[name])


def _struct_field(annotation: object, kind: type[msgspec.Struct], name: str) -> _Found | None:
    config = kind.__struct_config__
    after = int(config.tag is not None)  # a tag is the first element
    for number, field in enumerate(msgspec.structs.fields(cast("type[msgspec.Struct]", annotation))):
        if field.name != name:
            continue
        place: str | int = number + after if config.array_like else field.encode_name
        missing = None
        if field.default is not msgspec.NODEFAULT:
            missing = _json(field.default)
        elif field.default_factory is not msgspec.NODEFAULT:
            missing = _made(field.default_factory)
        return _Found(place, field.type, missing)
    return None


def _made(factory: Any) -> str | None:
    # Only what is the same each time; what another function gives, nobody can know before it is called.
    kind: Any = get_origin(factory) or factory
    return _json(factory()) if kind in _EMPTY or _is(kind, msgspec.Struct) else None


def _json(default: object) -> str | None:
    if default is None or default is msgspec.UNSET:  # as absent as what is not there
        return None
    try:
        return json_bytes(default).decode()
    except (TypeError, ValueError):
        return None


def _fields_of_tuple(kind: Any) -> tuple[str, ...] | None:
    """The names of a NamedTuple's fields, which is an array in JSON."""
    names: tuple[str, ...] | None = getattr(kind, "_fields", None) if _is(kind, tuple) else None
    return names


def _is(kind: Any, *classes: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, classes)


def _step(members: tuple[object, ...], found: list[_Found]) -> PathStep:
    key, defaults = found[0].key, {each.missing for each in found}
    if defaults == {None}:
        return PathStep(key)
    if len(defaults) == 1 or len(members) == 1:
        return PathStep(key, (Missing(cast("str", found[0].missing)),))
    # Which of the defaults it is, the tag says.
    return PathStep(
        key, tuple(_by_tag(member, each) for member, each in zip(members, found, strict=True) if each.missing)
    )


def _by_tag(member: object, found: _Found) -> Missing:
    config = cast("Any", get_origin(member) or member).__struct_config__
    return Missing(cast("str", found.missing), (0 if config.array_like else config.tag_field, str(config.tag)))


def _joined(annotations: list[Any]) -> object:
    """What a field is that has these annotations in the members of a union; limits may differ, the type does not."""
    if len(set(annotations)) > 1:
        annotations = [bare(each) for each in annotations]
    if len(set(annotations)) == 1:
        return annotations[0]
    return Union[tuple(annotations)]  # noqa: UP007 - a run-time value, not an annotation


def _in_some(members: tuple[object, ...], found: list[_Found | None]) -> str:
    with_it = [shown(member) for member, each in zip(members, found, strict=True) if each is not None]
    if len(with_it) == len(members):
        return f", but one of another name in JSON in each of {', '.join(with_it)}"
    if not with_it:
        return ""
    one = with_it[0].rpartition(".")[2]
    return (
        f" in all of its members, only in {', '.join(with_it)}: read the document as one of these, "
        f'with sql("{{x}}", x=document).as_({one}).path(...)'
    )


# ---------------------------------------------------------------- elements


def _element(annotation: object, key: object) -> _Found:
    """A key as msgspec writes it, or an index, and what stands there."""
    kind: Any = get_origin(annotation) or annotation
    arguments = get_args(annotation)
    if _is_typed_dict(kind):
        return _typed_dict(kind, key)
    if _is(kind, tuple) and (fields := _fields_of_tuple(kind)) is not None:
        hints = get_type_hints(kind, include_extras=True)
        arguments = tuple(hints[name] for name in fields)
    if len(arguments) == 2 and Ellipsis not in arguments and not _is(kind, tuple):
        return _Found(_key(annotation, arguments[0], key), arguments[1])
    if _is(kind, Mapping):
        return _Found(_key(annotation, object, key), object)
    if isinstance(key, str):
        if _is(kind, list, tuple, set, frozenset):
            raise QueryError(f"path: an index of {shown(annotation)} is an int, not a str")
        return _Found(str(key), object)
    if not isinstance(key, int) or isinstance(key, bool):
        raise QueryError(f"path: an index is an int or a str, not {type(key).__name__}")
    if _is(kind, tuple) and arguments and Ellipsis not in arguments:
        if not -len(arguments) <= key < len(arguments):
            raise QueryError(f"path: {shown(annotation)} has {len(arguments)} elements, and none at {key}")
        return _Found(int(key), arguments[key])
    return _Found(int(key), arguments[0] if arguments else object)


def _is_typed_dict(kind: object) -> bool:
    return isinstance(kind, type) and hasattr(kind, "__total__") and hasattr(kind, "__required_keys__")


def _typed_dict(kind: Any, key: object) -> _Found:
    hints = get_type_hints(kind)
    if not isinstance(key, str) or key not in hints:
        raise QueryError(f"path: {kind.__name__} has no key {key!r}")
    return _Found(key, hints[key])


def _key(annotation: object, due: object, key: object) -> str:
    due = bare(due)
    if due is Any or due is object:
        due = key.__class__
    if not _is_one(key, due):
        raise QueryError(f"path: a key of {shown(annotation)} is {shown(due)}, not {type(key).__name__}")
    try:
        (written,) = msgspec.json.decode(msgspec.json.encode({key: 0}), type=dict[str, int])
    except (TypeError, ValueError) as error:
        raise QueryError(f"path: {type(key).__name__} is no key in JSON: {error}") from None
    return str(written)


def _is_one(key: object, due: object) -> bool:
    if get_origin(due) is Literal:
        return key in get_args(due)
    if get_origin(due) in (Union, UnionType):
        return any(_is_one(key, bare(each)) for each in get_args(due))
    if isinstance(key, bool) or (isinstance(key, Enum) and not (isinstance(due, type) and issubclass(due, Enum))):
        return isinstance(key, str)
    if due is dt.date and isinstance(key, dt.datetime):
        return False
    return not isinstance(due, type) or isinstance(key, due)
