"""How the checkers compare: exactly, where the rest of qb takes a narrower type for a wider one.

An `Expr[UserId]` is an `Expr[int]`, so that a helper which takes numbers takes ids, too. Compared with each other they
are a mistake. So a comparison asks for `Pinned[T]`, which has no wider one: a base that only the checkers know of.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Generic, Literal, Never, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
L_co = TypeVar("L_co", covariant=True)
R_co = TypeVar("R_co", covariant=True)


class Pinned(Generic[T]):
    """An expression whose values are exactly T."""

    __slots__ = ()


PlainNumber: TypeAlias = Pinned[int] | Pinned[int | None] | Pinned[float] | Pinned[float | None]
"""What a bool is no value of, though Python counts it among the ints."""

BareInteger: TypeAlias = Pinned[int] | Pinned[int | None]
"""An expression of integers that is no brand of them: what stands beside a Decimal."""

BareDate: TypeAlias = Pinned[dt.date] | Pinned[dt.date | None]
"""An expression of days, and not of points in time, which are dates to Python."""

Flag: TypeAlias = Pinned[bool] | Pinned[bool | None]
"""A condition, or a column of booleans."""

Beside: TypeAlias = Pinned[T] | Pinned[T | None] | Pinned[Never]
"""What is compared with T, as an expression. Where it could be one type alone, mypy would read the other side as that:
`Pinned[Never]`, which nothing is, keeps it from doing so."""


class NumberLabel(Protocol):
    """A member of an Enum that is an int. What is calculated of one is no member."""

    _name_: str

    def bit_length(self) -> int: ...


class WholeOf(Protocol[R_co]):
    """An int, by the class that its constructor gives: of a brand the brand itself, of the labels of a Literal int."""

    @classmethod
    def from_bytes(cls, bytes: bytes, byteorder: Literal["little", "big"] = ..., *, signed: bool = ...) -> R_co: ...


class ExactOf(Protocol[R_co]):
    """A Decimal, by the class that its constructor gives."""

    @classmethod
    def from_float(cls, f: float, /) -> R_co: ...


class OfClass(Protocol[T]):  # noqa: PLW1641 - no value is made of it
    """A plain value of exactly the class T: an id is no int here, a bool neither, and a datetime no date.

    `__class__` can be set, so it has no wider type; and what `==` gives tells a value from an expression.
    """

    @property  # type: ignore[override]
    def __class__(self) -> type[T]: ...
    @__class__.setter
    def __class__(self, type: type[T], /) -> None: ...

    def __eq__(self, value: object, /) -> bool: ...


class PinnedQuery(Generic[T]):
    """A query whose rows are exactly T."""

    __slots__ = ()


class Mismatch(Generic[L_co, R_co]):
    """What comparing two sides gives that cannot be equal: no condition, so that the checkers refuse to use it.

    It names both types, of the left side and of the right one, and exists for the checkers alone. A NewType is another
    type than its base: `User.id.cast(pg.bigint)` compares it all the same.
    """

    __slots__ = ()


class ValueOf(Generic[T]):
    """What no value is, where one of type T was expected: of that pyright says one line.

    It stands in a last overload, which pyright reports when none fits.
    """

    __slots__ = ()


if TYPE_CHECKING:

    class NothingElse(Protocol[R_co]):
        """What no value is, if it returns Never, and every value is, if it returns anything: see `nothing_else`."""

        def __sizeof__(self) -> R_co: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]

    Unfit: TypeAlias = NothingElse[Never]

    class ANumber(NothingElse[R_co], Protocol[R_co]):
        """The same, where a number was expected."""

    Uncounted: TypeAlias = ANumber[Never]

    class TheSameType(NothingElse[R_co], Protocol[R_co]):
        """The same, where values of one type were expected."""

    Unlike: TypeAlias = TheSameType[Never]
