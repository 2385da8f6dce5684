"""Programs as people write them, each with a state that changes: every place to keep it, every way to come to it.

Of each program one thing is asked: a prepared query says no, or gives what its body would give now. And where nothing
changes, it says yes.
"""

import importlib
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from qb import QueryError, compile, prepare

any_prepare: Any = prepare

HEAD = """
import collections, contextlib, contextvars, dataclasses, enum, functools, itertools, operator, threading, types
from typing import NamedTuple
import msgspec
from qb import select
from tests.query.model import Ape
query = select(Ape.id)
"""


class State(NamedTuple):
    """Where a value is kept, how it is read, and what makes it 2: run outside of the program, which is `m`."""

    kept: str
    read: str
    change: str


STATES = {
    "a global": State("X = 1", "X", "m.X = 2"),
    "a dict": State("X = {'t': 1}", "X['t']", "m.X['t'] = 2"),
    "a nested dict": State("X = {'a': {'t': 1}}", "X['a']['t']", "m.X['a']['t'] = 2"),
    "a dict by update": State("X = {'t': 1}", "X.get('t')", "m.X.__ior__({'t': 2})"),
    "an ordered dict": State("X = collections.OrderedDict(t=1)", "X['t']", "m.X['t'] = 2"),
    "a default dict": State("X = collections.defaultdict(int, t=1)", "X['t']", "m.X['t'] = 2"),
    "a counter": State("X = collections.Counter(t=1)", "X['t']", "m.X['t'] = 2"),
    "a deque": State("X = collections.deque([1])", "X[0]", "m.X[0] = 2"),
    "a list": State("X = [1]", "X[0]", "m.X[:] = [2]"),
    "a list that grows": State("X = [1]", "X[-1]", "m.X.append(2)"),
    "a long list": State("X = [1] * 20", "X[-1]", "m.X[-1] = 2"),
    "a set": State("X = {1}", "max(X)", "m.X.add(2)"),
    "a tuple of lists": State("X = ([1],)", "X[0][0]", "m.X[0][0] = 2"),
    "a mapping proxy": State("Y = {'t': 1}\nX = types.MappingProxyType(Y)", "X['t']", "m.Y['t'] = 2"),
    "a class": State("class X: t = 1", "X.t", "m.X.t = 2"),
    "a base class": State("class A: t = 1\nclass X(A): pass", "X.t", "m.A.t = 2"),
    "a class above": State("class A: t = 1\nclass X(A): pass", "X.t", "m.X.t = 2"),
    "a class's dict": State("class X: d = {'t': 1}", "X.d['t']", "m.X.d['t'] = 2"),
    "a class's instance": State("class X: t = 1", "X().t", "m.X.t = 2"),
    "a metaclass": State("class M(type): t = 1\nclass X(metaclass=M): pass", "X.t", "m.M.t = 2"),
    "an instance": State("class K:\n    def __init__(self): self.t = 1\nX = K()", "X.t", "m.X.t = 2"),
    "a dataclass": State("@dataclasses.dataclass\nclass K: t: int\nX = K(1)", "X.t", "m.X.t = 2"),
    "a frozen dataclass": State(
        "@dataclasses.dataclass(frozen=True)\nclass K: t: list\nX = K([1])", "X.t[0]", "m.X.t[0] = 2"
    ),
    "a forced dataclass": State(
        "@dataclasses.dataclass(frozen=True)\nclass K: t: int\nX = K(1)", "X.t", "object.__setattr__(m.X, 't', 2)"
    ),
    "a frozen Struct": State(
        "class K(msgspec.Struct, frozen=True): t: dict\nX = K({'t': 1})", "X.t['t']", "m.X.t['t'] = 2"
    ),
    "a Struct": State("class K(msgspec.Struct): t: int\nX = K(1)", "X.t", "m.X.t = 2"),
    "a named tuple": State("class K(NamedTuple): t: list\nX = K([1])", "X.t[0]", "m.X.t[0] = 2"),
    "a member's attribute": State("class X(enum.Enum): A = 1\nX.A.t = 1", "X.A.t", "m.X.A.t = 2"),
    "a member's list": State("class X(enum.Enum): A = [1]", "X.A.value[0]", "m.X.A.value[0] = 2"),
    "a default": State("def X(t=[1]): return t[0]", "X()", "m.X.__defaults__[0][0] = 2"),
    "a keyword's default": State("def X(*, t=[1]): return t[0]", "X()", "m.X.__kwdefaults__['t'][0] = 2"),
    "a count in a default": State("def X(t=[0]):\n    t[0] += 1\n    return t[0]", "X()", "pass"),
    "a function's attribute": State("def X(): return X.t\nX.t = 1", "X()", "m.X.t = 2"),
    "a function": State("def X(): return 1", "X()", "m.X = lambda: 2"),
    "a variable around": State(
        "def made():\n    t = 1\n    def get(): return t\n    def put(v):\n        nonlocal t\n        t = v\n"
        "    return get, put\nX, put = made()",
        "X()",
        "m.put(2)",
    ),
    "a context variable": State("X = contextvars.ContextVar('X')\nX.set(1)", "X.get()", "m.X.set(2)"),
    "its bound method": State("Y = contextvars.ContextVar('Y')\nY.set(1)\nX = Y.get", "X()", "m.Y.set(2)"),
    "a partial": State("Y = contextvars.ContextVar('Y')\nY.set(1)\nX = functools.partial(Y.get)", "X()", "m.Y.set(2)"),
    "a thread's": State("X = threading.local()\nX.t = 1", "X.t", "m.X.t = 2"),
    "a namespace": State("X = types.SimpleNamespace(t=1)", "X.t", "m.X.t = 2"),
    "an iterator": State("X = itertools.count(1)", "next(X)", "pass"),
    "a generator": State("def g():\n    yield from range(9)\nX = g()", "next(X)", "pass"),
    "a cached function": State(
        "Y = [1]\n@functools.cache\ndef X(): return Y[0]", "X()", "m.Y[0] = 2\nm.X.cache_clear()"
    ),
    "a subclass of dict": State("class K(dict): pass\nX = K(t=1)", "X['t']", "m.X['t'] = 2"),
    "a subclass of int": State("class K(int): pass\nX = K(5)\nX.t = 1", "X.t", "m.X.t = 2"),
    "a slot": State("class K:\n    __slots__ = ('t',)\nX = K()\nX.t = 1", "X.t", "m.X.t = 2"),
    "a builtin's name": State("", "len([1])", "m.len = lambda _: 2"),
    "an array": State("X = bytearray([1])", "X[0]", "m.X[0] = 2"),
}

CONSTANTS = {
    "a literal": State("", "1", ""),
    "a global": State("X = 1", "X", ""),
    "a member": State("class X(enum.Enum): A = 1", "X.A.value", ""),
    "a field": State("@dataclasses.dataclass(frozen=True)\nclass K: t: int = 1\nX = K()", "X.t", ""),
    "a Struct's field": State("class K(msgspec.Struct, frozen=True): t: int\nX = K(1)", "X.t", ""),
    "a named tuple's field": State("class K(NamedTuple): t: int\nX = K(1)", "X.t", ""),
    "an item": State("X = {'t': 1}\nX['u'] = 2", "X['t']", ""),
    "an item of a list": State("X = [1]\nX.append(2)", "X[0]", ""),
    "an item of a tuple": State("X = (1, (2, 3))", "X[1][0]", ""),
    "a class's attribute": State("class X: t = 1", "X.t", ""),
    "a function's value": State("@functools.cache\ndef X(t=1): return t", "X()", ""),
    "a global that is bound again": State("X = 500", "X", "m.X = int('500')"),
}

READ = "VALUE"
CLASS = "@dataclasses.dataclass(frozen=True)\nclass Way:\n    t: int = 0\n    {}\nway = Way()"
WAYS: dict[str, tuple[str, str]] = {
    "itself": ("", READ),
    "a helper": (f"def get(): return {READ}", "get()"),
    "a helper's helper": (f"def inner(): return {READ}\ndef get(): return inner()", "get()"),
    "a lambda": (f"get = lambda: {READ}", "get()"),
    "a function inside": ("", f"(lambda: {READ})()"),
    "an argument": ("def same(value): return value", f"same({READ})"),
    "a comprehension": ("", f"sum([{READ} for _ in range(1)])"),
    "a text": ("", f'int(f"""{{{READ}}}""")'),
    "a name": ("", f"(found := {READ})"),
    "a sort": ("", f"sorted([5], key=lambda _: {READ})[0] and {READ}"),
    "a map": (f"def get(_): return {READ}", "list(map(get, [0]))[0]"),
    "a reduction": (f"def get(a, b): return {READ}", "functools.reduce(get, [0, 0])"),
    "a generator": (f"def get():\n    yield {READ}", "next(get())"),
    "a decorated helper": (
        (
            "def deco(f):\n    @functools.wraps(f)\n    def inner(): return f()\n    return inner\n@deco\n"
            f"def get(): return {READ}"
        ),
        "get()",
    ),
    "a partial": (f"def get(_): return {READ}\npart = functools.partial(get, 1)", "part()"),
    "a method": (CLASS.format(f"def get(self): return {READ}"), "way.get()"),
    "a method of a new one": (CLASS.format(f"def get(self): return {READ}"), "Way().get()"),
    "a class method": (CLASS.format(f"@classmethod\n    def get(cls): return {READ}"), "Way.get()"),
    "a static method": (CLASS.format(f"@staticmethod\n    def get(): return {READ}"), "Way.get()"),
    "a property": (CLASS.format(f"@property\n    def got(self): return {READ}"), "way.got"),
    "an inherited property": (
        CLASS.format(f"@property\n    def got(self): return {READ}") + "\nclass Way2(Way): pass\nway2 = Way2()",
        "way2.got",
    ),
    "text of an object": (CLASS.format(f"def __str__(self): return str({READ})"), "int(f'{way}')"),
    "format of an object": (CLASS.format(f"def __format__(self, s): return str({READ})"), "int(f'{way}')"),
    "text by percent": (CLASS.format(f"def __str__(self): return str({READ})"), "int('%s' % (way,))"),
    "text by format": (CLASS.format(f"@property\n    def got(self): return {READ}"), "int('{0.got}'.format(way))"),
    "a sum": (CLASS.format(f"def __add__(self, other): return {READ}"), "way + 1"),
    "a sum from the right": (CLASS.format(f"def __radd__(self, other): return {READ}"), "1 + way"),
    "a length": (CLASS.format(f"def __len__(self): return {READ}"), "len(way)"),
    "an int": (CLASS.format(f"def __int__(self): return {READ}"), "int(way)"),
    "an index": (CLASS.format(f"def __index__(self): return {READ}"), "range(999)[way]"),
    "an item": (CLASS.format(f"def __getitem__(self, key): return {READ}"), "way['x']"),
    "iteration": (CLASS.format(f"def __iter__(self): return iter([{READ}])"), "max(way)"),
    "membership": (CLASS.format(f"def __contains__(self, key): return {READ} == 1"), "3 if 5 in way else 4"),
    "equality": (CLASS.format(f"def __eq__(self, other): return {READ} == 1"), "3 if way == 5 else 4"),
    "truth": (CLASS.format(f"def __bool__(self): return {READ} == 1"), "3 if way else 4"),
    "a call": (CLASS.format(f"def __call__(self): return {READ}"), "way()"),
    "a missing attribute": (CLASS.format(f"def __getattr__(self, name): return {READ}"), "way.anything"),
    "every attribute": (
        CLASS.format(f"def __getattribute__(self, name):\n        if name == 'got': return {READ}\n"
                     "        return object.__getattribute__(self, name)"),
        "way.got",
    ),
    "a missing key": (f"class Way(dict):\n    def __missing__(self, key): return {READ}", "Way()['x']"),
    "a descriptor": (f"class D:\n    def __get__(self, o, t=None): return {READ}\nclass Way: got = D()", "Way().got"),
    "a metaclass": (
        f"class D(type):\n    def __getattr__(cls, name): return {READ}\nclass Way(metaclass=D): pass",
        "Way.anything",
    ),
    "a property of a class": (
        f"class D(type):\n    @property\n    def got(cls): return {READ}\nclass Way(metaclass=D): pass",
        "Way.got",
    ),
    "a constructor": (f"class Way:\n    def __init__(self): self.t = {READ}", "Way().t"),
    "a default factory": (
        f"def get(): return {READ}\nclass Way(msgspec.Struct): t: int = msgspec.field(default_factory=get)",
        "msgspec.convert({}, Way).t",
    ),
    "a context": (
        CLASS.format(f"def __enter__(self): return {READ}\n    def __exit__(self, *_): return None"),
        "entered()",
    ),
    "a context manager": (
        f"@contextlib.contextmanager\ndef way():\n    yield {READ}",
        "entered_call()",
    ),
    "a member's method": (f"class Way(enum.Enum):\n    A = 1\n    def get(self): return {READ}", "Way.A.get()"),
    "an int's operator": (f"class Way(int):\n    def __add__(self, o): return {READ}\nway = Way(3)", "way + 1"),
    "an attribute by its name": (
        CLASS.format(f"@property\n    def got(self): return {READ}"), "getattr(way, 'g' + 'ot')"
    ),
    "an attrgetter": (
        CLASS.format(f"@property\n    def got(self): return {READ}"), "operator.attrgetter('got')(way)"
    ),
    "a super": (
        f"class B:\n    def get(self): return {READ}\nclass Way(B):\n    def get(self): return super().get()",
        "Way().get()",
    ),
    "a singledispatch": (f"@functools.singledispatch\ndef get(x): return {READ}", "get(1)"),
}  # fmt: skip

TAIL = """
def entered():
    with way as found:
        return found
def entered_call():
    with way() as found:
        return found
def body():
    return query.where(Ape.a == ({}))
"""

_numbers = itertools.count()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[State, tuple[str, str]], ModuleType]]:
    folder: Path = tmp_path_factory.mktemp("programs")
    sys.path.insert(0, str(folder))

    def made(state: State, way: tuple[str, str]) -> ModuleType:
        name = f"a_program_{next(_numbers)}"
        written, expression = (part.replace(READ, state.read) for part in way)
        (folder / f"{name}.py").write_text(f"{HEAD}{state.kept}\n{written}\n{TAIL.format(expression)}")
        importlib.invalidate_caches()
        return importlib.import_module(name)

    yield made
    sys.path.remove(str(folder))
    for name in [each for each in sys.modules if each.startswith("a_program_")]:
        del sys.modules[name]


def said(query: Any) -> Any:
    compiled = compile(query())
    return compiled.sql, compiled.parameters


def ask(module: Any, state: State) -> str:
    """What a program does after its state has changed: "refused", "right", or what it gave."""
    prepared = any_prepare(module.body)
    try:
        said(prepared)
    except QueryError:
        return "refused"
    exec(state.change, {"m": module})
    truth = said(module.body)
    try:
        given = said(prepared)
    except QueryError as error:
        return "refused" if "is not what it was when the query was built" in str(error) else str(error)
    return "right" if given == truth else f"frozen: {given} and not {truth}"


def passes(module: Any, state: State) -> bool:
    prepared = any_prepare(module.body)
    first = said(prepared)
    exec(state.change, {"m": module})
    return bool(said(prepared) == first)


@pytest.mark.parametrize("name", STATES)
def test_no_place_to_keep_a_value_is_missed(name: str, program: Any) -> None:
    for way in ("itself", "a method"):
        assert (way, ask(program(STATES[name], WAYS[way]), STATES[name])) == (way, "refused")


@pytest.mark.parametrize("way", WAYS)
def test_no_way_to_a_value_is_missed(way: str, program: Any) -> None:
    for name in ("a global", "a context variable"):
        assert (name, ask(program(STATES[name], WAYS[way]), STATES[name])) == (name, "refused")


@pytest.mark.slow
@pytest.mark.parametrize("name", STATES)
def test_no_program_gives_what_was(name: str, program: Any) -> None:
    for way, written in WAYS.items():
        assert (way, ask(program(STATES[name], written), STATES[name])) == (way, "refused")


PASSING = [way for way in WAYS if way != "a descriptor"]  # it is an instance of a class that is not frozen


@pytest.mark.parametrize("name", CONSTANTS)
def test_what_never_changes_passes(name: str, program: Any) -> None:
    for way in ("itself", "a helper", "a property"):
        assert passes(program(CONSTANTS[name], WAYS[way]), CONSTANTS[name])


@pytest.mark.parametrize("way", PASSING)
def test_a_constant_passes_in_every_way(way: str, program: Any) -> None:
    assert passes(program(CONSTANTS["a global"], WAYS[way]), CONSTANTS["a global"])


@pytest.mark.slow
@pytest.mark.parametrize("way", PASSING)
def test_what_never_changes_passes_in_every_way(way: str, program: Any) -> None:
    for state in CONSTANTS.values():
        assert passes(program(state, WAYS[way]), state)
