"""`Success` and `Failure`: what every statement gives, and what tells of a failure that nobody looked at.

They are classes of `returns` with three things more: exact types, no truth value, and a memory of being looked at.
https://returns.readthedocs.io/en/latest/pages/result.html
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any, Never, NoReturn, TypeAlias, TypeVar, cast, final

from returns import result
from returns.primitives import exceptions
from returns.result import Result

from qb.errors import DbError, QueryError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E_co = TypeVar("E_co", covariant=True)
U = TypeVar("U")
E = TypeVar("E")

SHOWN = 300
"""Characters of a statement that a warning shows."""


class UnseenFailure(RuntimeWarning):
    """A failure was collected and nobody had looked at it: it was not matched, compared, shown or asked for anything.

    Its text has the error's class and the statement without values. An error under `-W error`, and in `qb.testing` the
    test fails. `qb.ignore(outcome)` says that a failure may be lost.

    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     failed = db.execute(insert(new(User)(name="Ada")))
    ...     del failed
    >>> print(told[0].message)
    nobody looked at a failure, UniqueViolation of INSERT INTO "users" ("name") VALUES ($1::varchar): ...
    """


class UnwrapFailedError(exceptions.UnwrapFailedError):
    """That of `returns`, with a text: `.unwrap()` of a Failure, or `.failure()` of a Success."""

    __slots__ = ()

    def __str__(self) -> str:
        container: Any = cast("Any", self).halted_container
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

    @final
    class Success(Result[T_co, Never]):
        """It went well, and this is the value.

        >>> db.scalar(select(User.name).where(User.id == 1)).map(len)
        <Success: 3>
        """

        __match_args__ = ("_inner_value",)
        _inner_value: T_co

        def __init__(self, inner_value: T_co) -> None: ...
        def __bool__(self) -> NoReturn: ...
        def map(self, function: Callable[[T_co], U]) -> Success[U]: ...  # type: ignore[override]
        def bind(self, function: Callable[[T_co], U]) -> U: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        def alt(self, function: Callable[[Any], object]) -> Success[T_co]: ...  # type: ignore[override]
        def lash(self, function: Callable[[Any], object]) -> Success[T_co]: ...  # type: ignore[override]
        def swap(self) -> Failure[T_co]: ...  # type: ignore[override]
        def value_or(self, default_value: object) -> T_co: ...
        def unwrap(self) -> T_co: ...

    @final
    class Failure(Result[Never, E_co]):
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

        def __init__(self, inner_value: E_co) -> None: ...
        def __bool__(self) -> NoReturn: ...
        def map(self, function: Callable[[Any], object]) -> Failure[E_co]: ...  # type: ignore[override]
        def bind(self, function: Callable[[Any], object]) -> Failure[E_co]: ...  # type: ignore[override]
        def alt(self, function: Callable[[E_co], U]) -> Failure[U]: ...  # type: ignore[override]
        def lash(self, function: Callable[[E_co], U]) -> U: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        def swap(self) -> Success[E_co]: ...  # type: ignore[override]
        def value_or(self, default_value: U) -> U: ...
        def failure(self) -> E_co: ...

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

        __hash__ = result.Success.__hash__

        def __bool__(self):  # noqa: PLE0304 - it raises
            _no_truth(self)

        def map(self, function):
            return Success(function(self._inner_value))

        def swap(self):
            return Failure(self._inner_value)

        def failure(self):
            raise UnwrapFailedError(self)

    class Failure(result.Failure[E_co]):
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

        def unwrap(self):
            inner = self._inner_value
            raise UnwrapFailedError(self) from (inner if isinstance(inner, BaseException) else None)

    class _Failure(Failure):
        """A Failure that a run gave. Whoever asks it for anything has looked at it.

        A class of its own, which nobody names: of an instance of the very class that is asked for, `isinstance` and
        `match` know without looking. Of this one they ask for `__class__`.
        """

        __slots__ = ("_watch",)

        def __getattribute__(self, name):
            watch = _watch_of(self, None)
            if watch is not None:
                watch.seen = True
            return _plainly(self, name)

    _plainly = object.__getattribute__

    def _watch_of(failure, default):
        try:
            return _Failure._watch.__get__(failure)
        except AttributeError:
            return default


Outcome: TypeAlias = Success[T] | Failure[DbError]
"""What the world answered. Assignable to `Result[T, DbError]` of `returns`; in a `match`, exact and exhaustive."""


# ------------------------------------------------------------------------------------------------- who looked at it


class Ending:
    """How the block of a transaction ended. A failure that doomed it is told by the TransactionAborted it raises."""

    __slots__ = ("_dropped", "_open", "_told")

    def __init__(self) -> None:
        self._dropped: list[str] = []
        self._open = True
        self._told = False

    def over(self, *, told: bool) -> None:
        """The block has ended; `told`: with an error that names what doomed the transaction."""
        self._open, self._told = False, told
        dropped, self._dropped = self._dropped, []
        if not told:
            for what in dropped:
                Watch(what)

    def keep(self, what: str) -> bool:
        """Whether a failure that nobody looked at is told by the block, or will be."""
        if self._open:
            self._dropped.append(what)
        return self._open or self._told


class Watch:
    """Whether somebody has looked at the failure, or at one of those that share it; told when the last one goes."""

    __slots__ = ("ending", "seen", "what")

    def __init__(self, what: str, ending: Ending | None = None) -> None:
        self.what: str = what
        self.ending: Ending | None = ending
        self.seen: bool = False

    def __del__(self) -> None:
        if self.seen or (self.ending is not None and self.ending.keep(self.what)):
            return
        text = (
            f"nobody looked at a failure, {self.what}: match it, take its value with qb.unwrap(...), run it on "
            "db.raising, or say qb.ignore(...)"
        )
        warnings.warn(text, UnseenFailure, stacklevel=caller())


def watched(error: E, sql: str | bytes, ending: Ending | None = None) -> Failure[E]:
    """A failure of a run, told with its statement if nobody looks at it."""
    return sharing(error, Watch(f"{type(error).__name__} of {shortened(sql)}", ending))


if TYPE_CHECKING:

    def sharing(error: E, watch: Watch) -> Failure[E]: ...
    def rewatched(outcome: Success[T] | Failure[E], what: str) -> Success[T] | Failure[E]: ...

else:

    def sharing(error, watch):
        """One of several failures that are one to the user: who has looked at one of them has seen them all."""
        failure = _Failure(error)
        _Failure._watch.__set__(failure, watch)
        return failure

    def rewatched(outcome, what):
        """The outcome that a function of the user's gave to qb, which looked at it: the user has yet to."""
        if isinstance(outcome, result.Success):
            return outcome if isinstance(outcome, Success) else Success(outcome.unwrap())
        error = outcome.failure()
        watch = _watch_of(outcome, None) if type(outcome) is _Failure else None
        return sharing(error, Watch(f"{type(error).__name__} of {what}" if watch is None else watch.what))


def shortened(sql: str | bytes) -> str:
    """A statement on one line, and no longer than can be read."""
    text = " ".join((sql.decode() if isinstance(sql, bytes) else sql).split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"


def caller() -> int:
    """The `stacklevel` of the code outside of qb that is running."""
    level = 1
    frame: FrameType | None = sys._getframe(1)  # pyright: ignore[reportPrivateUsage] - there is no other way to it
    while frame is not None and f"{frame.f_globals.get('__name__')}.".startswith("qb."):
        level, frame = level + 1, frame.f_back
    return level


# --------------------------------------------------------------------------------------------- what one does with it


def unwrap(outcome: Success[T] | Failure[Any]) -> T:
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
