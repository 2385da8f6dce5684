"""A type as one column writes it: only what the column then holds, and what can be read back from it.

Of a Literal or an Enum only the members, whatever else the type could hold; no number that would be rounded; no list
with a None in it where the annotation has none; no document that would not be read back.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from qb.frozen import fix
from qb.types.annotation import bare
from qb.types.array import Array
from qb.types.base import Convert, JsonForm, SqlType
from qb.types.document import Document, says_more
from qb.types.enum import Enum as PgEnum
from qb.types.text import LabelledText


class Narrowed(SqlType[Any]):
    """Another type, which takes a few values alone."""

    __slots__ = ("_known", "_member", "_shown", "of")
    of: SqlType[Any]
    _known: tuple[Any, ...]
    _member: Convert
    _shown: str

    def __init__(self, of: SqlType[Any], members: tuple[Any, ...], shown: str) -> None:
        super().__init__(of.name, of.base, of.wire, of.declared)
        fix(self, "of", of)
        fix(self, "_known", members)
        fix(self, "_member", _member_of(members, shown))
        fix(self, "_shown", shown)

    def __reduce__(self) -> tuple[object, ...]:
        return Narrowed, (self.of, self._known, self._shown)

    @property
    def members(self) -> tuple[Any, ...]:
        """The values that there are."""
        return self._known

    def identity(self) -> tuple[object, ...]:
        return (self.of, tuple(map(type, self._known)), self._known)

    @property
    def encode(self) -> Convert | None:
        own = self.of.encode
        if own is None:
            return self._member
        judge, member = own, self._member
        return lambda value: judge(member(value))

    def decoder(self, python: object) -> Convert | None:
        return self.of.decoder(python)

    def in_json(self, python: object) -> JsonForm:
        return self.of.in_json(python)

    def literal(self, value: Any) -> str:
        return self.of.literal(self._member(value))

    def refuses(self, python: object) -> str | None:
        return self.of.refuses(python)


class Exact(SqlType[Any]):
    """Another type, which takes no value that PostgreSQL would store as another one: rounded, or cut."""

    __slots__ = ("_altered", "of")
    of: SqlType[Any]
    _altered: Callable[[Any], str | None]

    def __init__(self, of: SqlType[Any], altered: Callable[[Any], str | None]) -> None:
        super().__init__(of.name, of.base, of.wire, of.declared)
        fix(self, "of", of)
        fix(self, "_altered", altered)

    def __reduce__(self) -> tuple[object, ...]:
        return _exact, (self.of,)

    def identity(self) -> tuple[object, ...]:
        return (self.of,)

    @property
    def encode(self) -> Convert | None:
        own = self.of.encode
        altered = self._altered

        def judged(value: Any) -> Any:
            found = value if own is None else own(value)
            if (reason := altered(found)) is not None:
                raise ValueError(reason)
            return found

        return judged

    def decoder(self, python: object) -> Convert | None:
        return self.of.decoder(python)

    def in_json(self, python: object) -> JsonForm:
        return self.of.in_json(python)

    def literal(self, value: Any) -> str:
        judge = self.encode
        return self.of.literal(value if judge is None else judge(value))

    def refuses(self, python: object) -> str | None:
        return self.of.refuses(python)


def _exact(of: SqlType[Any]) -> SqlType[Any]:
    altered = of.altered()
    return of if altered is None else Exact(of, altered)


def _member_of(members: tuple[Any, ...], shown: str) -> Convert:
    """What lets the members pass, and nothing that is only equal to one: True is 1 to Python, and no number here."""
    known: frozenset[tuple[type[object], object]] = frozenset((member.__class__, member) for member in members)

    def member(value: Any) -> Any:
        try:
            if (value.__class__, value) in known:
                return value
        except TypeError:  # what cannot be hashed may still be equal to one
            pass
        plain = value.value if isinstance(value, Enum) else value
        for each in members:
            if plain == each and isinstance(plain, type(each)) and isinstance(plain, bool) is isinstance(each, bool):
                return plain
        raise ValueError(f"the value is none of {shown}")

    return member


def narrowed(type_: SqlType[Any], python: object) -> SqlType[Any]:
    """What a column of a type and an annotation writes. The type itself, where the annotation says no more than it.

    >>> narrowed(pg.text, Literal["a", "b"]).encode("c")
    Traceback (most recent call last):
    ...
    ValueError: the value is none of a, b
    """
    if isinstance(type_, Array):
        return type_.annotated(narrowed(type_.of, type_.element(python)), python)
    if (altered := type_.altered()) is not None:
        type_ = Exact(type_, altered)
    plain = bare(python)
    if type(plain) is type and not type_.wire.is_document:  # nearly always
        return type_
    if type_.wire.is_document and get_origin(plain) is not Literal and says_more(plain):
        return Document(type_, python)
    if isinstance(type_, PgEnum | LabelledText):  # these know their members
        return type_
    if get_origin(plain) is Literal:
        members = tuple(each.value if isinstance(each, Enum) else each for each in get_args(plain))
        return Narrowed(type_, members, ", ".join(str(member) for member in members))
    if isinstance(plain, type) and issubclass(plain, Enum):
        return Narrowed(type_, tuple(member.value for member in plain), plain.__name__)
    return type_
