"""What a value is to a prepared query: qb's own, Python's own, a program's, immutable or not.

It is told from the type alone, as `isinstance` and attributes may be answered by the program (a proxy, `__getattr__`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import inspect
import re
import sys
import types
from decimal import Decimal
from fractions import Fraction
from logging import Logger, LoggerAdapter
from pathlib import PurePath
from typing import Any, NewType, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from qb.query.entity import RelationView
from qb.query.expr.expr import Expr
from qb.query.expr.order_by import Ordering
from qb.query.statement import Statement

IMMUTABLE = (
    type(None), bool, int, float, complex, str, bytes, range, slice, dt.date, dt.time, dt.timedelta, dt.tzinfo, Decimal,
    Fraction, UUID, ZoneInfo, PurePath, re.Pattern, enum.Enum, type(...), type(NotImplemented), type(msgspec.UNSET),
)  # fmt: skip


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


PURE_MODULES = words(
    "builtins _operator operator math cmath _functools functools itertools re re._compiler re._parser _sre unicodedata "
    "textwrap string dataclasses copy copyreg fractions enum collections _collections collections.abc _collections_abc "
    "abc _abc numbers ipaddress zoneinfo json json.encoder json.decoder html base64 binascii statistics urllib.parse "
    "datetime _datetime decimal _decimal _pydecimal _pydatetime uuid typing _typing typing_extensions types msgspec "
    "msgspec.structs msgspec.json msgspec._core msgspec._utils contextlib reprlib keyword"
)


def is_sql(value: object) -> bool:
    """What qb makes: tables, columns, expressions, queries and the functions that build them."""
    if is_io(value):
        return False
    kind = type(value)
    if issubclass(kind, RelationView) or is_ours(kind):
        return True
    if isinstance(value, type):
        return is_ours(value) or is_relation_class(value)
    return issubclass(kind, types.FunctionType | types.MethodType | types.ModuleType) and is_ours(value)


def is_relation_class(value: object) -> bool:
    """Whether it is a table's class, or a relation."""
    kind: type[object] = type(value)
    return issubclass(kind, RelationView) or (issubclass(kind, type) and is_ours(kind))


def is_ours(value: object) -> bool:
    """Whether something is defined in qb."""
    module: object = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", "")
    return isinstance(module, str) and (module == "qb" or module.startswith("qb."))


def is_io(value: object) -> bool:
    """Whether it talks to the database."""
    kind: type[object] = type(value)
    modules: list[object] = [kind.__module__]
    if isinstance(value, type | types.FunctionType):
        modules.append(value.__module__)
    return any(isinstance(module, str) and module.startswith("qb.run") for module in modules)


def is_typing(value: object) -> bool:
    """Whether it is an annotation, and no value."""
    kind: type[object] = type(value)
    kinds = NewType | TypeVar | types.GenericAlias | types.UnionType
    return issubclass(kind, kinds) or kind.__module__ in ("typing", "typing_extensions")


def is_program(value: object) -> bool:
    """Whether a function or class was written by the user, or by a library: not by Python itself."""
    return is_programs(str(getattr(value, "__module__", "") or ""))


def is_programs(module: str) -> bool:
    """The same for the name of a module."""
    top = module.partition(".")[0]
    if module in PURE_MODULES:
        return False
    if top == "__main__":
        return True
    return top not in sys.stdlib_module_names and top not in ("", "msgspec") and not top.startswith("namedtuple_")


def is_users(kind: type[object]) -> bool:
    """Whether the code of a class is neither Python's nor qb's."""
    return is_program(kind) and not is_ours(kind)


def is_defined(value: object) -> bool:
    """What a program defines once by its nature, whatever the name: functions, classes, modules, tables."""
    kinds = type | types.FunctionType | types.BuiltinFunctionType | types.ModuleType | RelationView
    kind: type[object] = type(value)
    if issubclass(kind, kinds) or is_typing(value):
        return True
    return is_sql(value) and not issubclass(kind, Expr | Ordering | Statement)


def is_for_effect(value: object, attributes: tuple[str, ...]) -> bool:
    """Whether a call whose result is thrown away cannot have put anything into the query: a log, a counter."""
    if not attributes:
        return value is print
    return type(value) in (list, set, dict) or is_log(value)


def is_log(value: object) -> bool:
    """Whether it writes logs."""
    return issubclass(type(value), Logger | LoggerAdapter) or (
        isinstance(value, types.ModuleType) and value.__name__ == "logging"
    )


def is_frozen(value: object) -> bool:
    """Whether its class says that its fields are never set again."""
    if issubclass(type(value), msgspec.Struct):
        return cast("msgspec.Struct", value).__struct_config__.frozen
    parameters: Any = inspect.getattr_static(type(value), "__dataclass_params__", None)
    return parameters is not None and bool(parameters.frozen)


def has_fields(value: object) -> bool:
    """Whether its attributes are data that stay."""
    return issubclass(type(value), msgspec.Struct | tuple | enum.Enum) or is_frozen(value)


def attributes_of(value: object) -> dict[str, Any]:
    """The dict of an instance; an empty one where it has none."""
    try:
        found: dict[str, Any] = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return found


def parts_of(value: object) -> list[object]:
    """The fields of a frozen Struct or dataclass that do not stand in its dict."""
    names: tuple[str, ...] = ()
    if issubclass(type(value), msgspec.Struct):
        names = cast("msgspec.Struct", value).__struct_fields__
    elif is_frozen(value):
        names = tuple(field.name for field in dataclasses.fields(cast("Any", value)))
    stored = attributes_of(value)
    found: list[object] = []
    for name in names:
        if name not in stored:
            try:
                found.append(object.__getattribute__(value, name))
            except AttributeError:  # a field that has no value yet
                continue
    return found


def defaults_of(kind: type[Any]) -> tuple[list[object], list[object]]:
    """The default values of a class's fields, and the functions that make such values anew for each instance."""
    if issubclass(kind, msgspec.Struct):
        every: list[object] = list(kind.__struct_defaults__)
        factories = [found for each in every if (found := getattr(each, "factory", None)) is not None]
        return [each for each in every if not hasattr(each, "factory") and each is not msgspec.NODEFAULT], factories
    fields: Any = inspect.getattr_static(kind, "__dataclass_fields__", None)
    if not isinstance(fields, dict):
        return [], []
    made = list(cast("dict[str, dataclasses.Field[object]]", fields).values())
    return (
        [each.default for each in made if each.default is not dataclasses.MISSING],
        [each.default_factory for each in made if each.default_factory is not dataclasses.MISSING],
    )


def function_in(member: object) -> object:
    """The function that reading an attribute runs, or calling it: of a method, of a property; None for data."""
    if isinstance(member, property):
        return member.fget
    kind: type[object] = type(member)
    if kind.__name__ in ("cached_property", "property", "DynamicClassAttribute"):
        return getattr(member, "func", None) or getattr(member, "fget", None)
    if isinstance(member, staticmethod | classmethod):
        return cast("staticmethod[..., object]", member).__func__
    return member if isinstance(member, types.FunctionType) else None
