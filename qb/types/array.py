"""Arrays, and PostgreSQL's text form of them.

https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar, get_args, get_origin

from qb.types.annotation import bare, split_optional
from qb.types.base import Convert, JsonForm, SqlType, mismatch

T_contra = TypeVar("T_contra", contravariant=True)
_NATIVE = (
    *("int2", "int4", "int8", "float4", "float8", "numeric", "bool", "text", "bytea", "uuid"),
    *("date", "time", "timestamp", "timestamptz", "interval", "json", "jsonb"),
)


class Array(SqlType[T_contra]):
    """An array of any type; PostgreSQL does not tell `int[]` from `int[][]`, and neither do we."""

    __slots__ = ("of",)
    of: SqlType[Any]

    def __init__(self, of: SqlType[Any]) -> None:
        if isinstance(of, Array):
            raise TypeError(
                "an array of arrays is a plain array in PostgreSQL: annotate list[list[...]] with one pg.array"
            )
        super().__init__(f"{of.name}[]", f"{of.base}[]", "text_literal")
        object.__setattr__(self, "of", of)

    def identity(self) -> tuple[object, ...]:
        return (self.of,)

    @property
    def encode(self) -> Convert | None:
        return self.literal

    def literal(self, value: Any) -> str:
        if isinstance(value, str | bytes) or not isinstance(value, Sequence | set | frozenset):
            raise TypeError(f"{self.name} takes a list, not {type(value).__name__}")
        return _written(value, self.of)

    def decoder(self, python: object) -> Convert | None:
        depth, element, optional = _element(python)
        convert = _each(self.of.decoder(element), depth, optional)
        native = self.of.wire in _NATIVE
        if native:
            return convert
        return _parsed if convert is None else lambda text: convert(_parsed(text))

    def in_json(self, python: object) -> JsonForm:
        depth, element, optional = _element(python)
        form = self.of.in_json(element)
        annotation: Any = form.annotation
        if optional:
            annotation = annotation | None
        for _ in range(depth):
            annotation = list[annotation]
        return JsonForm(annotation, _each(form.decode, depth, optional))

    def limits(self, python: object) -> object:
        depth, element, optional = _element(python)
        limited: Any = self.of.limits(element)
        if limited is element:
            return python
        if optional:
            limited = limited | None
        for _ in range(depth):
            limited = list[limited]
        return limited

    def refuses(self, python: object) -> str | None:
        if bare(python) is object:
            return None
        if get_origin(bare(python)) not in (list, Sequence):
            return mismatch(self, python, "a list")
        return self.of.refuses(_element(python)[1])


def _element(python: object) -> tuple[int, object, bool]:
    """How deep the lists nest, what they hold, and whether it may be None."""
    depth, optional, plain = 0, False, bare(python)
    while get_origin(plain) in (list, Sequence):
        depth += 1
        python, optional = split_optional(get_args(plain)[0])
        plain = bare(python)
    return max(depth, 1), (python if depth else object), optional


def _each(convert: Convert | None, depth: int, optional: bool) -> Convert | None:
    if convert is None:
        return None
    element = convert

    def one(value: Any) -> Any:
        return None if value is None else element(value)

    per_element = one if optional else element
    for _ in range(depth):
        per_element = _mapped(per_element)
    return per_element


def _mapped(convert: Convert) -> Convert:
    return lambda values: [convert(value) for value in values]


def _written(values: Any, of: SqlType[Any]) -> str:
    parts: list[str] = []
    for value in values:
        if value is None:
            parts.append("NULL")
        elif isinstance(value, list | tuple) and not _is_document(of):
            parts.append(_written(value, of))
        else:
            text = of.literal(value)
            parts.append('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
    return "{" + ",".join(parts) + "}"


def _is_document(of: SqlType[Any]) -> bool:
    return of.wire in ("json", "jsonb") or of.wire == "text_literal"


_TOKEN = re.compile(r'\s*(?:([{},])|"((?:[^"\\]|\\.)*)"|([^{},"]+))', re.DOTALL)


def _parsed(text: str) -> list[Any]:
    """`{a,"b c",NULL}` as a list of str and None."""
    if text.startswith("["):  # [2:3]={a,b}: bounds other than 1
        text = text.partition("=")[2]
    stack: list[list[Any]] = [[]]
    for mark, quoted, plain in _TOKEN.findall(text):
        if mark == "{":
            stack.append([])
        elif mark == "}":
            done = stack.pop()
            stack[-1].append(done)
        elif plain:
            stack[-1].append(None if plain == "NULL" else plain)
        elif mark != ",":
            stack[-1].append(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL))
    result: list[Any] = stack[0][0]
    return result
