"""What may stand in a prepared query besides its parameters: what can never come to be another value.

A prepared body runs once, so whatever else it reads is in its SQL for good. `check_fixed` reads the body and the
functions it calls before it is first built; it raises for all that is not a literal, a constant, or made of these.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import functools
import inspect
import re
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from logging import Logger, LoggerAdapter
from pathlib import PurePath
from typing import Any, NamedTuple, NewType, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from qb.errors import QueryError
from qb.sql.constants import is_assigned, is_changed, is_constant, is_settled
from qb.sql.entity import RelationView, entity_of
from qb.sql.expr import Expr, Ordering
from qb.sql.roots import Root, attribute_names, roots
from qb.sql.rows import Statement

T = TypeVar("T")


def fixed(value: T) -> T:
    """A value of a prepared query that is meant to stay what it is when the query is first built.

    Everywhere else it is the value itself. What differs from call to call is a parameter instead.
    https://www.postgresql.org/docs/current/sql-prepare.html

    >>> settings = {"page": 2}
    >>> @prepare
    ... def page() -> Select[str]:
    ...     return select(Task.title).order_by(Task.id).limit(fixed(settings["page"]))
    >>> db.all(page())
    <Success: ['write', 'test']>
    """
    return value


def check_fixed(function: Callable[..., Any]) -> None:
    """QueryError where the body of a prepared query, or a function it calls, reads what may change."""
    problem = _Judge().of_callable(function)
    if isinstance(problem, _Problem):
        raise QueryError(
            f"{getattr(function, '__qualname__', function)}: {problem.text} ({problem.file}, line {problem.line}) "
            f"{problem.why}, and a prepared query is built once: its first value would be in every later call. "
            "Make it a parameter, or write qb.fixed(...) around it if the first value is meant to stay"
        )


class _Problem(NamedTuple):
    text: str
    file: str
    line: int
    why: str


_CHANGES = "may give another value at the next call"
_REBOUND = "is assigned more than once"
_MUTATED = "is a list, set or dict that is changed"
_UNKNOWN = "may be assigned again, as there is no source to read (a constant is written in capitals)"

_IMMUTABLE = (
    type(None), bool, int, float, complex, str, bytes, range, slice, dt.date, dt.time, dt.timedelta, dt.tzinfo, Decimal,
    Fraction, UUID, ZoneInfo, PurePath, re.Pattern, enum.Enum, type(...), type(NotImplemented), type(msgspec.UNSET),
)  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_IMPURE_BUILTINS = _words(
    "open input globals locals vars eval exec __import__ id breakpoint compile setattr delattr next dir object"
)
_PURE_MODULES = _words(
    "builtins _operator operator math cmath _functools functools itertools re _sre unicodedata textwrap string "
    "dataclasses copy fractions enum collections collections.abc abc ipaddress zoneinfo json html base64 "
    "statistics urllib.parse datetime _datetime decimal _decimal _pydecimal _pydatetime uuid typing "
    "typing_extensions types msgspec msgspec.structs msgspec.json msgspec._core"
)
_IMPURE = _words(
    "today now utcnow fromtimestamp strftime astimezone timestamp uuid1 uuid4 getnode getcontext setcontext "
    "localcontext"
)
_CLOCKS = frozenset({"today", "utcnow", "fromtimestamp"})


class _Judge:
    """One judgement: it knows the functions and classes it has seen, and stops at the first problem."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    # ------------------------------------------------------------ functions

    def of_callable(self, called: object) -> _Problem | str | None:
        """What a function reads from outside of itself."""
        called = getattr(called, "__func__", called)  # a static method
        if not isinstance(called, types.FunctionType) or id(called) in self._seen:
            return None
        self._seen.add(id(called))
        used = attribute_names(called.__code__)
        for root in roots(called, fixed):
            problem = self._of_root(called, root, used)
            if not problem and not root.attributes and _is_clock(root.value) and used & _CLOCKS:
                problem = _CHANGES  # the class went by another name: `kind = date`, and then `kind.today()`
            if isinstance(problem, str):
                return _Problem(root.text, called.__code__.co_filename, root.line, problem)
            if problem:
                return problem
        return None

    def _of_root(self, function: types.FunctionType, root: Root, used: frozenset[str]) -> _Problem | str | None:
        value, attributes = root.value, root.attributes
        if root.dropped and _is_for_effect(value, attributes):
            return None
        if not root.local and not _never_rebound(value):
            # Of what changes by itself it is no use to say how often it is assigned.
            if problem := self._of_chain(value, attributes, used):
                return problem
            settled = is_settled(function, root.name) if root.closure else is_constant(function.__globals__, root.name)
            if settled is not True:
                return _UNKNOWN if settled is None else _REBOUND
            if _is_mutable(value) and (root.closure or is_changed(function.__globals__, root.name)):
                return _MUTATED
            return None
        return self._of_chain(value, attributes, used)

    def _of_chain(self, start: object, attributes: tuple[str, ...], used: frozenset[str]) -> _Problem | str | None:
        """A value and the attributes read from it, as far as they can be followed."""
        value: Any = start
        for attribute in attributes:
            if _is_sql(value):
                return None
            if attribute in _IMPURE and not _is_program(value):
                return _CHANGES
            if isinstance(value, types.ModuleType):
                owner, value = value, getattr(value, attribute, None)
                if not _never_rebound(value) and (settled := is_constant(vars(owner), attribute)) is not True:
                    return _UNKNOWN if settled is None else _REBOUND
                if _is_mutable(value) and is_changed(vars(owner), attribute):
                    return _MUTATED
                continue
            if isinstance(value, type):
                if is_assigned(value.__module__, value.__name__, attribute):
                    return _REBOUND
                if problem := self.of_value(value, used):
                    return problem
                value = getattr(value, attribute, None)
                continue
            if problem := self.of_value(value, used):
                return problem
            found = inspect.getattr_static(cast("object", type(value)), attribute, None)
            if (member := _function_of(found)) is not None:
                return self.of_callable(member)
            if _has_fields(value):
                value = getattr(value, attribute, None)
                continue
            return None  # a method of an immutable value
        return self.of_value(value, used)

    # ------------------------------------------------------------ values

    def of_value(self, value: Any, used: frozenset[str] = frozenset()) -> _Problem | str | None:
        """Whether a value can become another one: None where it cannot."""
        if isinstance(value, type):
            return self._of_class(value, used)
        if _is_io(value):
            return "talks to the database"
        if _is_sql(value) or isinstance(value, _IMMUTABLE) or _is_typing(value):
            return None
        if isinstance(value, types.FunctionType):
            return self._of_function(value)
        if isinstance(value, types.MethodType):
            return self.of_value(value.__self__, used) or self.of_callable(value.__func__)
        if isinstance(value, types.BuiltinFunctionType):
            return self._of_builtin(value, used)
        if isinstance(value, functools.partial):
            part = cast("functools.partial[object]", value)
            return self._of_all([part.func, part.args, part.keywords], used)
        if hasattr(value, "__wrapped__"):  # lru_cache
            return self.of_value(getattr(value, "__wrapped__"), used)  # noqa: B009
        if (items := _items_of(value)) is not None:
            return self._of_all(items, used)
        if _is_frozen(value):
            return self._of_class(cast("type[object]", type(value)), used) or self._of_all(_parts(value), used)
        if type(value).__module__ in ("builtins", "operator", "_operator", "itertools") and callable(value):
            return None  # str.lower, operator.attrgetter(...)
        if isinstance(value, types.ModuleType):
            return "is a module, of which anything could be read"
        return _CHANGES

    def _of_all(self, values: Iterable[object], used: frozenset[str]) -> _Problem | str | None:
        return next((problem for value in values if (problem := self.of_value(value, used))), None)

    def _of_function(self, function: types.FunctionType) -> _Problem | str | None:
        module = function.__module__
        if function.__name__ in _IMPURE and not _is_program(function):
            return _CHANGES
        if module in _PURE_MODULES or _is_sql(function):
            return None
        problem = self.of_callable(function)
        # What goes on inside of Python's own modules is of no interest: the call is.
        return _CHANGES if problem is not None and not _is_program(function) else problem

    def _of_builtin(self, function: types.BuiltinFunctionType, used: frozenset[str]) -> _Problem | str | None:
        owner: object = function.__self__
        if function.__name__ in _IMPURE:
            return _CHANGES
        if owner is None or isinstance(owner, types.ModuleType):
            module = str(function.__module__ or getattr(owner, "__name__", ""))
            if module == "builtins" and function.__name__ in _IMPURE_BUILTINS:
                return _CHANGES
            return None if module in _PURE_MODULES else _CHANGES
        return self.of_value(owner, used)

    def _of_class(self, kind: type[object], used: frozenset[str]) -> _Problem | str | None:
        if id(kind) in self._seen:
            return None
        module = kind.__module__
        if _is_sql(kind) or module in _PURE_MODULES or issubclass(kind, enum.Enum | BaseException):
            return None
        if not _is_program(kind):
            return None if issubclass(kind, _IMMUTABLE) else _CHANGES
        self._seen.add(id(kind))
        members = _factories(kind)
        wanted = used | {"__init__", "__new__", "__post_init__", "__call__", "__getattr__", "__getattribute__"}
        for base in kind.__mro__:
            if _is_program(base):
                members += [member for name, member in vars(base).items() if name in wanted]
        for member in members:
            inner = getattr(member, "__func__", None) or getattr(member, "fget", None) or member
            if isinstance(inner, types.FunctionType) and (problem := self._of_function(inner)):
                return problem
            if isinstance(inner, types.BuiltinFunctionType) and (why := self._of_builtin(inner, used)):
                return why
        return None


def _is_sql(value: object) -> bool:
    """What qb makes: tables, columns, expressions, queries and the functions that build them."""
    if _is_io(value):
        return False
    if isinstance(value, RelationView) or _ours(type(value)):
        return True
    if isinstance(value, type):
        return _ours(value) or entity_of(value) is not None
    return isinstance(value, types.FunctionType | types.MethodType | types.ModuleType) and _ours(value)


def _ours(value: object) -> bool:
    module = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", "")
    return isinstance(module, str) and (module == "qb" or module.startswith("qb."))


def _is_io(value: object) -> bool:
    modules = (getattr(value, "__module__", ""), type(value).__module__)
    return any(isinstance(module, str) and module.startswith("qb.run") for module in modules)


def _is_typing(value: object) -> bool:
    kinds = NewType | TypeVar | types.GenericAlias | types.UnionType
    return isinstance(value, kinds) or type(value).__module__ in ("typing", "typing_extensions")


def _is_program(value: object) -> bool:
    """Whether something was written by the user, or by a library: not Python itself."""
    module = str(getattr(value, "__module__", "") or "").partition(".")[0]
    return module == "__main__" or (module not in sys.stdlib_module_names and module not in ("", "msgspec"))


def _never_rebound(value: object) -> bool:
    """What a program defines once by its nature, whatever the name: functions, classes, modules, tables."""
    defined = type | types.FunctionType | types.BuiltinFunctionType | types.ModuleType | RelationView
    if isinstance(value, defined) or _is_typing(value):
        return True
    return _is_sql(value) and not isinstance(value, Expr | Ordering | Statement)


def _is_for_effect(value: object, attributes: tuple[str, ...]) -> bool:
    """Whether a call whose result is thrown away cannot have put anything into the query: a log, a counter."""
    if not attributes:
        return value is print
    return isinstance(value, list | set | dict | Logger | LoggerAdapter) or getattr(value, "__name__", "") == "logging"


def _is_clock(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, dt.date)


def _is_mutable(value: object) -> bool:
    return isinstance(value, list | set | dict)


def _items_of(value: object) -> list[object] | None:
    """What a container holds; None for what is none."""
    if isinstance(value, dict | types.MappingProxyType):
        pairs = cast("Mapping[object, object]", value)
        return [*pairs.keys(), *pairs.values()]
    return list(cast("Iterable[object]", value)) if isinstance(value, tuple | frozenset | list | set) else None


def _function_of(member: object) -> object:
    """The function that reading an attribute runs, or calling it: of a method, of a property."""
    if isinstance(member, property):
        return member.fget
    if isinstance(member, functools.cached_property):
        return cast("functools.cached_property[object]", member).func
    return member if isinstance(member, types.FunctionType) else None


def _has_fields(value: object) -> bool:
    return isinstance(value, msgspec.Struct | tuple) or dataclasses.is_dataclass(value)


def _is_frozen(value: object) -> bool:
    if isinstance(value, msgspec.Struct):
        return value.__struct_config__.frozen
    parameters = getattr(type(value), "__dataclass_params__", None)
    return bool(parameters and parameters.frozen)


def _parts(value: object) -> list[object]:
    if isinstance(value, msgspec.Struct):
        return [getattr(value, name, None) for name in value.__struct_fields__]
    return [getattr(value, field.name, None) for field in dataclasses.fields(cast("Any", value))]


def _factories(kind: type[Any]) -> list[object]:
    """What makes the default values of fields anew for each instance."""
    if issubclass(kind, msgspec.Struct):
        return [getattr(default, "factory", None) for default in kind.__struct_defaults__]
    return [field.default_factory for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []
