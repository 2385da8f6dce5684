"""pgvector's types: vector(n), halfvec(n) of two bytes a number, sparsevec(n) of the numbers that are not 0.

https://github.com/pgvector/pgvector
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final, cast

import msgspec
from msgspec.structs import force_setattr

from qb.errors import DefinitionError
from qb.frozen import fix
from qb.types.base import SqlType, Told, is_whole
from qb.types.extended import Extended

_numbers = msgspec.json.Decoder(list[float])
_PAIR: Final = re.compile(r"(\d+):([^,}]+)")


class SparseVector(msgspec.Struct, frozen=True):
    """A vector of mostly 0: how many numbers it has, and those that are not 0, counted from 1 as PostgreSQL does.

    >>> SparseVector(5, {3: 1.5, 1: 2.0, 2: 0.0})
    SparseVector(dimensions=5, values={1: 2.0, 3: 1.5})
    """

    dimensions: int
    values: Mapping[int, float]

    def __post_init__(self) -> None:
        force_setattr(self, "values", {key: self.values[key] for key in sorted(self.values) if self.values[key]})


# What lies between is a number of two bytes, or of four, once it is rounded to the nearest one.
_HALF: Final = (2.0**-25, 65520.0)
_SINGLE: Final = (2.0**-150, 2.0**128 - 2.0**103)


def _write(kind: str, dimensions: int, value: Any) -> str:
    if isinstance(value, str) or not all(isinstance(number, int | float) for number in value):
        raise Told("a vector is a list of numbers")
    _counted(dimensions, len(value))
    _check_kept(kind, value)
    return "[" + ",".join(repr(float(number)) for number in value) + "]"


def _check_kept(kind: str, numbers: Iterable[float]) -> None:
    least, most = _HALF if kind == "halfvec" else _SINGLE
    for each in numbers:
        if not least < abs(each) < most and each != 0:
            why = "too small for it, and would become 0" if abs(each) <= least else "out of its range"
            raise Told(f"a number is {why if each == each else 'NaN, which it does not hold'}")


def _read(text: str) -> Sequence[float]:
    return _singles(_numbers.decode(text))


def _singles(numbers: Iterable[float]) -> list[float]:
    """The numbers that PostgreSQL's shortest texts stand for, as of `real`: the nearest double to each is another."""
    return array("f", numbers).tolist()


def _write_sparse(kind: str, dimensions: int, value: Any) -> str:
    if not isinstance(value, SparseVector):
        raise Told(f"sparsevec takes SparseVector, not {type(value).__name__}")
    pairs = cast("Mapping[object, object]", value.values).items()
    if not all(is_whole(place) and isinstance(number, int | float) for place, number in pairs):
        raise Told("a SparseVector holds numbers by their places")
    _counted(dimensions, value.dimensions)
    _check_kept(kind, value.values.values())
    return "{" + ",".join(f"{place}:{float(cast('Any', each))!r}" for place, each in pairs) + f"}}/{value.dimensions}"


def _counted(dimensions: int, found: int) -> None:
    if found != dimensions:
        raise Told(f"it has {dimensions:,} dimensions, not {found:,}")


def _read_sparse(text: str) -> SparseVector:
    inside, _, dimensions = text.rpartition("/")
    places, numbers = zip(*_PAIR.findall(inside), strict=True) if inside != "{}" else ((), ())
    return SparseVector(int(dimensions), dict(zip(map(int, places), _singles(map(float, numbers)), strict=True)))


class Vector(Extended[Any]):
    """A type of vectors, of so many dimensions."""

    __slots__ = ("dimensions",)
    dimensions: int
    signs: ClassVar[dict[str, str]] = {
        "distance by l2": "<->",
        "distance by l1": "<+>",
        "distance by cosine": "<=>",
        "distance by inner_product": "<#>",
    }

    def __init__(self, kind: str, dimensions: int, most: int) -> None:
        if not is_whole(dimensions) or not 1 <= dimensions <= most:
            raise DefinitionError(f"a {kind} has 1 to {most:,} dimensions, not {dimensions}")
        sparse = kind == "sparsevec"
        write: Callable[[Any], str] = partial(_write_sparse if sparse else _write, kind, dimensions)
        super().__init__(
            f"{kind}({dimensions})",
            "vector",
            write,
            _read_sparse if sparse else _read,
            takes=(SparseVector,) if sparse else (list, tuple),
            python=SparseVector if sparse else Sequence[float],
            says="SparseVector" if sparse else "list[float]",
        )
        fix(self, "dimensions", dimensions)


class VectorTypes:
    """Vectors in `pg`."""

    __slots__ = ()

    def vector(self, dimensions: int) -> SqlType[Sequence[float] | None]:
        """pgvector's type of `dimensions` numbers; the extension `vector` must be there.

        They are kept as of `real`: the nearest number of single precision. One that would become 0 is an EncodeError.
        """
        return Vector("vector", dimensions, 16_000)

    def halfvec(self, dimensions: int) -> SqlType[Sequence[float] | None]:
        """pgvector's type of `dimensions` numbers of two bytes each, which keep three digits.

        The nearest such number is kept. One that would become 0, or is beyond 65,504, is an EncodeError.
        """
        return Vector("halfvec", dimensions, 16_000)

    def sparsevec(self, dimensions: int) -> SqlType[SparseVector | None]:
        """pgvector's type of `dimensions` numbers, of which only those are kept that are not 0."""
        return Vector("sparsevec", dimensions, 1_000_000_000)


def is_vector(type_: SqlType[Any]) -> bool:
    """Whether a type is pgvector's, of any dimensions: it has an order, and no min and max."""
    return isinstance(type_, Vector)
