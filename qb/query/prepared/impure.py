"""What gives another value each time by its nature: clocks, random numbers, the process, the thread's context."""

from __future__ import annotations

import datetime as dt
import types
from typing import Any

from qb.query.prepared.kinds import IMMUTABLE, PURE_MODULES, is_program, is_sql, words

IMPURE_BUILTINS = words(
    "open input globals locals vars eval exec __import__ id breakpoint compile setattr delattr dir object"
)
IMPURE = words(
    "today now utcnow fromtimestamp strftime astimezone timestamp uuid1 uuid4 getnode getcontext setcontext "
    "localcontext methodcaller"
)
CLOCKS = frozenset({"today", "utcnow"})
_HARMLESS = frozenset({"__import__", "setattr", "delattr"})
"""What is called on values of the body itself: an object that is made there."""


def is_clock(value: object) -> bool:
    """Whether it is a class that can tell the time."""
    return isinstance(value, type) and issubclass(value, dt.date)


def is_impure(owner: object, name: str, arguments: int | None) -> bool:
    """Whether a method of dates depends on the clock, or on the time zone of the process."""
    if name == "timestamp":
        return not isinstance(owner, dt.datetime) or owner.tzinfo is None
    if name == "astimezone":
        return not isinstance(owner, dt.datetime) or owner.tzinfo is None or not arguments
    if name == "fromtimestamp":
        return arguments is None or arguments < 2
    return True


def is_impure_builtin(owner: Any, function: types.BuiltinFunctionType, arguments: int | None) -> bool:
    """Whether a function in C that is called, of whatever it is found on, gives what may be another value."""
    name = function.__name__
    if owner is None or isinstance(owner, types.ModuleType):
        module = str(function.__module__ or getattr(owner, "__name__", ""))
        if name in IMPURE or module not in PURE_MODULES:
            return True
        return module == "builtins" and name in IMPURE_BUILTINS and name not in _HARMLESS
    kind: type[object] = owner if isinstance(owner, type) else type(owner)
    if is_sql(owner) or is_program(kind):
        return name in IMPURE and issubclass(kind, dt.date) and is_impure(owner, name, arguments)
    if name in IMPURE:
        return is_impure(owner, name, arguments)
    return kind.__module__ not in PURE_MODULES and not issubclass(kind, IMMUTABLE)
