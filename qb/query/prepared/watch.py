"""What runs while a prepared query is built, whoever calls it: operators, descriptors and hooks of a program's classes.

No reading of a source tells which `__add__` a `+` calls. So the first building of each variant is watched, by the hook
that Python has for profilers: every function of the program that runs is judged as the body is, before it runs.
"""

from __future__ import annotations

import decimal
import dis
import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from threading import get_ident
from types import BuiltinFunctionType, CellType, CodeType, FrameType, FunctionType
from typing import Any, TypeVar, cast

from qb.query.prepared.guards import Place
from qb.query.prepared.impure import is_impure_builtin
from qb.query.prepared.judge import CHANGES, Judge, Problem
from qb.query.prepared.kinds import PURE_MODULES, function_in, is_programs

R = TypeVar("R")

ROUNDED = "is rounded as the decimal context of the thread says, which may be another one at the next call"
_ROUNDING = (decimal.Inexact, decimal.Rounded, decimal.Clamped, decimal.Subnormal)
_QUIET = ("importlib._bootstrap", "importlib._bootstrap_external")


def build_watched(
    judge: Judge, build: Callable[[], R], function: Callable[..., object]
) -> tuple[R | None, Problem | None]:
    """What `build` gives, and the first problem of what has run in it. Its own exception where there is no problem."""
    watch = _Watch(judge)
    before: Any = sys.getprofile()
    with decimal.localcontext() as context:
        context.clear_flags()
        watch.context = context
        try:
            gc.callbacks.append(watch.collects)
            sys.setprofile(watch.event)
            built = build()
        except Exception:
            if watch.problem is None:
                raise
            built = None
        finally:
            sys.setprofile(None)
            with suppress(ValueError):  # an interrupt may have come before it was there
                gc.callbacks.remove(watch.collects)
            if hasattr(before, "enable"):  # cProfile, which sets itself
                before.enable()
            elif before is not None:
                sys.setprofile(before)
        if watch.problem is None and _is_rounded(context):
            code = cast("FunctionType", function).__code__
            return None, Problem(Place("a Decimal", code.co_filename, code.co_firstlineno), ROUNDED)
    return built, watch.problem


class _Watch:
    """Follows one building. It tells of the first problem and lets the rest run."""

    def __init__(self, judge: Judge) -> None:
        self.problem: Problem | None = None
        self.context = decimal.DefaultContext
        self._judge = judge
        self._thread = get_ident()
        self._collecting = False
        self._until: FrameType | None = None
        self._rounded = False

    def collects(self, phase: str, info: dict[str, int]) -> None:
        """What Python calls when the garbage collector begins and ends, at any place: what it finalizes and closes, and
        what that calls, is none of the building's."""
        if get_ident() == self._thread:
            self._collecting = phase == "start"

    def event(self, frame: FrameType, event: str, argument: object) -> None:
        """What Python calls at each call and return."""
        if self._until is not None:
            if event == "return" and frame is self._until:
                self._until = None
            return
        if self.problem is not None or self._collecting:
            return
        if event == "call":
            self._call(frame)
        elif event == "c_call":
            self._c_call(frame, argument)

    def _call(self, frame: FrameType) -> None:
        module = str(frame.f_globals.get("__name__", ""))
        code, caller = frame.f_code, frame.f_back
        if module.startswith("qb.") and not self._is_fixed(frame):
            return
        self._count(self._is_fixed(frame))
        if (
            code.co_name in ("<module>", "__del__")
            or module in _QUIET
            or _is_collectors(code)
            or (caller and self._is_left_out(caller))
        ):
            self._until = frame
        elif module.startswith("qb."):
            return
        elif is_programs(module):
            self.problem = self._of_frame(frame)
        elif caller is not None and _is_programs_frame(caller) and module not in PURE_MODULES:
            functions = _functions_of(frame)
            if not functions or not all(map(self._judge.is_pure, functions)):
                self.problem = Problem(_place(caller, f"{module}.{code.co_qualname}"), CHANGES)

    def _c_call(self, frame: FrameType, function: object) -> None:
        if not _is_programs_frame(frame):
            return
        self._count(False)
        if self._is_left_out(frame) or not isinstance(function, BuiltinFunctionType):
            return
        owner: object = function.__self__
        name = function.__name__
        if is_impure_builtin(owner, function, _arguments(frame.f_code, frame.f_lasti)):
            said = "" if owner is None else getattr(owner, "__name__", type(owner).__name__) + "."
            self.problem = Problem(_place(frame, f"{said}{name}"), CHANGES)

    def _of_frame(self, frame: FrameType) -> Problem | None:
        code = frame.f_code
        given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        here = Place(code.co_qualname, code.co_filename, code.co_firstlineno)
        values: dict[str, object] = frame.f_locals
        for name in given:
            if name in values and (problem := self._judge.arrived(values[name], here)):
                return problem
        if code in self._judge.inner or _is_generated(code):
            return None
        if self._judge.knows(code, tuple(id(values.get(name)) for name in code.co_freevars)):
            return None
        for function in _functions_of(frame):
            if problem := self._judge.of_callable(function):
                return problem
        return None

    def _is_fixed(self, frame: FrameType) -> bool:
        return self._judge.is_exempt(frame.f_code)

    def _is_left_out(self, frame: FrameType) -> bool:
        spans = self._judge.spans.get(frame.f_code)
        if not spans:
            return False
        at = _positions(frame.f_code)[frame.f_lasti // 2]
        return at is not None and any(start <= at < end for start, end in spans)

    def _count(self, fixed: bool) -> None:
        """Whether decimals have been rounded; what only stands in what is fixed is forgotten."""
        if fixed and not self._rounded:
            self.context.clear_flags()
        elif not self._rounded:
            self._rounded = _is_rounded(self.context)


def _is_rounded(context: decimal.Context) -> bool:
    flags = cast("dict[Any, bool]", context.flags)
    return any(flags[each] for each in _ROUNDING)


def _is_programs_frame(frame: FrameType) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    return is_programs(module) and module != "qb" and not module.startswith("qb.")


def _is_collectors(code: CodeType) -> bool:
    """Whether the garbage collector calls it, which may come to its work at any place."""
    return any(getattr(getattr(each, "__func__", each), "__code__", None) is code for each in gc.callbacks)


def _is_generated(code: CodeType) -> bool:
    """Whether dataclasses wrote it: the defaults of fields are judged with the class."""
    return code.co_filename == "<string>" and any(name.startswith("__dataclass_") for name in code.co_freevars)


def _place(frame: FrameType, text: str) -> Place:
    return Place(text, frame.f_code.co_filename, frame.f_lineno)


def _functions_of(frame: FrameType) -> list[FunctionType]:
    """The functions that a frame may be running: those of its code, with what it sees around it."""
    code = frame.f_code
    seen = [frame.f_locals.get(name) for name in code.co_freevars]

    def runs(function: FunctionType) -> bool:
        cells = [_held(cell) for cell in function.__closure__ or ()]
        return function.__code__ is code and all(a is b for a, b in zip(cells, seen, strict=False))

    named = _named(frame.f_globals, code.co_qualname)
    if named is not None and runs(named):
        return [named]
    # Nobody knows it by its name: a wrapper, a lambda. Looking through everything takes milliseconds.
    return [each for each in gc.get_referrers(code) if isinstance(each, FunctionType) and runs(each)]


def _named(names: dict[str, Any], path: str) -> FunctionType | None:
    """The function that stands where its name says: in a module, or in a class there."""
    first, *rest = path.split(".")
    found: object = names.get(first)
    for name in rest:
        found = vars(found).get(name) if isinstance(found, type) else None
    function = found if isinstance(found, FunctionType) else function_in(found)
    return function if isinstance(function, FunctionType) else None


def _held(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _positions(code: CodeType) -> list[tuple[int, int] | None]:
    return [None if line is None or column is None else (line, column) for line, _, column, _ in code.co_positions()]


@lru_cache(maxsize=256)
def _calls(code: CodeType) -> list[tuple[int, int | None]]:
    return [
        (each.offset, None if each.opname == "CALL_FUNCTION_EX" else int(each.argval))
        for each in dis.get_instructions(code)
        if each.opname in ("CALL", "CALL_KW", "CALL_FUNCTION_EX")
    ]


def _arguments(code: CodeType, at: int) -> int | None:
    return next((count for offset, count in _calls(code) if offset >= at), None)
