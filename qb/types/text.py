"""Text: text, varchar and char, whose columns may hold the labels of a Python Enum.

https://www.postgresql.org/docs/current/datatype-character.html
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from qb.errors import DefinitionError
from qb.frozen import fix, with_parts
from qb.types.annotation import bare
from qb.types.base import Convert, JsonForm, SqlType, is_whole
from qb.types.collation import collation_of
from qb.types.facts import Wire
from qb.types.members import members_of
from qb.types.number import INT8
from qb.types.scalar import Scalar

if TYPE_CHECKING:
    from qb.types.collation import OwnCollation

_TEXTS = frozenset(("text", "varchar", "bpchar", "name", '"char"', "char", "citext"))


def _text(name: str, oid: int, array_oid: int, padded: bool = False) -> Wire:
    return Wire(
        name=name,
        oid=oid,
        array_oid=array_oid,
        kind="text",
        takes=(str,),
        binary=True,
        texted=True,
        padded=padded,
        reads=_TEXTS,
    )


TEXT: Final = _text("text", 25, 1009)
VARCHAR: Final = _text("varchar", 1043, 1015)
BPCHAR: Final = _text("bpchar", 1042, 1014, padded=True)


class Words(Scalar[str | Enum | None]):
    """What `text` and `varchar` are to the type checkers: a column of them may be annotated with a plain Enum, too."""

    __slots__ = ()
    if TYPE_CHECKING:

        def collate(self, name: str | OwnCollation, /, *, schema: str | None = None) -> Words:
            """The same type with a collation: `column(pg.text.collate("C"))`, `pg.array(pg.text.collate("C"))`."""
            ...


class Text(Words):
    __slots__ = ("collation", "length")
    length: int | None
    """How many characters it holds at most."""
    collation: str
    """What its columns are compared by, as SQL writes it; "" for what the database has."""

    def __init__(self, name: str, wire: Wire, length: int | None = None, collation: str = "") -> None:
        limits = None if length is None else {"max_length": length}
        super().__init__(name, wire.name, wire, str, check=text_value, limits=limits)
        fix(self, "length", length)
        fix(self, "collation", collation)

    def identity(self) -> tuple[object, ...]:
        return (self.name, self.collation) if self.collation else (self.name,)

    def collate(self, name: str | OwnCollation, /, *, schema: str | None = None) -> Words:
        made = Text(self.name, self.wire, self.length, collation_of(name, schema, self.name))
        return with_parts(made, declared=self.declared)

    def cannot_hold(self, value: Any) -> str | None:
        if self.length is None or len(text_value(value)) <= self.length:
            return None
        return f"it has more than {self.length} characters"

    def altered(self) -> Callable[[Any], str | None] | None:
        if self.length is None or self.wire is not VARCHAR:  # what char(n) pads and cuts it takes for nothing
            return None
        length = self.length
        cut = f"it has more than {length} characters, and PostgreSQL would cut off the spaces at its end"
        # PostgreSQL itself refuses what is too long, unless it is only by spaces.
        return lambda text: cut if len(text) > length and not text[length:].strip(" ") else None

    def literal(self, value: Any) -> str:
        return str(text_value(value))

    def labelled(self, python: object) -> SqlType[Any]:
        """The type of a column with this annotation: a plain Enum of strings is written and read by its values."""
        plain = bare(python)
        if self.wire.padded or not isinstance(plain, type) or not issubclass(plain, Enum) or issubclass(plain, str):
            return self
        return LabelledText(plain, self) if all(isinstance(member.value, str) for member in plain) else self


class LabelledText(Scalar[object]):
    """Text (or an integer) that holds the values of a Python Enum: what an unstated type of an Enum column is."""

    __slots__ = ("labels", "of")
    labels: type[Enum]
    of: Text | None
    """The type that is stated beside the annotation."""

    def __init__(self, labels: type[Enum], of: Text | None = None) -> None:
        kinds: set[object] = {type(member.value) for member in labels}
        if kinds == {int}:
            super().__init__("bigint", "bigint", INT8, int, check=self._value)
        elif kinds == {str}:
            name, base, wire = ("text", "text", TEXT) if of is None else (of.name, of.base, of.wire)
            super().__init__(name, base, wire, str, check=self._value)
        else:
            raise TypeError(f"{labels.__name__} has values that are neither all str nor all int")
        fix(self, "labels", labels)
        fix(self, "of", of)
        if of is not None:
            fix(self, "declared", of.declared)

    def cannot_hold(self, value: Any) -> str | None:
        return None if self.of is None else self.of.cannot_hold(value.value if isinstance(value, Enum) else value)

    def identity(self) -> tuple[object, ...]:
        return (self.name, self.labels)

    def _value(self, value: Any) -> Any:
        if not isinstance(value, self.labels):
            try:
                value = self.labels(value)
            except ValueError:
                raise ValueError(f"the value is none of {self.labels.__name__}") from None
        return value.value

    def decoder(self, python: object) -> Convert | None:
        return members_of(self.labels)

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(self.labels)

    def literal(self, value: Any) -> str:
        return str(self._value(value))

    def refuses(self, python: object) -> str | None:
        return None


def collation_in(type_: SqlType[Any]) -> str:
    """The collation that a type is stated with, as SQL writes it; "" for none."""
    stated = type_.of if isinstance(type_, LabelledText) else type_
    return stated.collation if isinstance(stated, Text) else ""


def text_value(value: object) -> str:
    """A str that PostgreSQL can hold: it has no NUL in text."""
    if not isinstance(value, str):
        raise TypeError(f"text takes str, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError("PostgreSQL text cannot hold NUL (0x00) characters")
    return value.value if isinstance(value, Enum) else value


class Varchar(Text):
    """`pg.varchar` itself is text of any length; called it gives `varchar(length)`."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("varchar", VARCHAR)

    def _key(self) -> tuple[object, ...]:
        return (Text, *self.identity())

    def __call__(self, length: int) -> Words:
        """Text of at most `length` characters."""
        return _limited("varchar", VARCHAR, length)


if TYPE_CHECKING:

    class Padded(SqlType[str | None]):
        """What `char` and `bpchar` are to the type checkers."""

        def collate(self, name: str | OwnCollation, /, *, schema: str | None = None) -> Padded:
            """The same type with a collation."""
            ...

    class Char(Padded):
        """`pg.char` itself is one character, as it is to PostgreSQL; called it gives `char(length)`."""

        def __init__(self) -> None: ...

        def __call__(self, length: int) -> Padded:
            """Text of exactly `length` characters, padded with spaces by PostgreSQL."""
            ...

else:
    Padded = Text

    class Char(Text):
        """`pg.char` itself is one character, as it is to PostgreSQL; called it gives `char(length)`."""

        __slots__ = ()

        def __init__(self) -> None:
            super().__init__("char(1)", BPCHAR, 1)

        def _key(self) -> tuple[object, ...]:
            return (Text, *self.identity())

        def __call__(self, length: int) -> Padded:
            """Text of exactly `length` characters, padded with spaces by PostgreSQL."""
            return _limited("char", BPCHAR, length)


def _bpchar() -> Padded:
    made: Any = Text("bpchar", BPCHAR)
    unlimited: Padded = made
    return unlimited


class TextTypes:
    """The texts in `pg`."""

    __slots__ = ()
    text: Words = Text("text", TEXT)
    varchar: Varchar = Varchar()
    char: Char = Char()
    bpchar: Padded = _bpchar()
    """What `char(n)` is without a limit: of any length, the spaces at its end are nothing."""


def _limited(word: str, wire: Wire, length: int) -> Words:
    if not is_whole(length) or not 1 <= length <= 10_485_760:
        raise DefinitionError(f"{word}({length}): PostgreSQL allows 1 to 10,485,760 characters")
    return Text(f"{word}({length})", wire, length)
