"""`@prepare`: a query is a function, compiled once.

None is never a placeholder: there is one variant of the query for each set of parameters that are None, built the
first time it is called for. https://www.postgresql.org/docs/current/sql-prepare.html
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar, cast, get_type_hints, overload

from qb.errors import QueryError
from qb.sql.inspection import check_body
from qb.sql.param import Param
from qb.sql.rows import Command, Rows, Statement

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

_fix = object.__setattr__


class Variant:
    """A prepared query for one set of None parameters. `compiled` is where those who run it keep its compiled form."""

    __slots__ = ("compiled", "names", "query")
    query: Statement
    names: tuple[str, ...]
    compiled: object

    def __init__(self, query: Statement, names: tuple[str, ...]) -> None:
        self.query, self.names, self.compiled = query, names, None


class _Bound(Statement):
    """A prepared query with the arguments of one call."""

    __slots__ = ()
    variant: Variant
    arguments: tuple[Any, ...]

    def __init__(self, variant: Variant, arguments: tuple[Any, ...]) -> None:
        _fix(self, "variant", variant)
        _fix(self, "arguments", arguments)
        _fix(self, "node", variant.query.node)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bound) and self.variant is other.variant and self.arguments == other.arguments

    def __hash__(self) -> int:
        return hash(self.variant)  # an argument may be a list

    def __repr__(self) -> str:
        return f"<call of a prepared query with {len(self.arguments)} arguments>"


class BoundRows(_Bound, Rows[R_co]):
    """A prepared query that returns rows, with the arguments of one call."""

    __slots__ = ("arguments", "variant")


class BoundCommand(_Bound, Command):
    """A prepared query that returns a count, with the arguments of one call."""

    __slots__ = ("arguments", "variant")


class _Preparation(Generic[P]):
    """What both kinds of prepared query share: reading arguments, and one variant per set of None parameters."""

    def __init__(self, function: Callable[P, Statement]) -> None:
        functools.update_wrapper(cast("Any", self), function)  # callable in both subclasses
        self._function = function
        check_body(function)
        self._names, self._arguments = _reader(function)
        self._variants: dict[tuple[bool, ...], Variant] = {}
        self._lock = threading.Lock()
        self._no_none = (False,) * len(self._names)

    def __repr__(self) -> str:
        return f"<prepared query {getattr(self, '__qualname__', '?')}>"

    def _variant(self, arguments: tuple[object, ...], absent: bool) -> Variant:
        mask = tuple(argument is None for argument in arguments) if absent else self._no_none
        variant = self._variants.get(mask)
        return variant if variant is not None else self._build(mask)

    def _build(self, mask: tuple[bool, ...]) -> Variant:
        hints = _hints(self._function)
        given = {
            name: None if absent else Param(name, hints.get(name, object))
            for name, absent in zip(self._names, mask, strict=True)
        }
        query = cast("Callable[..., object]", self._function)(**given)
        if not isinstance(query, Statement):
            raise QueryError(f"{self!r} returned {type(query).__name__}: return the query itself, such as select(...)")
        if isinstance(query, BoundRows | BoundCommand):
            raise QueryError(f"{self!r} returned a call of another prepared query: share a plain function between them")
        with self._lock:  # two threads may build the same variant; the first one stays
            return self._variants.setdefault(mask, Variant(query, self._names))


class Prepared(_Preparation[P], Generic[P, R]):
    """A prepared query that returns rows: calling it costs microseconds and gives what `db.all` takes.

    >>> @prepare
    ... def by_name(name: str) -> Select[User]:
    ...     return select(User).where(User.name == name)
    >>> by_name
    <prepared query by_name>
    >>> db.one(by_name("Grace")).unwrap().id
    2
    """

    def __call__(self, *args: P.args, **values: P.kwargs) -> Rows[R]:
        """The query with its arguments."""
        arguments, absent = self._arguments(*args, **values)
        return BoundRows(self._variant(arguments, absent), arguments)


class PreparedCommand(_Preparation[P]):
    """A prepared query that returns a count: calling it gives what `db.execute` takes.

    >>> @prepare
    ... def finish(task: int) -> Update[Task]:
    ...     return update(Task).set(Task.done.to(True)).where(Task.id == task)
    >>> db.execute(finish(2))
    <Success: 1>
    """

    def __call__(self, *args: P.args, **values: P.kwargs) -> Command:
        """The command with its arguments."""
        arguments, absent = self._arguments(*args, **values)
        return BoundCommand(self._variant(arguments, absent), arguments)


@overload
def prepare(query: Callable[P, Rows[R]]) -> Prepared[P, R]: ...
@overload
def prepare(query: Callable[P, Command]) -> PreparedCommand[P]: ...
def prepare(query: Callable[P, Any]) -> Any:
    """Make a function that builds a query a prepared query: its body runs once, its SQL is compiled once.

    In the body a parameter is an SQL expression: compare it, pass it to `limit` or `in_`, test it only with `is None`.
    Using it as a Python value raises QueryError. https://www.postgresql.org/docs/current/sql-prepare.html

    >>> @prepare
    ... def tasks_of(user: int, done: bool | None = None) -> Select[str]:
    ...     query = select(Task.title).where(Task.user_id == user).order_by(Task.id)
    ...     return query if done is None else query.where(Task.done == done)
    >>> db.all(tasks_of(1)), db.all(tasks_of(1, done=False))
    (<Success: ['write', 'test']>, <Success: ['test']>)
    """
    returns = _hints(query).get("return")
    origin = getattr(returns, "__origin__", returns)
    is_command = isinstance(origin, type) and issubclass(origin, Command)
    return PreparedCommand(query) if is_command else Prepared[P, Any](query)


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function)
    except Exception:
        return {
            name: hint for name, hint in getattr(function, "__annotations__", {}).items() if not isinstance(hint, str)
        }


def _reader(function: Callable[..., Any]) -> tuple[tuple[str, ...], Callable[..., tuple[tuple[Any, ...], bool]]]:
    """A function of the same signature that returns its arguments as a tuple, and whether one of them is None.

    Python's own call is the fastest; and `None in arguments` would ask each one whether it equals None.
    """
    signature = inspect.signature(function)
    kinds = inspect.Parameter
    if inspect.iscoroutinefunction(function):
        raise QueryError(
            f"{function.__qualname__}: building a query waits for nothing: write def, and await db.all(...)"
        )
    if next(iter(signature.parameters), "") in ("self", "cls"):
        raise QueryError(
            f"{function.__qualname__}: a prepared query belongs to no object: make it a function of the module, or put "
            "@staticmethod above @prepare, and let the method call it"
        )
    defaults: dict[str, object] = {}
    written: list[str] = []
    star = False
    for name, parameter in signature.parameters.items():
        if parameter.kind in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD):
            raise QueryError(f"{function.__qualname__}: a prepared query cannot take *{name}: pass a list parameter")
        if parameter.kind is kinds.KEYWORD_ONLY and not star:
            written.append("*")
            star = True
        if parameter.default is kinds.empty:
            written.append(name)
        else:
            defaults[f"_default_{name}"] = parameter.default
            written.append(f"{name}=_default_{name}")
        if parameter.kind is kinds.POSITIONAL_ONLY:
            raise QueryError(f"{function.__qualname__}: {name} must not be positional-only in a prepared query")
    names = tuple(signature.parameters)
    inner = ", ".join(names) + ("," if names else "")
    namespace: dict[str, Any] = dict(defaults)
    absent = " or ".join(f"{name} is None" for name in names) or "False"
    exec(f"def read({', '.join(written)}): return ({inner}), {absent}", namespace)
    read: Any = namespace["read"]
    read.__qualname__ = function.__qualname__  # Python's own TypeError for wrong arguments says it
    return names, read
