"""`@prepare`: a query is a function, compiled once.

None is never a placeholder: there is one variant of the query for each set of choices (which parameters are None, what
a Literal is), built the first time it is called for. https://www.postgresql.org/docs/current/sql-prepare.html
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from itertools import islice
from typing import Any, Generic, ParamSpec, TypeVar, cast, get_type_hints, overload

from qb.errors import QueryError
from qb.frozen import fix
from qb.query.prepared.choices import (
    NO_VALUE,
    ArgumentReader,
    Fields,
    ParamKind,
    Path,
    VariantKey,
    as_used,
    given_to_body,
    reader,
)
from qb.query.prepared.fixed import Fixed
from qb.query.prepared.inspection import Body
from qb.query.script import Script
from qb.query.statement import Command, Rows, Statement
from qb.tree.walk import same, walk

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

VARIANTS = 256
"""How many variants a prepared query keeps; the oldest leaves for a new one."""


class Variant:
    """A prepared query for one set of choices. `compiled` is where those who run it keep its compiled form."""

    __slots__ = ("build", "compiled", "few", "names", "query", "title")
    query: Statement
    names: tuple[str, ...]
    build: Callable[[tuple[Any, ...]], Statement]
    compiled: object
    few: dict[int, object]
    """The same for those who want but a few rows, by their number."""
    title: str
    """What the function is called."""

    def __init__(
        self, query: Statement, names: tuple[str, ...], build: Callable[[tuple[Any, ...]], Statement], title: str
    ) -> None:
        self.query, self.names, self.build, self.compiled, self.title = query, names, build, None, title
        self.few = {}


class _Bound(Statement):
    """A prepared query with the arguments of one call."""

    __slots__ = ()
    variant: Variant
    arguments: tuple[Any, ...]

    def __init__(self, variant: Variant, arguments: tuple[Any, ...]) -> None:
        fix(self, "variant", variant)
        fix(self, "arguments", arguments)
        fix(self, "node", variant.query.node)

    def check_again(self) -> None:
        """Build the query once more, and raise QueryError where it is not the one that is kept.

        What a prepared body reads besides its parameters stays what it was at first: so it has to be the same.
        """
        if not same(self.variant.query.node, self.variant.build(self.arguments).node):
            raise QueryError(
                f"{self!r}: built once more, the query is another one: something in it that is no parameter has "
                "changed since it was first built, and every call would have gone on with its first value; make it a "
                "parameter"
            )

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


class _CallPlan:
    """How calls are read, and the variants that they choose from. A new plan reads more fields of Structs."""

    __slots__ = ("paths", "read", "reader", "variants")

    def __init__(self, reader: ArgumentReader, paths: tuple[Path, ...]) -> None:
        self.reader, self.read, self.paths = reader, reader.call, paths
        self.variants: dict[VariantKey, Variant] = {}


class _Preparation(Generic[P]):
    """What both kinds of prepared query share: reading arguments, and one variant for each set of choices."""

    def __init__(self, function: Callable[P, Statement]) -> None:
        functools.update_wrapper(cast("Any", self), function)  # callable in both subclasses
        self._function = function
        names = _names(function)
        hints, body = _hints(function), Body(function)
        self._kinds = {name: as_used(ParamKind.of(hints.get(name, object)), body, name) for name in names}
        self._plan = _CallPlan(reader(function, self._kinds, ()), ())
        self._fixed = Fixed(function)
        self._unchanged = self._fixed.unchanged

    def __repr__(self) -> str:
        return f"<prepared query {getattr(self, '__qualname__', '?')}>"

    def _no_choice(self) -> QueryError:
        return QueryError(f"{self!r}: a parameter that is annotated with a Literal was given something else")

    def _check(self) -> None:
        self._fixed.check()
        self._unchanged = self._fixed.unchanged

    def _first(self, arguments: tuple[Any, ...]) -> tuple[Variant, tuple[Any, ...]]:
        query, read = self._fixed.built(lambda: self._build(arguments))
        self._unchanged = self._fixed.unchanged
        plan = self._plan
        if any(path not in plan.paths for path in read):
            # Older variants do not say what these fields were: they are built anew, as they are asked for. Two threads
            # may both come here; the plan that stays may lack what the other one read, and is then replaced once more.
            paths = tuple(dict.fromkeys(plan.paths + tuple(read)))
            plan = self._plan = _CallPlan(reader(self._function, self._kinds, paths), paths)
        arguments, key = plan.reader.again(*arguments[: len(self._kinds)])
        # Without a lock, which an exception from a signal handler could leave locked for ever.
        while len(plan.variants) >= VARIANTS and key not in plan.variants:
            for oldest in islice(plan.variants, 1):
                plan.variants.pop(oldest, None)
        names = plan.reader.names
        title: str = getattr(self, "__qualname__", "?")
        made = Variant(query, names, lambda given: self._build(given)[0], title)
        return plan.variants.setdefault(key, made), arguments

    def _build(self, arguments: tuple[Any, ...]) -> tuple[Statement, list[Path]]:
        build = given_to_body(repr(self), self._kinds, dict(zip(self._kinds, arguments, strict=False)))
        query = cast("Callable[..., object]", self._function)(**build.given)
        if isinstance(query, Script):
            raise QueryError(f"{self!r} returned a script, which has no parameters: db.run(script) runs it")
        if not isinstance(query, Statement):
            raise QueryError(f"{self!r} returned {type(query).__name__}: return the query itself, such as select(...)")
        if isinstance(query, BoundRows | BoundCommand):
            raise QueryError(f"{self!r} returned a call of another prepared query: share a plain function between them")
        if any(isinstance(bind.value, Fields) for bind in walk(query.node)[1]):
            raise QueryError(f"{self!r}: {NO_VALUE}")
        return query, build.read


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
        plan = self._plan
        arguments, key = plan.read(*args, **values)
        try:
            variant = plan.variants.get(key)
        except TypeError:
            raise self._no_choice() from None
        if variant is None:
            variant, arguments = self._first(arguments)
        elif (unchanged := self._unchanged) is not None and not unchanged():
            self._check()
        return BoundRows(variant, arguments)


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
        plan = self._plan
        arguments, key = plan.read(*args, **values)
        try:
            variant = plan.variants.get(key)
        except TypeError:
            raise self._no_choice() from None
        if variant is None:
            variant, arguments = self._first(arguments)
        elif (unchanged := self._unchanged) is not None and not unchanged():
            self._check()
        return BoundCommand(variant, arguments)


@overload
def prepare(query: Callable[P, Rows[R]]) -> Prepared[P, R]: ...
@overload
def prepare(query: Callable[P, Command]) -> PreparedCommand[P]: ...
def prepare(query: Callable[P, Any]) -> Any:
    """Make a function that builds a query a prepared query: its body runs once, its SQL is compiled once.

    In the body a parameter is an SQL expression: compare it, pass it to `limit` or `in_`, test it only with `is None`.
    Using it as a Python value raises QueryError. A Literal that the body looks at is its own value, and of a Struct the
    fields are parameters. Whatever else the query reads must be constant, or stand in `fixed(...)`. https://www.postgresql.org/docs/current/sql-prepare.html

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


def _names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's parameters. QueryError for what cannot be prepared."""
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
    for name, parameter in signature.parameters.items():
        if parameter.kind in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD):
            raise QueryError(f"{function.__qualname__}: a prepared query cannot take *{name}: pass a list parameter")
        if parameter.kind is kinds.POSITIONAL_ONLY:
            raise QueryError(f"{function.__qualname__}: {name} must not be positional-only in a prepared query")
    return tuple(signature.parameters)
