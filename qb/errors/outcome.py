"""`Success` and `Failure`: what every statement gives, and what tells of a failure that nobody looked at.

They are classes of `returns` with three things more: exact types, no truth value, and a memory of being looked at.
https://returns.readthedocs.io/en/latest/pages/result.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Never, NoReturn, TypeAlias, cast, final, overload

from returns import result
from returns.primitives import exceptions
from returns.result import Result
from typing_extensions import TypeVar

from qb.errors import DbError, QueryError
from qb.errors.unseen import Ending, Watch, watch_of

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E_co = TypeVar("E_co", covariant=True)
V_co = TypeVar("V_co", covariant=True, default=Never)
"""What the value would have been: `map` and `bind` of a Failure take functions of that, as its lambdas do."""
U = TypeVar("U")
E = TypeVar("E")


class UnwrapFailedError(exceptions.UnwrapFailedError):
    """That of `returns`, with a text: `.unwrap()` of a Failure, or `.failure()` of a Success."""

    __slots__ = ("_taken", "unseen")
    _taken: Any
    unseen: Watch | None
    """Of a Failure that nobody had looked at: whoever takes it from here has yet to, as `Result.do` hands it on."""

    def __init__(self, container: Any) -> None:
        self.unseen = None
        self._taken = container

    @property
    def halted_container(self) -> Any:
        """The outcome that had no such value."""
        if self.unseen is not None:
            self.unseen.seen, self.unseen = False, None
        return self._taken

    @halted_container.setter
    def halted_container(self, container: Any) -> None:
        self._taken = container

    def __str__(self) -> str:
        container: Any = self._taken
        if not isinstance(container, result.Failure):
            return "failure() was asked of a Success"
        inner: object = cast("Any", container).failure()
        if isinstance(inner, BaseException):
            return f"{type(inner).__name__}: {inner}"
        return f"unwrap() was asked of a Failure of {type(inner).__name__}"


def _no_truth(outcome: Any) -> NoReturn:
    ignore(outcome)  # this is told, and once is enough
    raise QueryError("an outcome has no truth value: match it, or take its value with qb.unwrap(outcome) and test that")


if TYPE_CHECKING:
    # What the checkers read. returns' own two are final and give Any; a Result of Never gives exactly what there is.
    # Each `ignore` below is of a method that says more than Result's, or takes more: what runs is what it says.

    @final
    class Success(Result[T_co, Never]):
        """It went well, and this is the value.

        >>> db.scalar(select(User.name).where(User.id == 1)).map(len)
        <Success: 3>
        """

        __match_args__ = ("_inner_value",)
        _inner_value: T_co
        # A loop over an outcome is a loop over one list; `Result.do` is what it is there for when it runs.
        __iter__: None  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]

        def __init__(self, inner_value: T_co) -> None: ...
        def __bool__(self) -> NoReturn: ...
        def map(self, function: Callable[[T_co], U]) -> Success[U]: ...  # type: ignore[override]
        def bind(self, function: Callable[[T_co], U]) -> U: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        def bind_result(self, function: Callable[[T_co], U]) -> U: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        @overload  # type: ignore[override]
        def apply(self, container: Success[Callable[[T_co], U]]) -> Success[U]: ...
        @overload
        def apply(self, container: Failure[E, Callable[[T_co], U]]) -> Failure[E, U]: ...  # pyright: ignore[reportIncompatibleMethodOverride]
        def apply(self, container: Result[Callable[[T_co], U], object]) -> Result[U, object]: ...  # pyright: ignore[reportIncompatibleMethodOverride]
        def alt(self, function: Callable[[Never], object]) -> Success[T_co]: ...  # type: ignore[override]
        def lash(self, function: Callable[[Never], object]) -> Success[T_co]: ...  # type: ignore[override]
        def swap(self) -> Failure[T_co, Never]: ...  # type: ignore[override]
        def value_or(self, default_value: object) -> T_co: ...
        def unwrap(self) -> T_co: ...
        def failure(self) -> Never: ...
        def equals(self, other: object) -> bool: ...
        @classmethod
        def from_value(cls, inner_value: U) -> Success[U]: ...  # type: ignore[override]
        @classmethod
        def from_failure(cls, inner_value: E) -> Failure[E, Never]: ...  # type: ignore[override]

    @final
    class Failure(Result[Never, E_co], Generic[E_co, V_co]):
        """It did not, and this is the error.

        >>> match db.one(select(User).where(User.id == 404)):
        ...     case Success(user):
        ...         print(user.name)
        ...     case Failure(error):
        ...         print(error)
        no row found in "users", where one was asked for
        """

        __match_args__ = ("_inner_value",)
        _inner_value: E_co
        # A loop over an outcome is a loop over one list; `Result.do` is what it is there for when it runs.
        __iter__: None  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]

        def __init__(self: Failure[E, Never], inner_value: E) -> None: ...
        def __bool__(self) -> NoReturn: ...
        def map(self, function: Callable[[V_co], U]) -> Failure[E_co, U]: ...  # type: ignore[override]
        def bind(self, function: Callable[[V_co], Result[U, object]]) -> Failure[E_co, U]: ...  # type: ignore[override]
        def bind_result(self, function: Callable[[V_co], Result[U, object]]) -> Failure[E_co, U]: ...  # type: ignore[override]
        def apply(self, container: Result[Callable[[V_co], U], object]) -> Failure[E_co, U]: ...  # type: ignore[override]
        def alt(self, function: Callable[[E_co], U]) -> Failure[U, V_co]: ...  # type: ignore[override]
        def lash(self, function: Callable[[E_co], U]) -> U: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        def swap(self) -> Success[E_co]: ...  # type: ignore[override]
        def value_or(self, default_value: U) -> U: ...
        def unwrap(self) -> Never: ...
        def failure(self) -> E_co: ...
        def equals(self, other: object) -> bool: ...
        @classmethod
        def from_value(cls, inner_value: U) -> Success[U]: ...  # type: ignore[override]
        @classmethod
        def from_failure(cls, inner_value: E) -> Failure[E, Never]: ...  # type: ignore[override]

else:
    _fill = result.Result._inner_value.__set__  # the slot itself: a container refuses to be changed

    def _same(one, other, kind):
        """Equal to returns' own of the same kind, whichever class made either."""
        inner = one._inner_value  # first: comparing is looking, whatever it is compared with
        return isinstance(other, kind) and bool(inner == other._inner_value)

    class Success(result.Success[T_co]):
        """It went well, and this is the value.

        >>> db.scalar(select(User.name).where(User.id == 1)).map(len)
        <Success: 3>
        """

        __slots__ = ()

        def __init__(self, inner_value):
            _fill(self, inner_value)

        def __eq__(self, other):
            return _same(self, other, result.Success)

        equals = __eq__
        __hash__ = result.Success.__hash__

        def __bool__(self):  # noqa: PLE0304 - it raises
            _no_truth(self)

        def map(self, function):
            return Success(function(self._inner_value))

        def swap(self):
            return Failure(self._inner_value)

        @classmethod
        def from_value(cls, inner_value):
            return Success(inner_value)

        @classmethod
        def from_failure(cls, inner_value):
            return Failure(inner_value)

        def failure(self):
            raise UnwrapFailedError(self)

    class Failure(result.Failure[E_co], Generic[E_co, V_co]):
        """It did not, and this is the error.

        >>> match db.one(select(User).where(User.id == 404)):
        ...     case Success(user):
        ...         print(user.name)
        ...     case Failure(error):
        ...         print(error)
        no row found in "users", where one was asked for
        """

        __slots__ = ()

        def __eq__(self, other):
            return _same(self, other, result.Failure)

        equals = __eq__
        __hash__ = result.Failure.__hash__

        def __bool__(self):  # noqa: PLE0304 - it raises
            _no_truth(self)

        def __repr__(self):
            return f"<Failure: {self._inner_value}>"

        def __reduce__(self):
            return Failure, (self._inner_value,)

        def alt(self, function):
            return Failure(function(self._inner_value))

        def swap(self):
            return Success(self._inner_value)

        from_value = Success.from_value
        from_failure = Success.from_failure

        def unwrap(self):
            inner = self._inner_value
            raise UnwrapFailedError(self) from (inner if isinstance(inner, BaseException) else None)

    class _Failure(Failure):
        """A Failure that a run gave. Whoever asks it for anything has looked at it, but for what only hands it on.

        A class of its own, which nobody names: of an instance of the very class that is asked for, `isinstance` and
        `match` know without looking. Of this one they ask for `__class__`.
        """

        __slots__ = ("_watch",)

        def __getattribute__(self, name):
            if name not in _HANDS_ON:
                _looked(self)
            return _plainly(self, name)

        def __hash__(self):
            return hash(_plainly(self, "_inner_value"))

        def map(self, function):
            return self

        bind = bind_result = apply = map

        def alt(self, function):
            inner = _plainly(self, "_inner_value")
            changed = function(inner)
            if changed is inner:
                return self
            _looked(self)
            return Failure(changed)

        def lash(self, function):
            inner = _plainly(self, "_inner_value")
            found = function(inner)
            if _is_failure(type(found)) and _plainly(found, "_inner_value") is inner:
                return self
            _looked(self)
            return found

        def unwrap(self):
            watch = _watch_of(self, None)
            unseen = None if watch is None or watch.seen else watch
            _looked(self)
            try:
                super().unwrap()
            except UnwrapFailedError as error:
                error.unseen = unseen
                raise

    _HANDS_ON = frozenset(("alt", "apply", "bind", "bind_result", "lash", "map", "unwrap"))
    _plainly = object.__getattribute__

    def _is_failure(kind):
        return issubclass(kind, result.Failure)

    def _looked(failure):
        watch = _watch_of(failure, None)
        if watch is not None:
            watch.seen = True

    def _watch_of(failure, default):
        try:
            return _Failure._watch.__get__(failure)
        except AttributeError:
            return default


Outcome: TypeAlias = Success[T] | Failure[DbError, T]
"""What the world answered. Assignable to `Result[T, DbError]` of `returns`; in a `match`, exact and exhaustive."""


def watched(error: E, sql: str | bytes, ending: Ending | None = None) -> Failure[E, Never]:
    """A failure of a run, told with its statement if nobody looks at it."""
    return sharing(error, watch_of(error, sql, ending))


if TYPE_CHECKING:

    def sharing(error: E, watch: Watch) -> Failure[E, Never]: ...
    def rewatched(
        outcome: Success[T] | Failure[E, object], what: str, cause: U | None = None
    ) -> Success[T] | Failure[E | U, T]: ...
    def glimpsed(answer: object) -> object: ...

else:

    def sharing(error, watch):
        """One of several failures that are one to the user: who has looked at one of them has seen them all."""
        failure = _Failure(error)
        _Failure._watch.__set__(failure, watch)
        return failure

    def rewatched(outcome, what, cause=None):
        """The outcome that a function of the user's gave to qb, which looked at it: the user has yet to.

        `cause` is the failure that is told in the place of the outcome's own.
        """
        if isinstance(outcome, result.Success):
            return outcome if isinstance(outcome, Success) else Success(outcome.unwrap())
        error = outcome.failure() if cause is None else cause
        watch = _watch_of(outcome, None) if type(outcome) is _Failure else None
        return sharing(error, Watch(f"{type(error).__name__} of {what}" if watch is None else watch.what))

    def glimpsed(answer):
        """The error of a Failure, which counts as not looked at: the user has yet to. None of anything else."""
        return _plainly(answer, "_inner_value") if _is_failure(type(answer)) else None


# --------------------------------------------------------------------------------------------- what one does with it


def unwrap(outcome: Success[T] | Failure[object, T]) -> T:
    """The value of a Success; the error of a Failure is raised as it is, with its own text.

    Inside a function given to `transact` it is the way to write one step after another: the error ends the function,
    rolls back, and comes back as the Failure that `transact` gives.

    >>> unwrap(Success(1))
    1
    >>> unwrap(Failure(NotFound("users")))
    Traceback (most recent call last):
    qb.errors.NotFound: ...
    """
    given: Any = outcome
    error: object = cast("Any", given).failure() if isinstance(given, result.Failure) else None
    if isinstance(error, BaseException):
        raise error
    return outcome.unwrap()


def ignore(outcome: Result[object, object]) -> None:
    """Say that a failure may be lost: nothing is told when it is.

    >>> ignore(db.execute(insert(new(User)(name="Ada"))))
    """
    isinstance(outcome, Failure)  # which is to look at it
