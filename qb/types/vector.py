"""pgvector's types: vector(n), halfvec(n) of two bytes a number, sparsevec(n) of the numbers that are not 0.

https://github.com/pgvector/pgvector
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
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


def _write(dimensions: int, value: Any) -> str:
    if isinstance(value, str) or not all(isinstance(number, int | float) for number in value):
        raise Told("a vector is a list of numbers")
    _counted(dimensions, len(value))
    return "[" + ",".join(repr(float(number)) for number in value) + "]"


def _read(text: str) -> Sequence[float]:
    return _numbers.decode(text)


def _write_sparse(dimensions: int, value: Any) -> str:
    if not isinstance(value, SparseVector):
        raise Told(f"sparsevec takes SparseVector, not {type(value).__name__}")
    pairs = cast("Mapping[object, object]", value.values).items()
    if not all(is_whole(place) and isinstance(number, int | float) for place, number in pairs):
        raise Told("a SparseVector holds numbers by their places")
    _counted(dimensions, value.dimensions)
    return "{" + ",".join(f"{place}:{float(cast('Any', each))!r}" for place, each in pairs) + f"}}/{value.dimensions}"


def _counted(dimensions: int, found: int) -> None:
    if found != dimensions:
        raise Told(f"it has {dimensions:,} dimensions, not {found:,}")


def _read_sparse(text: str) -> SparseVector:
    inside, _, dimensions = text.rpartition("/")
    return SparseVector(int(dimensions), {int(place): float(each) for place, each in _PAIR.findall(inside)})


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
        write: Callable[[Any], str] = partial(_write_sparse if sparse else _write, dimensions)
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
        """pgvector's type of `dimensions` numbers; the extension `vector` must be there."""
        return Vector("vector", dimensions, 16_000)

    def halfvec(self, dimensions: int) -> SqlType[Sequence[float] | None]:
        """pgvector's type of `dimensions` numbers of two bytes each, which keep three digits."""
        return Vector("halfvec", dimensions, 16_000)

    def sparsevec(self, dimensions: int) -> SqlType[SparseVector | None]:
        """pgvector's type of `dimensions` numbers, of which only those are kept that are not 0."""
        return Vector("sparsevec", dimensions, 1_000_000_000)


def is_vector(type_: SqlType[Any]) -> bool:
    """Whether a type is pgvector's, of any dimensions: it has an order, and no min and max."""
    return isinstance(type_, Vector)
