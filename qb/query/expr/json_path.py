"""`path`: the expression for a place inside a JSON document.

A place is read as the document is read: a field that is left out is its default, a text is the value that it stands
for, and nothing depends on the session's time zone. https://www.postgresql.org/docs/current/functions-json.html
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias, Union, get_args, get_origin
from uuid import UUID

import msgspec
from typing_extensions import TypeAliasType

from qb.errors import QueryError
from qb.query.expr.json_steps import Key, PathPlace, PathStep, Recorded, recorded
from qb.query.expr.typed import Typed
from qb.tree.expressions import Bind, Call, Case, Cast, Constant, Expression, Infix, JsonPath, Null, Prefix
from qb.tree.function import COALESCE, NULLIF, Function
from qb.types import SqlType, pg
from qb.types.annotation import bare, shown, split_optional
from qb.types.infer import type_of
from qb.types.versions import UndecodedDocument, without_undecodable

_JSONB_TYPEOF: Final = Function("jsonb_typeof")
_LTRIM: Final = Function("ltrim")
_DECODE: Final = Function("decode")
_REGEXP_REPLACE: Final = Function("regexp_replace")

Read: TypeAlias = Callable[[Expression], Expression]


class _Scalar(NamedTuple):
    type: SqlType[Any]
    read: Read | None = None
    """From the text in the document; a cast, where nothing is said."""


def place_of(value: Typed[Any], step: Callable[[Any], Any]) -> Recorded:
    """The place that `step` goes to: what is there, and the steps on the way."""
    if isinstance(value.type, UndecodedDocument):
        kind = shown(value.type.kind)
        raise QueryError(f"path goes into what is read, and this document is undecoded: write .as_({kind}).path(...)")
    # A class that is called with a place would say something of its own.
    place = step(PathPlace(without_undecodable(value.python)[0], ())) if _is_function(step) else None
    if not isinstance(place, PathPlace):
        raise QueryError("path takes a function that returns the place it goes to, such as lambda m: m.labels[0]")
    annotation, steps = recorded(place)
    if not steps:
        raise QueryError("path goes nowhere: return a field or an element of the document")
    return annotation, steps


def within_document(document: Typed[Any], annotation: object, steps: tuple[PathStep, ...]) -> Typed[Any]:
    """The expression for the place in a document at the end of some steps, where the annotation's values are."""
    target = _given(split_optional(annotation)[0])
    if (scalar := _scalar(target)) is not None:
        text = _node(document, steps, text=True)
        if scalar.read is not None:
            node = scalar.read(text)
        else:
            node = text if scalar.type.wire.is_text else Cast(text, scalar.type)
        return Typed(node, scalar.type, target, True)
    try:
        msgspec.json.Decoder(target)
    except TypeError as error:
        raise QueryError(f"path: nothing can read {shown(target)}: {error}") from None
    whole = _node(document, steps, text=False)
    if not document.type.wire.equality and isinstance(whole, JsonPath) and whole.operand is document.node:
        return Typed(whole, document.type, target, True)  # json has no equality
    # A JSON null at the place is as absent as the place itself.
    return Typed(Call(NULLIF, (whole, Constant("null", pg.jsonb.base))), pg.jsonb, target, True)


def _is_function(step: object) -> bool:
    return callable(step) and not isinstance(step, type)


def _given(annotation: object) -> object:
    """The annotation of what is there: a field that is UNSET is not."""
    plain = bare(annotation)
    if get_origin(plain) in (Union, UnionType) and msgspec.UnsetType in get_args(plain):
        rest = tuple(each for each in get_args(plain) if each not in (msgspec.UnsetType, type(None)))
        return Union[rest]  # noqa: UP007 - a run-time value, not an annotation
    return annotation


# ---------------------------------------------------------------- steps


def _node(document: Typed[Any], steps: tuple[PathStep, ...], *, text: bool) -> Expression:
    at: Expression = document.node
    keys: list[Key] = []

    def reached() -> Expression:
        return JsonPath(at, tuple(keys), False) if keys else at

    for number, step in enumerate(steps):
        if not step.missing or (
            number + 1 < len(steps) and _is_empty(step) and isinstance(steps[number + 1].key, Bind)
        ):
            keys.append(step.key)
            continue
        parent = reached()
        if not document.type.wire.equality and at is document.node:
            parent = Cast(parent, pg.jsonb)
        if isinstance(step.key, int):
            at = _of_array(parent, step)
            keys = []
            if text and number == len(steps) - 1:  # as ->> does: the text of a string, and no null
                return Infix("#>>", at, Constant("{}", "text[]"))
        else:
            # Before the document, so that what it says stands; beside NULL it is NULL, beside no object no object.
            at = Infix("||", _default(parent, step, "{", "}"), parent)
            keys = [step.key]
    return JsonPath(at, tuple(keys), text) if keys else at


def _is_empty(step: PathStep) -> bool:
    """Whether a list or a dict that is left out holds nothing: an element of it is as absent as it is."""
    return all(each.json in ("[]", "{}") for each in step.missing)


def _default(parent: Expression, step: PathStep, before: str, after: str) -> Expression:
    def constant(json: str) -> Expression:
        named = f"{msgspec.json.encode(step.key).decode()}: {json}" if isinstance(step.key, str) else json
        return Constant(f"{before}{named}{after}", pg.jsonb.base)

    first = step.missing[0]
    if first.tag is None:
        return constant(first.json)
    branches = tuple(
        (Infix("=", JsonPath(parent, (each.tag[0],), True), Constant(each.tag[1], pg.text.base)), constant(each.json))
        for each in step.missing
        if each.tag is not None
    )
    return Case(branches, Constant("{}", pg.jsonb.base) if before else Null())


def _of_array(parent: Expression, step: PathStep) -> Expression:
    is_array = Infix("=", Call(_JSONB_TYPEOF, (parent,)), Constant("array", pg.text.base))
    default = Case(((is_array, _default(parent, step, "", "")),), None)
    return Call(COALESCE, (JsonPath(parent, (step.key,), False), default))


# ---------------------------------------------------------------- what a place is read as


def _span(text: Expression) -> Expression:
    # ISO 8601 as msgspec writes it. PostgreSQL takes a sign before each number, and none before the P.
    whole = Cast(Call(_LTRIM, (text, Constant("-", pg.text.base))), pg.interval)
    below = Infix("LIKE", text, Constant("-%", pg.text.base))
    return Case(((below, Prefix("-", whole)),), whole)


def _bytes(text: Expression) -> Expression:
    return Call(_DECODE, (text, Constant("base64", pg.text.base)))


_CLOCK = "[0-9:.]+"
_MOMENT = f"[0-9]+-[0-9]+-[0-9]+[Tt ]{_CLOCK}"
_OFFSET = "([Zz]|[+-][0-9:]+)"


def _only(pattern: str, type_: SqlType[Any]) -> Read:
    """A cast of texts that match; of others it fails, where PostgreSQL would add the session's zone or drop an offset.

    The text that is no date is what the server's error shows.
    """
    instead = Constant(f"not as its annotation says: {type_.name}", pg.text.base)

    def read(text: Expression) -> Expression:
        checked = Call(_REGEXP_REPLACE, (text, Constant(f"^(?!{pattern}$).*$", pg.text.base), instead))
        return Cast(checked, type_)

    return read


_AWARE = _Scalar(pg.timestamptz, _only(_MOMENT + _OFFSET, pg.timestamptz))
_NAIVE = _Scalar(pg.timestamp, _only(_MOMENT, pg.timestamp))
_TIME = _Scalar(pg.time, _only(_CLOCK, pg.time))

_SCALARS: dict[object, _Scalar] = {
    int: _Scalar(pg.bigint),
    float: _Scalar(pg.double_precision),
    bool: _Scalar(pg.boolean),
    str: _Scalar(pg.text),
    Decimal: _Scalar(pg.numeric),
    UUID: _Scalar(pg.uuid),
    dt.date: _Scalar(pg.date),
    dt.time: _TIME,
    dt.timedelta: _Scalar(pg.interval, _span),
    bytes: _Scalar(pg.bytea, _bytes),
}


def _scalar(target: object) -> _Scalar | None:
    """What a place of an annotation is read as; None for what stays a document."""
    plain = bare(target)
    if (known := _SCALARS.get(plain)) is not None and plain is not dt.time:
        return known
    if plain is dt.datetime:
        return _NAIVE if _zone(target) is False else _AWARE
    if plain is dt.time and _zone(target):
        raise QueryError("path: PostgreSQL's time has no offset to compare by: read the document around it instead")
    if get_origin(plain) is Literal:
        kinds: set[object] = {type(label) for label in get_args(plain)}
        return _SCALARS[kinds.pop()] if kinds in ({str}, {int}) else None
    if isinstance(plain, type) and issubclass(plain, Enum):
        try:
            return _Scalar(type_of(plain))
        except TypeError as error:
            raise QueryError(f"path: {error}") from None
    return known


def _zone(annotation: object) -> bool | None:
    """What `msgspec.Meta(tz=...)` says of a datetime or a time."""
    while True:
        if isinstance(annotation, TypeAliasType) or type(annotation).__name__ == "TypeAliasType":
            annotation = getattr(annotation, "__value__")  # noqa: B009
        elif hasattr(annotation, "__supertype__"):
            annotation = getattr(annotation, "__supertype__")  # noqa: B009
        elif get_origin(annotation) is Annotated:
            found = [each.tz for each in get_args(annotation)[1:] if isinstance(each, msgspec.Meta)]
            if any(each is not None for each in found):
                return next(each for each in found if each is not None)
            annotation = get_args(annotation)[0]
        else:
            return None
