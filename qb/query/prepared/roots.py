"""What a function reads from outside of itself: every other value in it is a parameter, a literal, or made of these.

It reads bytecode, which every function has, and which knows scopes exactly; positions say where an expression stands.
"""

from __future__ import annotations

import builtins
import dis
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple, cast

_ATTRIBUTE = ("LOAD_ATTR", "LOAD_METHOD")
_GLOBAL = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
_CLOSURE = ("LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF")
_CALL = ("CALL", "CALL_KW", "CALL_FUNCTION_EX")
_SILENT = ("CACHE", "EXTENDED_ARG", "PUSH_NULL", "NOP", "PRECALL", "KW_NAMES", "RESUME")

_WORD = re.compile(r"\w+")

Site = tuple[int, int]


class Root(NamedTuple):
    """A name from outside and the attributes that are read from it right there: `current.get`."""

    name: str
    attributes: tuple[str, ...]
    value: object
    """What the name is now."""
    closure: bool
    """Whether the name is an enclosing function's, and no global."""
    local: bool
    """Whether the name was imported in the function itself."""
    line: int
    dropped: bool
    """Whether it is called for what it does: the line throws its result away."""
    code: CodeType
    """Where it stands: the function's own code, or that of one written inside of it."""
    call: tuple[Site, Site] | None = None
    """From where to where the call reaches whose function it is."""
    arguments: int | None = None
    """How many arguments that call has, where they can be counted."""
    exempt: bool = False
    """Whether it is `fixed`: what stands in its call is not looked at."""

    @property
    def text(self) -> str:
        """How the source writes it."""
        return ".".join((self.name, *self.attributes))


class _Step(NamedTuple):
    op: str
    value: Any
    start: Site | None
    end: Site | None


def roots(function: FunctionType, exempt: object) -> Iterator[Root]:
    """The roots of a function and of what is written inside of it, those in the arguments of `exempt` left out, which
    is a root itself.

    A function given to `.map(...)` is left out, too: it runs for each row, and not while the query is built.
    """
    names = {**vars(builtins), **function.__globals__}
    free = function.__code__.co_freevars
    cells: dict[str, object] = {}
    for name, cell in zip(free, function.__closure__ or (), strict=False):
        try:
            cells[name] = cell.cell_contents
        except ValueError:  # nothing is bound to it yet
            continue
    yield from _of_code(function.__code__, names, cells, exempt)


def attribute_names(code: CodeType) -> frozenset[str]:
    """Every name in a code, those of attributes among them, and the words of its texts, as getattr takes a text."""
    words = [word for each in code.co_consts if isinstance(each, str) for word in _WORD.findall(each)]
    return frozenset((*code.co_names, *words)).union(*(attribute_names(each) for each in inner_codes(code)))


def inner_codes(code: CodeType) -> list[CodeType]:
    """The codes of the functions and classes that are written inside of one."""
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def _of_code(
    code: CodeType, names: Mapping[str, object], cells: Mapping[str, object], exempt: object
) -> Iterator[Root]:
    steps = _steps(code)
    modules: dict[str, object] = {}
    left_out: list[tuple[Site, Site]] = []
    for at, step in enumerate(steps):
        if step.start is not None and any(start <= step.start < end for start, end in left_out):
            continue
        if isinstance(step.value, CodeType):
            if not _is_mapped(steps, at):
                known = {**cells, **modules}
                inner = {name: known[name] for name in step.value.co_freevars if name in known}
                yield from _of_code(step.value, names, inner, exempt)
            continue
        if step.op == "IMPORT_NAME":
            yield from _imported(code, steps, at, names, modules)
            continue
        name: object = step.value
        if isinstance(name, tuple):
            name = cast("tuple[object, ...]", name)[-1:]
        if isinstance(name, tuple):  # two names in one step: the last is on top
            name = cast("tuple[object, ...]", name)[0] if name else None
        if not isinstance(name, str):
            continue
        closure = step.op in _CLOSURE and name in cells and name not in modules
        local = name in modules and step.op.startswith(("LOAD_FAST", "LOAD_DEREF", "LOAD_NAME", "STORE_FAST_LOAD"))
        if not closure and not local and not (step.op in _GLOBAL and name in names):
            continue
        value = modules[name] if local else cells[name] if closure else names[name]
        after = at + 1
        attributes: list[str] = []
        while after < len(steps) and steps[after].op in _ATTRIBUTE:
            attributes.append(str(steps[after].value))
            after += 1
        line = step.start[0] if step.start else code.co_firstlineno
        root = Root(name, tuple(attributes), value, closure, local, line, False, code)
        call = _call_from(steps, at, after - 1)
        if call is not None and step.start is not None and (end := steps[call].end) is not None:
            counted = steps[call].value if steps[call].op != "CALL_FUNCTION_EX" else None
            dropped = call + 1 < len(steps) and steps[call + 1].op == "POP_TOP"
            root = root._replace(dropped=dropped, call=(step.start, end), arguments=counted)
        if _found(root) is exempt:
            if root.call is not None:
                left_out.append(root.call)
            yield root._replace(exempt=True)
        elif not _is_mapped_name(steps, after - 1):
            yield root


def _steps(code: CodeType) -> list[_Step]:
    found: list[_Step] = []
    for each in dis.get_instructions(code):
        if each.opname in _SILENT:
            continue
        place = each.positions
        start = end = None
        if place is not None and None not in place:
            line, end_line, column, end_column = cast("tuple[int, int, int, int]", place)
            start, end = (line, column), (end_line, end_column)
        found.append(_Step(each.opname, each.argval, start, end))
    return found


def _call_from(steps: list[_Step], at: int, last: int) -> int | None:
    """The call whose function is the expression from step `at` to `last`: it begins there, and is the first to end."""
    start, end = steps[at].start, steps[last].end
    if start is None or end is None:
        return None
    for index in range(last + 1, len(steps)):
        step = steps[index]
        if step.op in _CALL and step.start == start and step.end is not None and step.end > end:
            return index
    return None


def _is_mapped_name(steps: list[_Step], last: int) -> bool:
    return last + 1 < len(steps) and steps[last + 1].op == "CALL" and _is_map_call(steps, last + 1)


def _is_mapped(steps: list[_Step], at: int) -> bool:
    after = at + 1
    while after < len(steps) and steps[after].op in ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE"):
        after += 1
    return after > at + 1 and after < len(steps) and steps[after].op == "CALL" and _is_map_call(steps, after)


def _is_map_call(steps: list[_Step], call: int) -> bool:
    start, end = steps[call].start, steps[call].end
    if start is None or end is None:
        return False
    # Of the attributes that begin where the call does, the function is the longest.
    inside = [
        step
        for step in steps[:call]
        if step.op in _ATTRIBUTE and step.start == start and step.end is not None and step.end < end
    ]
    return bool(inside) and max(inside, key=lambda step: step.end or (0, 0)).value == "map"


def _imported(
    code: CodeType, steps: list[_Step], at: int, names: Mapping[str, object], modules: dict[str, object]
) -> Iterator[Root]:
    line = (steps[at].start or (code.co_firstlineno, 0))[0]
    level = next((step.value for step in reversed(steps[:at]) if isinstance(step.value, int)), 0)
    wanted = "." * level + str(steps[at].value)
    package = str(names.get("__package__") or "")
    try:
        found: ModuleType = import_module(wanted, package or None)
    except Exception:
        return  # the body itself will say what is wrong with it
    after = at + 1
    if after < len(steps) and steps[after].op == "IMPORT_FROM" and not _renames(steps, after):
        while after < len(steps) and steps[after].op in ("IMPORT_FROM", "STORE_FAST", "STORE_DEREF"):
            if steps[after].op == "IMPORT_FROM":
                yield Root(found.__name__, (str(steps[after].value),), found, False, True, line, False, code)
            after += 1
        return
    while after < len(steps) and not steps[after].op.startswith("STORE_"):
        after += 1
    if after < len(steps):
        top = found if _renames(steps, at + 1) else sys.modules.get(found.__name__.partition(".")[0], found)
        stored: object = steps[after].value  # the first of two names, where a step stores one and loads another
        names_in_step = cast("tuple[object, ...]", stored) if isinstance(stored, tuple) else (stored,)
        modules[str(names_in_step[0])] = top


def _renames(steps: list[_Step], at: int) -> bool:
    """Whether IMPORT_FROM belongs to `import a.b as c`, which takes the module apart in the same way."""
    return at + 1 < len(steps) and steps[at].op == "IMPORT_FROM" and steps[at + 1].op == "SWAP"


def _found(root: Root) -> object:
    value = root.value
    for attribute in root.attributes:
        if not isinstance(value, ModuleType):
            return value
        value = getattr(value, attribute, None)
    return value
