"""Composite types: rows as values, a Struct each.

https://www.postgresql.org/docs/current/rowtypes.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple, cast, get_args, get_origin

import msgspec

from qb.errors import DefinitionError
from qb.frozen import fix
from qb.types.annotation import bare, shown, split_optional
from qb.types.base import Convert, JsonForm, SqlType, Told, mismatch
from qb.types.custom import Custom, is_custom
from qb.types.from_text import reader_of_text, text_of_row, texts_of_row
from qb.types.identifier import identifier
from qb.types.infer import type_of
from qb.types.narrowed import narrowed
from qb.types.text import Text


class CompositeField(NamedTuple):
    """A field of a composite type."""

    attribute: str
    """What Python calls it; of the Struct."""
    name: str
    """What SQL calls it."""
    key: str
    """What msgspec calls it in JSON."""
    type: SqlType[Any]
    python: object
    optional: bool
    stored: SqlType[Any]
    """Its type, which takes only what can be read back."""


class Composite(Custom[Any]):
    """A type of rows, whose values are those of a Struct."""

    __slots__ = ("fields", "struct")
    struct: type[msgspec.Struct]
    fields: tuple[CompositeField, ...]

    def __init__(
        self, name: str, struct: type[msgspec.Struct], fields: tuple[CompositeField, ...], declared: object
    ) -> None:
        super().__init__(name, self._text, self._read, None, name, None)
        fix(self, "struct", struct)
        fix(self, "fields", fields)
        fix(self, "declared", declared)

    def identity(self) -> tuple[object, ...]:
        return (self.name, self.struct, tuple((each.name, each.type) for each in self.fields))

    @property
    def encode(self) -> Convert | None:
        return self._text

    def decoder(self, python: object) -> Convert | None:
        return self._reader()

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(dict[str, msgspec.Raw], self._reader_of_json())

    def literal(self, value: Any) -> str:
        return self._text(value)

    def refuses(self, python: object) -> str | None:
        if bare(python) is self.struct or bare(python) is object:
            return None
        return mismatch(self, python, self.struct.__name__)

    def _text(self, value: Any) -> str:
        if not isinstance(value, self.struct):
            raise Told(f"{self.name} takes {self.struct.__name__}, not {type(value).__name__}")
        return text_of_row([self._cell(each, getattr(value, each.attribute)) for each in self.fields])

    def _cell(self, field: CompositeField, value: Any) -> str | None:
        if value is None:
            if not field.optional:
                raise Told(f"{self.name}.{field.name} is None, and its annotation does not admit it")
            return None
        try:
            if (judge := field.stored.encode) is not None:
                judge(value)
            return field.stored.literal(value)
        except (Told, UnicodeEncodeError):
            raise
        except Exception as error:
            # What a function of the user's says may hold the value.
            foreign = is_custom(field.type) or not isinstance(error, TypeError | ValueError)
            why = type(error).__name__ if foreign else str(error)
            raise Told(f"{self.name}.{field.name}: {why}") from None

    def _read(self, text: str) -> Any:
        return self._reader()(text)

    def _reader(self) -> Convert:
        readers = [(each, reader_of_text(each.type, each.python)) for each in self.fields]
        name, make = self.name, cast("Callable[..., Any]", self.struct)

        def read(text: str) -> Any:
            texts = texts_of_row(text)
            if len(texts) != len(readers):
                raise ValueError(f"{name} has {len(texts)} fields on the server, and {len(readers)} here")
            given: dict[str, Any] = {}
            for (field, of), cell in zip(readers, texts, strict=True):
                if cell is None:
                    _check_null(name, field)
                given[field.attribute] = None if cell is None else of(cell)
            return make(**given)

        return read

    def _reader_of_json(self) -> Convert:
        forms = [(each, each.type.in_json(each.python)) for each in self.fields]
        readers = [(each, msgspec.json.Decoder(form.annotation).decode, form.decode) for each, form in forms]
        name, make = self.name, cast("Callable[..., Any]", self.struct)

        def read(found: Mapping[str, msgspec.Raw]) -> Any:
            if set(found) != {each.name for each, _, _ in readers}:
                raise ValueError(f"{name} has other fields on the server")
            given: dict[str, Any] = {}
            for field, decode, convert in readers:
                raw = found[field.name]
                if bytes(raw) == b"null" and (field.optional or not field.type.wire.is_document):
                    _check_null(name, field)
                    given[field.attribute] = None
                    continue
                value = decode(raw)
                given[field.attribute] = value if convert is None else convert(value)
            return make(**given)

        return read


def _check_null(name: str, field: CompositeField) -> None:
    if not field.optional:
        raise ValueError(f"{name}.{field.name} is NULL, which its annotation does not admit")


def composite_fields(
    struct: type[msgspec.Struct], stated: Mapping[str, SqlType[Any]], names: Mapping[str, str], what: str
) -> tuple[CompositeField, ...]:
    """The fields of a Struct. DefinitionError for a type that cannot hold what its annotation says."""
    try:
        fields = msgspec.structs.fields(struct)
    except NameError as error:
        raise DefinitionError(f"{what}: {struct.__name__} names {error.name}, which is not there yet") from None
    if unknown := sorted((stated.keys() | names.keys()) - {each.name for each in fields}):
        raise DefinitionError(f"{what} says something of {unknown[0]!r}, and {struct.__name__} has no such field")
    found: list[CompositeField] = []
    for each in fields:
        where = f"{what}: {struct.__name__}.{each.name}"
        annotation, type_ = _split(each.type)
        python, optional = split_optional(annotation)
        if (said := stated.get(each.name)) is not None:
            type_ = said
        elif type_ is None:
            try:
                type_ = type_of(python)
            except TypeError as error:
                raise DefinitionError(f"{where}: {error}") from None
        if not isinstance(type_, SqlType):  # pyright: ignore[reportUnnecessaryIsInstance] - for those who run no checker
            raise DefinitionError(f"{where} takes a type such as pg.text, not {type_!r}")
        if isinstance(type_, Text):
            type_ = type_.labelled(python)
        if (reason := type_.refuses(python)) is not None:
            raise DefinitionError(f"{where}: {reason}: change the annotation or the type")
        name = identifier(names.get(each.name, each.encode_name), f"the field {each.name} of {what}")
        stored = narrowed(type_, python)
        found.append(CompositeField(each.name, name, each.encode_name, type_, python, optional, stored))
    taken = [each.name for each in found]
    if twice := next((each for each in taken if taken.count(each) > 1), None):
        raise DefinitionError(f"{what} has two fields that are called {twice!r}: rename one of them")
    return tuple(found)


def _split(annotation: object) -> tuple[object, SqlType[Any] | None]:
    """The annotation, and the type of SQL in it: of `Annotated[str, pg.varchar(5)]`, or of that or None."""
    plain, optional = split_optional(annotation)
    if get_origin(plain) is Annotated:
        for said in get_args(plain)[1:]:
            given: object = said
            if isinstance(given, SqlType):
                inner: Any = get_args(plain)[0]
                kind: SqlType[Any] = said
                return (inner | None if optional else inner), kind
    return annotation, None


def struct_of(struct: Any, what: str) -> type[msgspec.Struct]:
    """The Struct that a composite type is of. DefinitionError for anything else."""
    given: Any = struct
    if isinstance(given, type) and issubclass(given, msgspec.Struct):
        return given
    raise DefinitionError(f"{what} is of a Struct such as class Address(msgspec.Struct), not of {shown(struct)}")
