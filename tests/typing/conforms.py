"""Whether a value is what a type says: run-time types, looked at as closely as a checker looks at static ones."""
# What is looked at can be anything, on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import types
from typing import Any, Literal, NewType, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from qb import Multirange, Range


def conforms(value: Any, annotation: Any, path: str = "$") -> None:
    """AssertionError, with the path, where a value is not what the annotation says."""
    if isinstance(annotation, NewType):
        conforms(value, annotation.__supertype__, path)
        return
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is None or annotation is type(None):
        assert value is None, f"{path}: {value!r} is not None"
    elif origin in (Union, types.UnionType):
        for member in arguments:
            try:
                conforms(value, member, path)
            except AssertionError:
                continue
            return
        raise AssertionError(f"{path}: {value!r} is none of {annotation}")
    elif origin is Literal:
        assert value in arguments, f"{path}: {value!r} is none of {arguments}"
    elif origin is list:
        assert type(value) is list, f"{path}: {value!r} is no list"
        for number, item in enumerate(value):
            conforms(item, arguments[0], f"{path}[{number}]")
    elif origin is dict:
        assert type(value) is dict, f"{path}: {value!r} is no dict"
        for key, item in value.items():
            conforms(key, arguments[0], f"{path} key")
            conforms(item, arguments[1], f"{path}[{key!r}]")
    elif origin is tuple:
        assert type(value) is tuple, f"{path}: {value!r} is no tuple"
        assert len(value) == len(arguments), f"{path}: {value!r} is no {annotation}"
        for number, (item, each) in enumerate(zip(value, arguments, strict=True)):
            conforms(item, each, f"{path}[{number}]")
    elif origin in (Range, Multirange):
        assert isinstance(value, origin), f"{path}: {value!r} is no {origin.__name__}"
        parts: Any = cast("Any", value).ranges if origin is Multirange else (value,)
        for each in parts:
            for end in (each.lower, each.upper):
                conforms(end, arguments[0] | None, f"{path}.{end}")
    elif annotation is object:
        pass
    else:
        assert type(value) is annotation, f"{path}: {value!r} is a {type(value).__name__}, not {annotation}"
        if (entity := getattr(annotation, "__entity__", None)) is not None:
            for name, column in entity.columns.items():
                python = column.python | None if column.optional else column.python
                conforms(getattr(value, name), python, f"{path}.{name}")
        elif issubclass(annotation, msgspec.Struct):
            for name, hint in get_type_hints(annotation).items():
                conforms(getattr(value, name), hint, f"{path}.{name}")
