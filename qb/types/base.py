"""What a PostgreSQL type is: its SQL, how values travel, and what they are in Python and inside JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from qb.errors import DefinitionError
from qb.frozen import Frozen, fix
from qb.types.annotation import bare, shown
from qb.types.facts import Wire

T_contra = TypeVar("T_contra", contravariant=True)
D_contra = TypeVar("D_contra", contravariant=True)

Convert = Callable[[Any], Any]


class JsonForm(NamedTuple):
    """A value inside a JSON document that PostgreSQL made: what msgspec decodes, and what then makes it ours."""

    annotation: object
    decode: Convert | None = None


Signs: TypeAlias = "tuple[tuple[str, SqlType[Any]], ...]"
"""Signs, each with the type that it takes on the right; what fits best comes first."""


class Told(TypeError):
    """A refusal whose words hold no value, of a type that is made as users make theirs."""


class SqlType(Frozen, Generic[T_contra]):
    """A PostgreSQL type, as a value. Contravariant: what can store a UUID can store a UserId.

    `name` is its SQL in a table definition and `base` what a parameter is cast to (a cast to `varchar(3)` would cut
    the value silently, so the limit is not in it). `wire` is the row of facts of the type that its values travel as.

    >>> pg.varchar(80), pg.array(pg.uuid)
    (<type varchar(80)>, <type uuid[]>)
    >>> pg.numeric(12, 2) == pg.numeric(12, 2)
    True
    """

    __slots__ = ("base", "declared", "name", "wire")
    in_json_as: ClassVar[str] = ""
    """What a value is cast to before it goes into JSON, where PostgreSQL would write less than there is."""
    verbatim: ClassVar[bool] = False
    """Whether its values are read from the server's own text and sent as one, so that none is lost: see `verbatim`."""
    name: str
    base: str
    wire: Wire
    declared: object
    """What `schema` makes for it: a domain, or a composite type; None for all others."""

    def __init__(self, name: str, base: str, wire: Wire, declared: object = None) -> None:
        fix(self, "name", name)
        fix(self, "base", base)
        fix(self, "wire", wire)
        fix(self, "declared", declared)

    if TYPE_CHECKING:

        def _holds(self, value: T_contra, /) -> None: ...
        def _keeps(self, value: T_contra, /) -> None: ...

    def identity(self) -> tuple[object, ...]:
        """What equality and hashing see."""
        return (self.name,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SqlType) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return (type(self), *self.identity())

    def __repr__(self) -> str:
        return f"<type {self.name}>"

    @property
    def encode(self) -> Convert | None:
        """Python value to what the wire takes; None when the value can go as it is. Raises ValueError or TypeError."""
        return None

    def decoder(self, python: object) -> Convert | None:
        """What turns a value from the wire into `python` (an annotation without None); None when it already is one."""
        return None

    def in_json(self, python: object) -> JsonForm:
        """The same for a value inside JSON."""
        return JsonForm(str, self.decoder(python))

    def literal(self, value: Any) -> str:
        """The value in PostgreSQL's text form, as inside an array literal."""
        return str(value)

    def limits(self, python: object) -> object:
        """The annotation with the type's limits (`msgspec.Meta`), for rows that come from outside."""
        return python

    def cannot_hold(self, value: Any) -> str | None:
        """Why a column of this type refuses or changes a value of the right Python type; None when it keeps it."""
        return None

    def altered(self) -> Callable[[Any], str | None] | None:
        """What says why PostgreSQL would store another value than the judged one; None where it never does."""
        return None

    if not TYPE_CHECKING:  # to which it is the texts' alone

        def collate(self, name, /, *, schema=None):
            """DefinitionError, but for texts."""
            raise DefinitionError(f"{self.name} has no collation: only texts are ordered by one; drop .collate(...)")

    def refuses(self, python: object) -> str | None:
        """Why a column of this type cannot be annotated so; None when it can."""
        return None

    def operators(self, word: str) -> Signs:
        """How PostgreSQL writes a word ("contains", "overlaps": see `placement`) with this type on the left."""
        return ()


if TYPE_CHECKING:

    class HoldsBoth(Protocol[T_contra, D_contra]):
        """A type of T that also takes D: what is found of the one says nothing of the other."""

        def _holds(self, value: T_contra | None, /) -> None: ...
        def _keeps(self, value: D_contra, /) -> None: ...


def is_whole(number: object) -> bool:
    """Whether a limit is a number of something; not everybody's type checker is run."""
    return isinstance(number, int) and not isinstance(number, bool)


def mismatch(type_: SqlType[Any], python: object, expected: str) -> str:
    """The sentence for an annotation that contradicts its type."""
    seen = shown(python) if bare(python) is python else f"{shown(python)} (a {shown(bare(python))})"
    return f"{type_.name} holds {expected}, the annotation says {seen}"
