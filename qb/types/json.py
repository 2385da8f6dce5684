"""json and jsonb: documents with a type of their own, decoded and validated by msgspec in one pass."""

from __future__ import annotations

import functools
import math
from typing import Any, Final, cast

import msgspec

from qb.types.annotation import bare, is_type, shown, split_optional
from qb.types.base import Convert, JsonForm, Signs, SqlType
from qb.types.facts import Wire
from qb.types.textual import Plain

_TEXTS = frozenset(("json", "jsonb", "text", "varchar"))


def _document(name: str, oid: int, array_oid: int, casts: str, *, equality: bool) -> Wire:
    return Wire(
        name=name,
        oid=oid,
        array_oid=array_oid,
        kind="document",
        equality=equality,
        extremes=False,
        casts=casts,
        reads=_TEXTS | {"bpchar"},
        stores=_TEXTS,
    )


JSON: Final = _document("json", 114, 199, "jsonb", equality=False)
JSONB: Final = _document("jsonb", 3802, 3807, "bool float4 float8 int2 int4 int8 json numeric", equality=True)

JSONPATH: Final = Wire(
    name="jsonpath",
    oid=4072,
    array_oid=4073,
    kind="jsonpath",
    takes=(str,),
    equality=False,
    extremes=False,
    texted=True,
)

encode_json: Final = msgspec.json.Encoder().encode
"""A document as msgspec writes it, which PostgreSQL may not take."""


# Of jsonb alone. https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-JSONB-OP-TABLE
_OPERATORS: Final = {"contains": "@>", "contained_by": "<@"}


class Json(SqlType[object]):
    """`json` or `jsonb`. The annotation says what the document is: a Struct, a list, a dict, a tagged union."""

    __slots__ = ()

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire.name, wire.name, wire)

    @property
    def encode(self) -> Convert | None:
        return json_bytes

    def decoder(self, python: object) -> Convert:
        plain, optional = split_optional(python)
        if bare(plain) is msgspec.Raw and optional:  # msgspec sees no Raw in a union
            return lambda document: raw_or_none(msgspec.json.decode(document, type=msgspec.Raw))
        return msgspec.json.Decoder(python).decode

    def strictly(self, python: object) -> Convert:
        """What reads a document as what is written has to be."""
        return Json.decoder(self, python)

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(python)

    def refuses(self, python: object) -> str | None:
        return why_no_document(python)

    def literal(self, value: Any) -> str:
        return json_bytes(value).decode()

    def operators(self, word: str) -> Signs:
        operator = _OPERATORS.get(word)
        return () if operator is None or not self.wire.equality else ((operator, self),)


def why_no_document(python: object) -> str | None:
    """Why no document can be read as `python`; None where one can, or where a name in it is not there yet."""
    if not is_type(python):
        return f"{_a_value(python)} is no type"
    try:
        return _why_no_document(python)
    except NameError:  # a Struct that names a class which is defined below it
        return None
    except TypeError as error:
        return f"no document can be read as {shown(python)}: {error}"


@functools.lru_cache(maxsize=1000)
def _why_no_document(python: Any) -> str | None:
    seen: set[int] = set()
    stack: list[object] = [msgspec.inspect.type_info(python)]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(cast("tuple[object, ...]", item))
        elif isinstance(item, msgspec.inspect.CustomType):
            if not any(_is_one(kind, item.cls) for kind in _READ):
                return (
                    f"no document can be read as {shown(item.cls)}: one can be read as a Struct, a dataclass, a "
                    "TypedDict, a dict or a list, and pg.custom(...) makes a type of what has a text form of its own"
                )
        elif isinstance(item, msgspec.inspect.Field):
            if item.required:  # another one may never be given
                stack.append(item.type)
        elif isinstance(item, msgspec.Struct) and id(item) not in seen:
            seen.add(id(item))
            stack.extend(msgspec.structs.astuple(item))
    return None


_READ: Final = (dict, list, str, int, float, bool, type(None))
"""What msgspec reads where it is told nothing, and then asks whether it is one of the class."""


def _is_one(kind: type[object], cls: type[object]) -> bool:
    try:
        return issubclass(kind, cls)
    except TypeError:  # a protocol that cannot be asked
        return False


def _a_value(python: object) -> str:
    name = type(python).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def raw_or_none(document: msgspec.Raw) -> msgspec.Raw | None:
    """An undecoded document, and None for JSON's null."""
    return None if bytes(document) == b"null" else document


def json_bytes(value: object) -> bytes:
    """The document, in UTF-8. PostgreSQL's text, and so jsonb, cannot hold NUL."""
    document = encode_json(value)
    if 92 in document:  # a backslash, for which it looks as a number in no time
        check_nul(document)
    check_finite(document, value)
    return document


def check_nul(document: bytes) -> None:
    """ValueError where a text in the document holds NUL."""
    # An escaped backslash before it makes \\u0000 six ordinary characters.
    if b"\\u0000" in document and b"\\u0000" in document.replace(b"\\\\", b""):
        raise ValueError("PostgreSQL json cannot hold NUL (\\u0000) characters")


def check_finite(document: bytes, value: object) -> None:
    """ValueError where a float of the value is none in its document."""
    # `in` takes twice as long: it first tries to make a number of what it looks for.
    if document.find(b"null") >= 0 and holds_floats(cast("Any", type(value))) and _not_finite(value):
        raise ValueError("JSON has neither NaN nor infinity, and null instead would change the document")


def _not_finite(value: object) -> bool:
    # msgspec writes NaN and the infinities as null, without a word.
    stack: list[Any] = [msgspec.to_builtins(value)]
    while stack:
        item = stack.pop()
        if isinstance(item, float):
            if not math.isfinite(item):
                return True
        elif isinstance(item, dict):
            stack.extend(cast("dict[str, Any]", item).values())
        elif isinstance(item, list | tuple):
            stack.extend(cast("list[Any]", item))
    return False


@functools.lru_cache(maxsize=1000)
def holds_floats(python: type[Any]) -> bool:
    """Whether a document of this class can hold a float at all, so that most documents need no second look."""
    seen: set[int] = set()
    stack: list[Any] = [msgspec.inspect.type_info(python)]
    while stack:
        item = stack.pop()
        if isinstance(item, msgspec.inspect.FloatType | msgspec.inspect.AnyType | msgspec.inspect.CustomType):
            return True
        if isinstance(item, msgspec.Struct):
            if id(item) not in seen:
                seen.add(id(item))
                stack.extend(msgspec.structs.astuple(item))
        elif isinstance(item, tuple):
            stack.extend(cast("Any", item))
    return False


def names_within(python: object) -> frozenset[str]:
    """The names that an annotation gives to what is in its documents: those of its Structs' fields."""
    found: set[str] = set()
    seen: set[int] = set()
    stack: list[Any] = [msgspec.inspect.type_info(cast("Any", python))]
    while stack:
        item = stack.pop()
        if isinstance(item, msgspec.inspect.Field):
            found.add(item.encode_name)
        if isinstance(item, msgspec.Struct):
            if id(item) not in seen:
                seen.add(id(item))
                stack.extend(msgspec.structs.astuple(item))
        elif isinstance(item, tuple):
            stack.extend(cast("Any", item))
    return frozenset(found)


class DocumentTypes:
    """Documents in `pg`."""

    __slots__ = ()
    json: SqlType[object] = Json(JSON)
    jsonb: SqlType[object] = Json(JSONB)
    jsonpath: SqlType[str | None] = Plain("jsonpath", "jsonpath", JSONPATH)
