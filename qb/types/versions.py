"""Documents that are read in more than one way: older shapes, values that are nearly right, what cannot be read at all.

What is written is always the one shape that the annotation says. https://www.postgresql.org/docs/current/datatype-json.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Generic, Literal, TypeVar, Union, cast, get_args, get_origin, overload

import msgspec

from qb.errors import DefinitionError
from qb.frozen import Frozen, FrozenStruct, fix
from qb.types.annotation import bare, is_type, shown, split_optional
from qb.types.base import Convert, JsonForm, SqlType, mismatch
from qb.types.json import JSONB, Json, json_bytes, why_no_document
from qb.types.older_shapes import leaving_out, never_tried
from qb.types.undecoded import Undecoded

A = TypeVar("A")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Undecodable(Frozen):
    """A document that cannot be read as its column says: `reason` says where and why, `raw` is what is stored.

    It is a value of those columns alone that say so, and is never written. It does not print what it holds.

    >>> class Knob(Table, name="knobs"):
    ...     id: Col[int] = column(primary_key=True)
    ...     turns: Col[list[int] | Undecodable] = column(document(list[int], undecodable=True))
    >>> db.run(create_all(schema(Knob)))
    <Success: 1>
    >>> db.run(Script('''INSERT INTO knobs VALUES (1, '["a"]')'''))
    <Success: 1>
    >>> db.one(select(Knob.turns)).map(lambda turns: turns.raw if isinstance(turns, Undecodable) else b"")
    <Success: b'["a"]'>
    """

    __slots__ = ("raw", "reason")
    _said: ClassVar[str] = "a document that was read is a frozen value"
    raw: bytes
    reason: str

    def __init__(self, raw: bytes, reason: str) -> None:
        fix(self, "raw", raw)
        fix(self, "reason", reason)

    def __reduce__(self) -> tuple[object, ...]:
        return Undecodable, (self.raw, self.reason)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Undecodable) and (self.raw, self.reason) == (other.raw, other.reason)

    def __hash__(self) -> int:
        return hash((self.raw, self.reason))

    def __repr__(self) -> str:
        return f"<undecodable document of {len(self.raw)} bytes: {self.reason}>"


class Older(FrozenStruct, Generic[T_co]):
    """A shape that documents had before, and what makes the one of today of it."""

    _said: ClassVar[str] = "an older shape is a frozen value"
    shape: Any
    upgrade: Callable[[Any], T_co]


def older(shape: type[A], upgrade: Callable[[A], T], /) -> Older[T]:
    """A shape that documents had before, and the function that makes today's of it, for `document`.

    Errors: DefinitionError for what is no class that a document can be read as.

    >>> def counted(names: list[str]) -> dict[str, int]:
    ...     return dict.fromkeys(names, 1)
    >>> document(dict[str, int], older(list[str], counted))
    <type jsonb>
    """
    if not is_type(shape):
        raise DefinitionError(f"older takes the class that documents had, not {shape!r}")
    if (reason := why_no_document(shape)) is not None:
        raise DefinitionError(f"older: {reason}")
    if not callable(upgrade):
        raise DefinitionError(f"older({shown(shape)}, ...) takes the function that makes today's document of it")
    return Older(shape, upgrade)


class VersionedDocument(Json):
    """jsonb that is read as one class, whatever shape it is stored in."""

    __slots__ = ("kind", "lenient", "older", "undecodable")
    kind: Any
    older: tuple[Older[Any], ...]
    lenient: bool
    undecodable: bool
    """Whether what cannot be read is a value."""

    def __init__(self, kind: Any, older: tuple[Older[Any], ...], lenient: bool, undecodable: bool) -> None:
        super().__init__(JSONB)
        fix(self, "kind", kind)
        fix(self, "older", older)
        fix(self, "lenient", lenient)
        fix(self, "undecodable", undecodable)

    def __reduce__(self) -> tuple[object, ...]:
        return VersionedDocument, (self.kind, self.older, self.lenient, self.undecodable)

    def identity(self) -> tuple[object, ...]:
        return (self.kind, tuple((each.shape, each.upgrade) for each in self.older), self.lenient, self.undecodable)

    def decoder(self, python: object) -> Convert:
        kind, optional = without_undecodable(python)
        read = _reader(kind, self.lenient)
        shapes = [kind, *(each.shape for each in self.older)]
        before = [
            (each, _reader(each.shape, self.lenient), leaving_out(each.shape, shapes[:newer]))
            for newer, each in enumerate(self.older, 1)
        ]
        undecodable = self.undecodable

        def decode(document: Any) -> Any:
            try:
                return read(document)
            except msgspec.DecodeError as error:
                failed = error
            if optional and _bytes(document) == b"null":
                return None
            for each, decode_older, leaves_out in before:
                try:
                    found = decode_older(document)
                except msgspec.DecodeError:
                    continue
                if not leaves_out(_bytes(document)):
                    return _upgraded(each, found)
            if undecodable:
                return Undecodable(_bytes(document), str(failed))
            raise failed

        return decode

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(msgspec.Raw, self.decoder(python))

    def limits(self, python: object) -> object:
        return without_undecodable(python)[0]

    def refuses(self, python: object) -> str | None:
        kind, _ = without_undecodable(python)
        says = Undecodable in get_args(bare(python))
        if get_origin(bare(kind)) is Undecoded:
            return f"{shown(kind)} says that it is read later: write document({shown(self.kind)}, undecoded=True)"
        if kind is not self.kind and kind != self.kind:
            return mismatch(self, python, shown(self.kind))
        if says is not self.undecodable:
            fix_ = f"write document({shown(kind)}, undecodable=True)" if says else f"write {shown(kind)} | Undecodable"
            return f"what cannot be read is a value of the {'annotation' if says else 'type'} alone: {fix_}"
        return why_no_document(kind)


class UndecodedDocument(VersionedDocument):
    """jsonb that nobody reads until it is asked for: a row holds it as it is stored."""

    __slots__ = ("_read", "column", "table")
    table: str | None
    column: str | None
    """What an error calls the column."""
    _read: Convert

    def __init__(
        self,
        kind: Any,
        older: tuple[Older[Any], ...] = (),
        lenient: bool = False,
        table: str | None = None,
        column: str | None = None,
    ) -> None:
        super().__init__(kind, older, lenient, False)
        fix(self, "table", table)
        fix(self, "column", column)
        fix(self, "_read", VersionedDocument.decoder(self, kind))

    def __reduce__(self) -> tuple[object, ...]:
        return UndecodedDocument, (self.kind, self.older, self.lenient, self.table, self.column)

    def of_column(self, table: str | None, column: str) -> UndecodedDocument:
        """The same, of a column."""
        return UndecodedDocument(self.kind, self.older, self.lenient, table, column)

    @property
    def decoded(self) -> VersionedDocument:
        """The type of the same documents, read at once."""
        return VersionedDocument(self.kind, self.older, self.lenient, False)

    def read(self, raw: bytes, /) -> Any:
        """What a document holds."""
        return self._read(raw)

    @property
    def encode(self) -> Convert | None:
        return self.writer(json_bytes)

    def writer(self, judged: Convert) -> Convert:
        """What writes an undecoded document as it came, and a new value as `judged` does."""
        kind = self.kind
        return lambda value: value.written(kind, judged) if isinstance(value, Undecoded) else judged(value)

    def literal(self, value: Any) -> str:
        text: bytes = self.writer(json_bytes)(value)
        return text.decode()

    def decoder(self, python: object) -> Convert:
        optional = split_optional(python)[1]

        def decode(stored: Any) -> Undecoded[Any] | None:
            raw = _bytes(stored)
            return None if optional and raw == b"null" else Undecoded(raw, self)

        return decode

    def limits(self, python: object) -> object:
        return self.kind

    def refuses(self, python: object) -> str | None:
        said: object = bare(split_optional(python)[0])
        if get_origin(said) is not Undecoded or get_args(said) != (self.kind,):
            return mismatch(self, python, f"Undecoded[{shown(self.kind)}]")
        return why_no_document(self.kind)


def decodable(python: object) -> object:
    """What an annotation says of documents that can be read, None included."""
    if Undecodable not in get_args(python):
        return python
    kind, optional = without_undecodable(python)
    return Union[kind, None] if optional else kind  # noqa: UP007 - a run-time value, not an annotation


def without_undecodable(python: object) -> tuple[Any, bool]:
    """What an annotation says of documents that can be read, without None, and whether None was in it."""
    plain, optional = split_optional(python)
    members = get_args(plain)
    if Undecodable not in members:
        return plain, optional
    rest = tuple(each for each in members if each is not Undecodable)
    return Union[rest], optional  # noqa: UP007 - a run-time value, not an annotation


@overload
def document(kind: type[T], /, *older: Older[T], lenient: bool = False) -> SqlType[T | None]: ...
@overload
def document(
    kind: type[T], /, *older: Older[T], lenient: bool = False, undecodable: Literal[True]
) -> SqlType[T | Undecodable | None]: ...
@overload
def document(
    kind: type[T], /, *older: Older[T], lenient: bool = False, undecoded: Literal[True]
) -> SqlType[Undecoded[T] | None]: ...
def document(
    kind: Any, /, *older: Older[Any], lenient: bool = False, undecodable: bool = False, undecoded: bool = False
) -> SqlType[Any]:
    """jsonb whose documents are read as `kind`, and in more ways than that one: a type for `column`.

    - `older(Shape, upgrade)`: a document that is no `kind` is read as each of these in turn, and upgraded. What is
      written is of today's shape. SQL sees what is stored: `path` finds fields that are there.
    - `lenient`: a number or a boolean may be stored as a text, and the like: msgspec's `strict=False`.
    - `undecodable=True`: what can be read in no way is an `Undecodable`, a value, where the row would be a DecodeError;
      the annotation says so, `Col[Settings | Undecodable]`. It is never written.
    - `undecoded=True`: nothing is read before it is asked for, `Col[Undecoded[Settings]]`.

    Unknown fields are ignored, unless the Struct says `forbid_unknown_fields`. A document is read as an older shape
    where nothing is lost: one with a field that this shape does not know, and a newer one does, is a newer one with
    something wrong in it. Errors: DefinitionError, also where each document of an older shape would be taken for one of
    today's, which has a default for each field that the older has not.

    >>> import msgspec
    >>> class Old(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ...     dark: bool
    >>> class Look(msgspec.Struct, frozen=True):
    ...     theme: str
    >>> def upgraded(old: Old) -> Look:
    ...     return Look("dark" if old.dark else "light")
    >>> class Desk(Table, name="desks"):
    ...     id: Col[int] = column(primary_key=True)
    ...     look: Col[Look | Undecodable] = column(document(Look, older(Old, upgraded), undecodable=True))
    >>> db.run(create_all(schema(Desk)))
    <Success: 1>
    >>> stored = Script('''INSERT INTO desks VALUES (1, '{"theme": "blue"}'), (2, '{"dark": true}'), (3, '[]')''')
    >>> db.run(stored)
    <Success: 1>
    >>> for look in db.raising.all(select(Desk.look).order_by(Desk.id)):
    ...     print(look)
    Look(theme='blue')
    Look(theme='dark')
    <undecodable document of 2 bytes: Expected `object`, got `array`>
    >>> db.all(select(Desk.id).where(Desk.look.path(lambda look: look.theme) == "blue"))
    <Success: [1]>
    """
    if not is_type(kind) or (get_args(kind) and Undecodable in get_args(kind)):
        raise DefinitionError(f"document takes the class that documents are read as, not {kind!r}")
    if (reason := why_no_document(kind)) is not None:
        raise DefinitionError(f"document: {reason}")
    for each in older:
        if not isinstance(each, Older):  # pyright: ignore[reportUnnecessaryIsInstance] - not all check
            raise DefinitionError(f"document({shown(kind)}, ...) takes what older(Shape, upgrade) makes, not {each!r}")
        if never_tried(each.shape, kind):
            raise DefinitionError(
                f"document({shown(kind)}, older({shown(each.shape)}, ...)): each {shown(each.shape)} would be read as "
                f"{shown(kind)}, which asks for no other field and ignores those it does not know, and never be "
                "upgraded: write forbid_unknown_fields=True in its class, or give it a tag or a field without a default"
            )
    if undecoded and undecodable:
        raise DefinitionError(
            f"document({shown(kind)}, ...) is either undecoded, whose decode() tells what is wrong, or undecodable"
        )
    if undecoded:
        return UndecodedDocument(kind, older, bool(lenient))
    return VersionedDocument(kind, older, bool(lenient), bool(undecodable))


def _reader(kind: Any, lenient: bool) -> Convert:
    made: Convert | None = None

    def read(stored: Any) -> Any:  # a Struct may name a class that is defined below it
        nonlocal made
        if made is None:
            made = msgspec.json.Decoder(kind, strict=not lenient).decode
        return made(stored)

    return read


def _upgraded(from_: Older[Any], found: object) -> Any:
    try:
        return from_.upgrade(found)
    except Exception as error:
        # What it says may be content.
        raise ValueError(f"the upgrade from {shown(from_.shape)} raised {type(error).__name__}") from None


def _bytes(stored: Any) -> bytes:
    return stored.encode() if isinstance(stored, str) else bytes(cast("bytes", stored))
