"""What may stand in a prepared query besides its parameters: what can never come to be another value.

Names from outside are judged by what they hold, and kept with it: each call asks whether they still do (`guards`).
"""

from __future__ import annotations

import enum
import functools
import inspect
import types
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from qb.query.prepared import kinds
from qb.query.prepared.constants import is_assigned, is_bound_once, is_changed, is_constant
from qb.query.prepared.guards import CONTAINERS, ClosureCell, GuardEntry, Guards, Items, Name, Place
from qb.query.prepared.impure import CLOCKS, IMPURE, IMPURE_BUILTINS, is_clock, is_impure
from qb.query.prepared.kinds import PURE_MODULES, is_ours, is_program, is_sql, is_users
from qb.query.prepared.roots import Root, Site, attribute_names, inner_codes, roots


class Problem(NamedTuple):
    """Something that may change, and why."""

    place: Place
    why: str


CHANGES = "may give another value at the next call"
REBOUND = "is assigned more than once"
MUTATED = "is a list, set or dict that is changed"
NO_SOURCE = "may be assigned again, as there is no source to read (a constant is written in capitals)"
LARGE = "holds so many items that no call could compare them (make it a tuple)"
ATTRIBUTE = "is an attribute of a function, which may be set anew"
UNPLACED = "cannot be told from what is not fixed, as Python runs without positions (-X no_debug_ranges)"

_MOST = 100
"""How many items of a container are compared at each call."""


class Judge:
    """What is known of one prepared query. It stops at the first problem."""

    def __init__(self, exempt: object, within_python: bool = False) -> None:
        self.guards: Guards = Guards()
        self.spans: dict[types.CodeType, list[tuple[Site, Site]]] = {}
        """Where in a code nothing is looked at: in what is fixed, and in logs."""
        self.inner: set[types.CodeType] = set()
        """What is written inside of a judged function, and judged with it."""
        self._exempt = exempt
        self._within_python = within_python
        self._seen: dict[int, object] = {}  # with the object, so that its number belongs to nothing else
        self._used: set[str] = set()
        self._ran: set[tuple[types.CodeType, tuple[int, ...]]] = set()
        self._dicts: dict[type[object], Mapping[str, Any]] = {}
        self._classes: list[tuple[type[object], Place]] = []

    def again(self) -> Judge:
        """The same knowledge, for one more building: what comes of it is kept only where that goes well."""
        other = Judge(self._exempt)
        other.guards = self.guards.copy()
        other.spans = {code: list(spans) for code, spans in self.spans.items()}
        other.inner, other._seen, other._used = set(self.inner), dict(self._seen), set(self._used)
        other._ran = set(self._ran)
        other._dicts, other._classes = dict(self._dicts), list(self._classes)
        return other

    # ------------------------------------------------------------ functions

    def of_callable(self, called: object) -> Problem | None:
        """What a function reads from outside of itself."""
        if isinstance(called, staticmethod | classmethod):
            called = cast("staticmethod[..., object]", called).__func__
        if not isinstance(called, types.FunctionType) or self._is_seen(called):
            return None
        code = called.__code__
        self._add_inner(code)
        here = Place(called.__qualname__, code.co_filename, code.co_firstlineno)
        defaults = (*(called.__defaults__ or ()), *(called.__kwdefaults__ or {}).values())
        problem = self._use(attribute_names(code) | {code.co_name}) or self._of_all(defaults, here)
        return problem or self._of_roots(called)

    def _of_roots(self, function: types.FunctionType) -> Problem | None:
        names = attribute_names(function.__code__)
        for root in roots(function, self._exempt):
            place = Place(root.text, function.__code__.co_filename, root.line)
            if root.exempt and root.call is None:
                return Problem(place, UNPLACED)
            if root.exempt or (root.dropped and kinds.is_for_effect(root.value, root.attributes)):
                if root.call is not None and (root.exempt or not root.attributes or kinds.is_log(root.value)):
                    self.spans.setdefault(root.code, []).append(root.call)
                if root.exempt:
                    self._keep_name(function, root, place)
                continue
            if problem := self._of_root(function, root, place):
                return problem
            if not root.attributes and is_clock(root.value) and names & CLOCKS:
                return Problem(place, CHANGES)  # the class goes by another name: `kind = date`, and then `kind.today()`
        return None

    def _of_root(self, function: types.FunctionType, root: Root, place: Place) -> Problem | None:
        value, attributes = root.value, root.attributes
        # Of what changes by itself it is no use to say how often it is assigned.
        problem = self._of_chain(value, attributes, place, root.arguments)
        if problem or root.local:
            return problem
        self._keep_name(function, root, place)
        if kinds.is_defined(value):
            return None
        settled = is_bound_once(function, root.name) if root.closure else is_constant(function.__globals__, root.name)
        if settled is not True:
            return Problem(place, NO_SOURCE if settled is None else REBOUND)
        if _is_mutable(value) and (root.closure or is_changed(function.__globals__, root.name)):
            return Problem(place, MUTATED)
        return None

    def _keep_name(self, function: types.FunctionType, root: Root, place: Place) -> None:
        if root.local:
            return
        if root.closure:
            cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=False))
            self.guards.keep(ClosureCell(cells[root.name]), place)
        else:
            self.guards.keep(Name(function.__globals__, root.name), place)

    def _of_chain(
        self, start: object, attributes: tuple[str, ...], place: Place, arguments: int | None
    ) -> Problem | None:
        """A value and the attributes read from it, as far as they can be followed."""
        value: Any = start
        for number, attribute in enumerate(attributes):
            last = number == len(attributes) - 1
            if kinds.is_relation_class(value):
                member = inspect.getattr_static(value, attribute, None) if isinstance(value, type) else None
                if member is None or is_sql(member) or isinstance(member, types.MemberDescriptorType):
                    return None
                if (function := kinds.function_in(member)) is not None:
                    return self.of_callable(function)
                value = member
                continue
            if is_sql(value) and not isinstance(value, types.ModuleType):
                return None
            if attribute in IMPURE and not is_program(value):
                return Problem(place, CHANGES) if is_impure(value, attribute, arguments if last else None) else None
            if isinstance(value, types.ModuleType):
                problem = self._of_module(value, attribute, place)
                value = getattr(value, attribute, None)
            elif isinstance(value, type):
                problem = self._of_class_attribute(value, attribute, place)
                value = inspect.getattr_static(cast("object", value), attribute, None)
                if kinds.function_in(value) is not None:
                    return problem or self.of_callable(kinds.function_in(value))
                if not problem and (value is None or hasattr(cast("object", type(value)), "__get__")):
                    return self.of_value(value, place)
            elif isinstance(value, types.FunctionType):
                return self.of_value(value, place) or Problem(place, ATTRIBUTE)
            else:
                problem = self.of_value(value, place)
                found = inspect.getattr_static(cast("object", type(value)), attribute, None)
                if not problem and (member := kinds.function_in(found)) is not None:
                    return self.of_callable(member)
                if not problem and not (kinds.has_fields(value) and _is_stored(value, attribute, found)):
                    return None  # a method of an immutable value, or what runs when it is read
                value = getattr(value, attribute, None) if not problem else None
            if problem:
                return problem
        return self.of_value(value, place)

    def _of_module(self, module: types.ModuleType, attribute: str, place: Place) -> Problem | None:
        names = vars(module)
        if is_ours(module):
            return None
        if attribute not in names:
            return self.of_callable(names.get("__getattr__"))
        value = names[attribute]
        if not kinds.is_defined(value):
            settled = is_constant(names, attribute)
            if settled is not True:
                return self.of_value(value, place) or Problem(place, NO_SOURCE if settled is None else REBOUND)
            if _is_mutable(value) and is_changed(names, attribute):
                return Problem(place, MUTATED)
        self.guards.keep(Name(names, attribute), place)
        return None

    def _of_class_attribute(self, kind: type[object], attribute: str, place: Place) -> Problem | None:
        if is_program(kind) and is_assigned(kind.__module__, kind.__name__, attribute):
            return Problem(place, REBOUND)
        return self._of_class(kind, place)

    # ------------------------------------------------------------ values

    def of_value(self, value: Any, place: Place) -> Problem | None:
        """Whether a value can become another one: None where it cannot, or where each call asks."""
        kind = cast("type[object]", type(value))
        if issubclass(kind, type):
            return self._of_class(value, place)
        if kinds.is_io(value):
            return Problem(place, "talks to the database")
        if is_sql(value) or kinds.is_typing(value):
            return self.of_callable(value) if kind is types.MethodType else None
        if issubclass(kind, types.FunctionType):
            return self._of_function(value, place)
        if kind is types.MethodType:
            return self.of_value(value.__self__, place) or self.of_callable(value.__func__)
        if kind is types.BuiltinFunctionType:
            return self._of_builtin(value, place)
        if kind is functools.partial:
            return self._of_all([value.func, *value.args, *value.keywords.values()], place)
        if kind.__name__ == "_lru_cache_wrapper":
            return self.of_value(value.__wrapped__, place)
        if kind in CONTAINERS:
            return self._of_container(value, place)
        if issubclass(kind, (*kinds.IMMUTABLE, tuple, frozenset)) or kinds.is_frozen(value):
            return self._of_immutable(value, place)
        if kind.__module__ in ("builtins", "operator", "_operator", "itertools", "functools") and callable(value):
            return None  # str.lower, operator.attrgetter(...)
        if kind is types.ModuleType:
            return Problem(place, "is a module, of which anything could be read")
        return Problem(place, CHANGES)

    def _of_all(self, values: Iterable[object], place: Place) -> Problem | None:
        return next((problem for value in values if (problem := self.of_value(value, place))), None)

    def _of_container(self, value: Any, place: Place) -> Problem | None:
        if self._is_seen(value):
            return None
        if len(value) > _MOST:
            return Problem(place, LARGE)
        items: list[object] = list(value)
        if not isinstance(value, list | set):
            items += cast("Mapping[object, object]", value).values()
        self.guards.keep(Items(value), place)
        return self._of_all(items, place)

    def _of_immutable(self, value: Any, place: Place) -> Problem | None:
        kind = cast("type[object]", type(value))
        if problem := self._of_all(_items_of(value), place):
            return problem
        if not is_users(kind) or self._is_seen(value):
            return None
        stored = kinds.attributes_of(value)
        hidden = issubclass(kind, enum.Enum)
        for name in stored:
            if not (hidden and name.startswith("_")):
                self.guards.keep(GuardEntry(stored, name), place)
        kept = [each for name, each in stored.items() if not (hidden and name.startswith("_") and name != "_value_")]
        return self._of_all([*kept, *kinds.parts_of(value)], place) or self._of_class(kind, place)

    def _of_function(self, function: types.FunctionType, place: Place) -> Problem | None:
        if is_sql(function):
            return None
        if self._within_python:
            return self.of_callable(function)
        if not is_program(function):
            return None if self.is_pure(function) else Problem(place, CHANGES)
        if (set(vars(function)) - {"__wrapped__"}) & self._used:
            return Problem(place, ATTRIBUTE)
        return self.of_callable(function)

    def is_pure(self, function: types.FunctionType) -> bool:
        """Whether a function of Python's own reads nothing that changes. What goes on inside is of no interest."""
        if function.__name__ in IMPURE:
            return False
        if function.__module__.partition(".")[0] == "pathlib" and not function.__qualname__.startswith("Pure"):
            return False  # it asks the system, in later Pythons through methods that no reading finds
        return function.__module__ in PURE_MODULES or Judge(self._exempt, True).of_callable(function) is None

    def _of_builtin(self, function: types.BuiltinFunctionType, place: Place) -> Problem | None:
        owner: object = function.__self__
        if function.__name__ in IMPURE:
            return Problem(place, CHANGES) if is_impure(owner, function.__name__, None) else None
        if owner is None or isinstance(owner, types.ModuleType):
            module = str(function.__module__ or getattr(owner, "__name__", ""))
            if module == "builtins" and function.__name__ in IMPURE_BUILTINS:
                return Problem(place, CHANGES)
            return None if module in PURE_MODULES else Problem(place, CHANGES)
        return self.of_value(owner, place)

    # ------------------------------------------------------------ classes

    def _of_class(self, kind: type[object], place: Place) -> Problem | None:
        if kinds.is_io(kind):
            return Problem(place, "talks to the database")
        if not is_users(kind):
            ours = is_ours(kind) or kind.__module__ in PURE_MODULES or issubclass(kind, enum.Enum | BaseException)
            return None if ours or issubclass(kind, kinds.IMMUTABLE) else Problem(place, CHANGES)
        if self._is_seen(kind):
            return None
        self._classes.append((kind, place))
        values, factories = kinds.defaults_of(kind)
        metaclass: type[object] = type(kind)
        problem = self._of_all(values, place) or self._of_all(factories, place)
        problem = problem or (self._of_class(metaclass, place) if is_users(metaclass) else None)
        return problem or self._of_members(kind, self._used, place)

    def _use(self, names: Iterable[str]) -> Problem | None:
        """More names that are read from something: each class that is known may have them."""
        more = set(names) - self._used
        self._used |= more
        for kind, place in list(self._classes) if more else ():
            if problem := self._of_members(kind, more, place):
                return problem
        return None

    def _of_members(self, kind: type[object], names: Iterable[str], place: Place) -> Problem | None:
        """The attributes of a class that go by these names, wherever it has them from."""
        above: list[type[object]] = []
        for base in kind.__mro__:
            if not is_users(base):
                continue
            found = self._dict_of(base)
            for name in found.keys() & set(names):
                member = found[name]
                if type(member).__name__ in ("getset_descriptor", "member_descriptor", "_tuplegetter"):
                    continue  # where instances keep what they hold
                here = place._replace(text=f"{base.__name__}.{name}")
                if not kinds.is_relation_class(base):  # tables are frozen
                    self.guards.keep(GuardEntry(found, name), here)
                    for each in above:
                        self.guards.keep(GuardEntry(self._dict_of(each), name), here)
                if kinds.function_in(member) is None and not is_sql(member) and (p := self.of_value(member, here)):
                    return p
            above.append(base)
        return None

    def _dict_of(self, kind: type[object]) -> Mapping[str, Any]:
        return self._dicts.setdefault(kind, vars(kind))  # each look makes another proxy

    def is_exempt(self, code: types.CodeType) -> bool:
        """Whether it is the code of `fixed`."""
        return getattr(self._exempt, "__code__", None) is code

    def knows(self, code: types.CodeType, around: tuple[int, ...]) -> bool:
        """Whether a function that runs was asked about before, with the same variables around it."""
        key = (code, around)
        if key in self._ran:
            return True
        self._ran.add(key)
        return False

    def arrived(self, value: object, place: Place) -> Problem | None:
        """An argument of a function that runs: it may read anything from its class."""
        kind: type[object] = cast("type[object]", value) if isinstance(value, type) else type(value)
        return self._of_class(kind, place) if is_users(kind) else None

    def _is_seen(self, value: object) -> bool:
        if id(value) in self._seen:
            return True
        self._seen[id(value)] = value
        return False

    def _add_inner(self, code: types.CodeType) -> None:
        for each in inner_codes(code):
            self.inner.add(each)
            self._add_inner(each)


def _items_of(value: object) -> Iterable[object]:
    return cast("Iterable[object]", value) if isinstance(value, tuple | frozenset) else ()


def _is_mutable(value: object) -> bool:
    return type(value) in CONTAINERS


def _is_stored(value: object, attribute: str, found: object) -> bool:
    """Whether an attribute is data: nothing of the program's runs to read it."""
    return attribute in kinds.attributes_of(value) or (found is not None and not is_program(type(found)))
